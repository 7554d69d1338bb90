import type { Address } from './address.ts'
import type { TicketId } from './ids.ts'
import type { Instant } from './instant.ts'

export const TICKET_STATES = ['open', 'engaged', 'waiting', 'closed'] as const
export type TicketState = (typeof TICKET_STATES)[number]

/** requester: wrote first; confirmed: a Cc of the requester's mail or added by an agent; unconfirmed: got in by a token. */
export type ParticipantRole = 'requester' | 'confirmed' | 'unconfirmed'
export type Participant = { readonly address: Address; readonly role: ParticipantRole }

export type Ticket = {
  readonly id: TicketId
  readonly state: TicketState
  /** Address of the mailbox it was opened in. */
  readonly mailbox: Address
  readonly openedAt: Instant
  readonly closedAt: Instant | undefined
  readonly participants: readonly Participant[]
}
