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
