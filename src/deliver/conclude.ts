import { setTimeout as pause } from 'node:timers/promises'
import type { NextState } from '../mail/ledger-port.ts'
import type { Outcome, QueueEntry } from '../mail/queue.ts'
import { Trouble } from '../mail/trouble.ts'
import type { RunnerParts } from './runner.ts'
import { type Moment, nextState } from './schedule.ts'

/** How an attempt went. `hop` is '' where it did not get as far as one. */
export type Ended = { readonly outcome: Outcome; readonly hop: string; readonly ms: number }

/** Tries to write an ended attempt down, while the ledger is in trouble. After that the next start finds it as interrupted. */
const MAX_TRIES = 20

/** Writes down how an attempt ended and what follows; mail for the team that got no further goes to the fallback first. */
export async function concludeAttempt(entry: QueueEntry, ended: Ended, parts: RunnerParts): Promise<void> {
  const next = await withFallback(entry, ended.outcome, parts)
  await write(entry, next, parts)
  logEnded(entry, { ...ended, state: next.state }, parts)
  if (next.state === 'held') logHeld(entry, next.outcome, parts)
}

function logEnded(entry: QueueEntry, ended: Ended & Pick<NextState, 'state'>, { log }: RunnerParts): void {
  log('attempt.ended', {
    entry: entry.id,
    incoming: entry.incoming,
    cargo: entry.cargo.kind,
    attempt: entry.attempts,
    outcome: ended.outcome.kind,
    hop: ended.hop,
    detail: ended.outcome.detail,
    state: ended.state,
    ms: ended.ms,
  })
}

/** Holds an entry for which no attempt could be made. */
export async function concludeHeld(entry: QueueEntry, why: string, parts: RunnerParts): Promise<void> {
  const at = parts.world.now()
  await write(entry, { state: 'held', nextAttempt: at, unknown: 0, outcome: why, hopMessageId: undefined }, parts)
  logHeld(entry, why, parts)
}

/** Returns a leased entry to the queue, due at once: it was not attempted to its end because we stop. */
export async function putBack(entry: QueueEntry, parts: RunnerParts): Promise<void> {
  const outcome = 'deferred: replyd was stopping'
  const nextAttempt = parts.world.now()
  await write(entry, { state: 'queued', nextAttempt, unknown: 0, outcome, hopMessageId: undefined }, parts)
}

/** An entry that a former process left under way: nobody knows whether it arrived. If it may be tried again, then at once. */
export async function concludeInterrupted(entry: QueueEntry, parts: RunnerParts): Promise<void> {
  const outcome: Outcome = { kind: 'unknown', detail: 'interrupted by a restart' }
  const next = await withFallback(entry, outcome, parts)
  const nextAttempt = parts.world.now()
  await parts.outbox.conclude(entry.id, next.state === 'queued' ? { ...next, nextAttempt } : next)
  logEnded(entry, { outcome, hop: '', ms: 0, state: next.state }, parts)
  if (next.state === 'held') logHeld(entry, next.outcome, parts)
}

async function withFallback(entry: QueueEntry, outcome: Outcome, parts: RunnerParts): Promise<NextState> {
  const next = nextState(entry, outcome, momentOf(parts))
  if (entry.cargo.kind !== 'hand-on' || (next.state !== 'failed' && next.state !== 'held')) return next
  const kept = await parts
    .fallback(entry, outcome.detail)
    .catch((error: unknown): Outcome => ({ kind: 'deferred', detail: String(error) }))
  if (kept.kind !== 'accepted') {
    return { ...next, state: 'held', outcome: `${next.outcome}; not in the fallback: ${kept.detail}` }
  }
  parts.log('hand-on.fallback', {
    entry: entry.id,
    incoming: entry.incoming,
    folder: kept.detail,
    why: outcome.detail,
  })
  return { ...next, outcome: `${next.outcome}; in the fallback: ${kept.detail}` }
}

function momentOf({ world }: RunnerParts): Moment {
  const [octet] = world.chance(1)
  return { now: world.now(), jitter: (octet ?? 0) / 255 }
}

/** Keeps trying while the ledger is in trouble: what is known now is unknown after a restart. */
async function write(entry: QueueEntry, next: NextState, { outbox, log, pollMs }: RunnerParts): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await outbox.conclude(entry.id, next)
    } catch (error) {
      if (!(error instanceof Trouble) || error.kind === 'permanent' || tries >= MAX_TRIES) throw error
      log('ledger.trouble', { doing: 'end an attempt', error: error.message })
      await pause(pollMs)
    }
  }
}

function logHeld(entry: QueueEntry, why: string, { log }: RunnerParts): void {
  log('entry.held', { entry: entry.id, incoming: entry.incoming, cargo: entry.cargo.kind, why })
}
