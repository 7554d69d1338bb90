import type { Instant } from '../mail/instant.ts'
import { LONGEST_WINDOW_MS, type Tally, type TallyKey } from '../mail/limits.ts'
import type { Store } from './store.ts'

/**
 * Notices are counted in slots of this length. The oldest slot of a window counts whole, so that a window is up to one
 * slot longer than asked for and never lets one notice more through.
 */
export const SLOT_MS = 10_000
/** The same notices in longer slots: a window of a day is summed up in 200 rows instead of 8,640. */
const BLOCK_MS = 600_000
const SLOTS_IN_BLOCK = BLOCK_MS / SLOT_MS

function slotAt(ms: number, spanMs: number): number {
  return Math.floor(ms / spanMs)
}

/** Takes one more place in each counter. */
export function reservePlaces(store: Store, keys: readonly TallyKey[], now: Instant): void {
  for (const { scope, key } of keys) {
    for (const spanMs of [SLOT_MS, BLOCK_MS]) {
      store.run(
        `INSERT INTO tallies (scope, key, span_ms, slot, notices) VALUES (?, ?, ?, ?, 1)
         ON CONFLICT (scope, key, span_ms, slot) DO UPDATE SET notices = notices + 1`,
        scope,
        key,
        spanMs,
        slotAt(now, spanMs),
      )
    }
  }
}

/**
 * Notices counted in the window that ends now. After a clock was set back, those counted ahead of it count as well, as far
 * ahead as the window is long: no notice is forgotten for it, and no clock that was wrong once silences us for years.
 */
export function usedPlaces(store: Store, { scope, key, windowMs }: Tally, now: Instant): number {
  const askedMs = Math.min(windowMs, LONGEST_WINDOW_MS)
  const first = slotAt(now - askedMs, SLOT_MS)
  const last = slotAt(now + askedMs, SLOT_MS)
  const firstBlock = Math.floor(first / SLOTS_IN_BLOCK) + 1 // the first one that lies whole in the window
  const short = between(store, [scope, key, SLOT_MS, first, Math.min(last, firstBlock * SLOTS_IN_BLOCK - 1)])
  const long = between(store, [scope, key, BLOCK_MS, firstBlock, Math.floor(last / SLOTS_IN_BLOCK)])
  return short + long
}

function between(store: Store, range: readonly [string, string, number, number, number]): number {
  const sum = store.get<{ notices: number | null }>(
    'SELECT sum(notices) AS notices FROM tallies WHERE scope = ? AND key = ? AND span_ms = ? AND slot BETWEEN ? AND ?',
    ...range,
  )
  return sum?.notices ?? 0
}

/** Forgets what the global counter counted. */
export function forgetGlobalTally(store: Store): void {
  store.run("DELETE FROM tallies WHERE scope = 'global'")
}

/** Drops slots that no window reaches any more, or that a wrong clock left far ahead. @returns how many, `limit` at most */
export function pruneTallies(store: Store, now: Instant, limit: number): number {
  let pruned = 0
  for (const spanMs of [SLOT_MS, BLOCK_MS]) {
    const [oldest, newest] = [slotAt(now - LONGEST_WINDOW_MS, spanMs), slotAt(now + LONGEST_WINDOW_MS, spanMs)]
    for (const [from, to] of [
      [0, oldest - 1],
      [newest + 1, Number.MAX_SAFE_INTEGER],
    ] as const) {
      pruned += dropSlots(store, [spanMs, from, to, limit - pruned])
    }
  }
  return pruned
}

function dropSlots(store: Store, range: readonly [number, number, number, number]): number {
  return store.run(
    `DELETE FROM tallies WHERE (scope, key, span_ms, slot) IN (
       SELECT scope, key, span_ms, slot FROM tallies WHERE span_ms = ? AND slot BETWEEN ? AND ? LIMIT ?)`,
    ...range,
  )
}
