import { type Address, folded } from '../mail/address.ts'
import type { MessageId, TicketId } from '../mail/ids.ts'
import type { Instant } from '../mail/instant.ts'
import type { Participant, Ticket, TicketState } from '../mail/ticket.ts'
import type { Store } from './store.ts'

/** Participants of one ticket: whoever holds a token of it could add senders without end. Our own bound. */
const PARTICIPANTS = 200

type TicketRow = {
  readonly id: TicketId
  readonly state: TicketState
  readonly mailbox: Address
  readonly opened_at: Instant
  readonly closed_at: Instant | null
}

export function ticketById(store: Store, id: TicketId): Ticket | undefined {
  const row = store.get<TicketRow>('SELECT id, state, mailbox, opened_at, closed_at FROM tickets WHERE id = ?', id)
  if (row === undefined) return undefined
  const participants = store.all<Participant>(
    'SELECT address, role FROM participants WHERE ticket = ? ORDER BY rowid',
    id,
  )
  return {
    id: row.id,
    state: row.state,
    mailbox: row.mailbox,
    openedAt: row.opened_at,
    closedAt: row.closed_at ?? undefined,
    participants,
  }
}

export function ticketExists(store: Store, id: TicketId): boolean {
  return store.get('SELECT 1 FROM tickets WHERE id = ?', id) !== undefined
}

/** Latest tickets of one spelling that are looked at: a busy partner takes part in any number. Our own bound. */
const TICKETS_OF_ONE = 1_000

const TICKETS_OF = `SELECT ticket FROM participants WHERE folded = ? AND role IN ('requester', 'confirmed')
  ORDER BY rowid DESC LIMIT ${TICKETS_OF_ONE}`
const OPEN_TICKETS = "SELECT count(*) AS tickets FROM tickets WHERE state <> 'closed' AND"

/**
 * How many of the latest tickets of a correspondent are not closed.
 * @param spellings folded addresses that are all the same person's; hardly ever more than one
 */
export function openTicketsOf(store: Store, [first, second]: readonly [Address, Address]): number {
  const found =
    first === second
      ? store.get<{ tickets: number }>(`${OPEN_TICKETS} id IN (${TICKETS_OF})`, first)
      : store.get<{ tickets: number }>(
          `${OPEN_TICKETS} (id IN (${TICKETS_OF}) OR id IN (${TICKETS_OF}))`,
          first,
          second,
        )
  return found?.tickets ?? 0
}

export type NewTicket = {
  readonly id: TicketId
  readonly mailbox: Address
  readonly linked: TicketId | undefined
  readonly participants: readonly Participant[]
}

export function openTicket(store: Store, ticket: NewTicket, now: Instant): void {
  store.run(
    "INSERT INTO tickets (id, state, mailbox, opened_at, last_activity, linked) VALUES (?, 'open', ?, ?, ?, ?)",
    ticket.id,
    ticket.mailbox,
    now,
    now,
    ticket.linked ?? null,
  )
  for (const participant of ticket.participants.slice(0, PARTICIPANTS)) {
    addParticipant(store, ticket.id, participant)
  }
}

/** Does nothing for one who is a participant already, whatever the role, and beyond the bound. */
export function addParticipant(store: Store, ticket: TicketId, { address, role }: Participant): void {
  store.run(
    `INSERT INTO participants (ticket, folded, address, role) SELECT ?, ?, ?, ?
     WHERE (SELECT count(*) FROM participants WHERE ticket = ?) < ${PARTICIPANTS}
     ON CONFLICT (ticket, folded) DO NOTHING`,
    ticket,
    folded(address),
    address,
    role,
    ticket,
  )
}

/** A mail joined the ticket. `reopen` opens it whatever its state was. */
export function touchTicket(store: Store, id: TicketId, at: { now: Instant; reopen: boolean }): void {
  // a clock set back must not move the activity before the opening
  store.run('UPDATE tickets SET last_activity = max(last_activity, ?) WHERE id = ?', at.now, id)
  if (at.reopen) store.run("UPDATE tickets SET state = 'open', closed_at = NULL WHERE id = ?", id)
}

/** From now on a mail that names this Message-ID claims the ticket; the first ticket that an id was seen in keeps it. */
export function rememberMessageId(store: Store, ticket: TicketId, messageId: MessageId): void {
  store.run('INSERT INTO message_ids (message_id, ticket) VALUES (?, ?) ON CONFLICT DO NOTHING', messageId, ticket)
}

export function ticketOfMessageId(store: Store, messageId: MessageId): TicketId | undefined {
  return store.get<{ ticket: TicketId }>('SELECT ticket FROM message_ids WHERE message_id = ?', messageId)?.ticket
}
