import type { QueueEntry } from '../mail/queue.ts'

/** Entries of one lane read at once, per place; more are read only while all of them rest. */
const WINDOW_PER_PLACE = 4
/** Entries of one lane read at once at most. */
const MAX_WINDOW = 4_096

/**
 * Shares the places among next hops. A hop gets another place only while it holds fewer than are free, so one that stalls
 * ends up with half of them, a second one with half of the rest, and the others go on.
 */
export type Lanes = {
  /**
   * Entries to begin, in the order given, as far as places and shares go.
   * @param read the first `limit` entries of each lane that are due
   * @param isFree false for what rests
   */
  pick(
    read: (limit: number) => Promise<readonly QueueEntry[]>,
    isFree: (entry: QueueEntry) => boolean,
  ): Promise<readonly QueueEntry[]>
  /** How many entries are read at once now. */
  window(): number
  /** Takes a place, now that the hop is known; false where the hop has its share. */
  enter(entry: QueueEntry, hop: string): boolean
  /** Gives the place back. */
  leave(entry: QueueEntry): void
}

/** @param places 1 or more */
export function openLanes(places: number): Lanes {
  const base = Math.max(1, places) * WINDOW_PER_PLACE
  const hops = new Map<string, string>() // the hop that a lane's last entry went to; a reload may change it
  const held = new Map<QueueEntry['id'], string>()
  let window = base

  const counts = (): Map<string, number> => {
    const found = new Map<string, number>()
    for (const hop of held.values()) found.set(hop, (found.get(hop) ?? 0) + 1)
    return found
  }
  const choose = (due: readonly QueueEntry[]): readonly QueueEntry[] => {
    const busy = counts()
    const chosen: QueueEntry[] = []
    for (const entry of due) {
      const hop = hops.get(laneOf(entry)) ?? laneOf(entry)
      const mine = busy.get(hop) ?? 0
      const free = places - held.size - chosen.length
      if (free <= 0) break
      if (mine >= free) continue
      busy.set(hop, mine + 1)
      chosen.push(entry)
    }
    return chosen
  }

  return {
    async pick(read, isFree) {
      if (held.size >= places) return []
      for (;;) {
        const due = await read(window)
        const free = due.filter(isFree)
        // where some are free and none is chosen, their hops have their share: to read on would show more of the same
        if (free.length > 0 || due.length < window || window >= MAX_WINDOW) {
          if (due.length <= base) window = base
          return choose(free)
        }
        window = Math.min(window * 2, MAX_WINDOW)
      }
    },
    window: () => window,
    enter(entry, hop) {
      if (hops.size > MAX_WINDOW) hops.clear()
      hops.set(laneOf(entry), hop)
      if ((counts().get(hop) ?? 0) >= places - held.size) return false
      held.set(entry.id, hop)
      return true
    },
    leave: (entry) => void held.delete(entry.id),
  }
}

/** What usually goes to one hop, as far as an entry tells before it is prepared. */
function laneOf({ cargo }: QueueEntry): string {
  return cargo.kind === 'notice' ? 'notices' : `mail for ${cargo.mailbox}`
}
