import type { EntryId, IncomingId, MessageId, TicketId } from '../mail/ids.ts'
import type { Instant } from '../mail/instant.ts'
import type { NewEntry } from '../mail/ledger-port.ts'
import type { Cargo, QueueEntry, QueueState } from '../mail/queue.ts'
import type { Store } from './store.ts'

/** A row of `entries` as SQLite gives it. */
export type EntryRow = {
  readonly id: EntryId
  readonly incoming: IncomingId
  readonly ticket: TicketId | null
  readonly cargo: string
  readonly state: QueueState
  readonly attempts: number
  readonly unknowns: number
  readonly next_attempt: Instant
  readonly message_id: MessageId
  readonly last_outcome: string | null
}

/** JSON drops a member that is undefined; the type says that it is there. */
function cargoOf(text: string): Cargo {
  const cargo = JSON.parse(text) as Cargo
  if (cargo.kind === 'hand-on') return cargo
  return { ...cargo, answers: { ...cargo.answers, messageId: cargo.answers.messageId } }
}

export function entryOf(row: EntryRow): QueueEntry {
  return {
    id: row.id,
    incoming: row.incoming,
    ticket: row.ticket ?? undefined,
    cargo: cargoOf(row.cargo),
    state: row.state,
    attempts: row.attempts,
    unknowns: row.unknowns,
    nextAttempt: row.next_attempt,
    messageId: row.message_id,
    lastOutcome: row.last_outcome ?? undefined,
  }
}

export function entriesOf(store: Store, incoming: IncomingId): readonly QueueEntry[] {
  return store.all<EntryRow>('SELECT * FROM entries WHERE incoming = ? ORDER BY rowid', incoming).map(entryOf)
}

/** Notices of which one cannot be sure that they were never sent (and never will be): at most one, says the index. */
export function noticesThatMayBeSent(store: Store, incoming: IncomingId): readonly QueueEntry[] {
  return store
    .all<EntryRow>(
      `SELECT * FROM entries WHERE incoming = ? AND kind = 'notice'
         AND (state NOT IN ('would-send', 'withdrawn', 'failed') OR unknowns > 0)`,
      incoming,
    )
    .map(entryOf)
}

/** Takes back the notices that wait. One that may have arrived already stays: nothing can take it back. */
export function withdrawNotices(
  store: Store,
  incoming: IncomingId,
  { now, outcome }: { now: Instant; outcome: string },
): void {
  const withdrawn = store.all<{ id: EntryId }>(
    `UPDATE entries SET state = 'withdrawn', last_outcome = ?
     WHERE incoming = ? AND kind = 'notice' AND state IN ('queued', 'held') AND unknowns = 0 RETURNING id`,
    outcome,
    incoming,
  )
  for (const { id } of withdrawn) {
    store.run('INSERT INTO attempts (entry, at, outcome) VALUES (?, ?, ?)', id, now, outcome)
  }
}

export function insertEntry(
  store: Store,
  entry: NewEntry,
  of: { incoming: IncomingId; ticket: TicketId | undefined },
): void {
  store.run(
    `INSERT INTO entries (id, incoming, ticket, kind, cargo, state, next_attempt, message_id, last_outcome)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    entry.id,
    of.incoming,
    of.ticket ?? null,
    entry.cargo.kind,
    JSON.stringify(entry.cargo),
    entry.state,
    entry.nextAttempt,
    entry.messageId,
    entry.because ?? null,
  )
}
