import type { Instant } from '../mail/instant.ts'
import type { Log } from '../ops/events.ts'
import type { GroupCommit } from './group-commit.ts'
import { pruneMutes } from './mutes.ts'
import { type Connection, type Store, storeOn } from './store.ts'
import { pruneTallies } from './tallies.ts'
import { pruneTold } from './told.ts'

/** Settlements between two prunings: together they add some 640 rows of counters at most. */
const SETTLEMENTS_BETWEEN = 64
/** Rows of each kind dropped by one pruning: more than were added, so that it catches up, and a few milliseconds' work. */
const ROWS_AT_ONCE = 1_000
/** And at a start, when nobody waits for an answer yet. */
const ROWS_AT_START = 20_000
const PRUNING = 'drop counters and memories that count no more'

/**
 * Drops what no finding can show any more: counters older than the longest window, absence texts beyond the memory's size,
 * mutes that are over.
 */
function prune(store: Store, now: Instant, limit: number): void {
  pruneTallies(store, now, limit)
  pruneTold(store, limit)
  pruneMutes(store, now, limit)
}

/** Prunes in a transaction of its own, when the ledger is opened. */
export function pruneAtStart(connection: Connection, now: Instant): void {
  connection.transaction(() => prune(storeOn(connection), now, ROWS_AT_START)).immediate()
}

/** Prunes now and then. @returns to be called for each settlement; never throws */
export function pruningOn(store: Store, group: GroupCommit, log: Log): (now: Instant) => void {
  let settlements = 0
  return (now) => {
    settlements += 1
    if (settlements % SETTLEMENTS_BETWEEN !== 0) return
    group
      .enqueue(PRUNING, () => prune(store, now, ROWS_AT_ONCE))
      .catch((error: unknown) => log('ledger.trouble', { doing: PRUNING, error: String(error) }))
  }
}
