import type { Address } from './address.ts'
import type { EntryId, IncomingId, MessageId, TicketId } from './ids.ts'
import type { Instant } from './instant.ts'
import type { Notice } from './notice.ts'

/**
 * queued: waiting for its instant. sending: leased, an attempt is under way. sent: the next hop has it.
 * failed: refused for good. held: waits for the operator. withdrawn: taken back. would-send: shadow mode, final.
 */
export const QUEUE_STATES = ['queued', 'sending', 'sent', 'failed', 'held', 'withdrawn', 'would-send'] as const
export type QueueState = (typeof QUEUE_STATES)[number]

/** What an entry carries: a notice of ours, or the customer's mail on its way to the team. */
export type Cargo =
  | {
      readonly kind: 'notice'
      readonly notice: Notice
      readonly answers: Answered
      /** text: the text part alone, so that a forged sender cannot have us send much (DESIGN 5). Absent: both parts. */
      readonly form?: 'text'
    }
  | { readonly kind: 'hand-on'; readonly mailbox: Address; readonly recipient: Address }

/** What a notice says of the mail it answers (RFC 3834 3.1.6). */
export type Answered = {
  readonly messageId: MessageId | undefined
  /** Its References in document order, capped. */
  readonly references: readonly MessageId[]
  readonly receivedAt: Instant
}

/** One message on its way to one recipient. */
export type QueueEntry = {
  readonly id: EntryId
  readonly incoming: IncomingId
  readonly ticket: TicketId | undefined
  readonly cargo: Cargo
  readonly state: QueueState
  /** Attempts begun. */
  readonly attempts: number
  /** Attempts of which nobody knows how they ended (cut off after the final dot, or by a crash). */
  readonly unknowns: number
  readonly nextAttempt: Instant
  /** Fixed when the entry is made; a notice carries it in every attempt. For a hand-on: only a name for logs. */
  readonly messageId: MessageId
  /** Last outcome in one line: reply code and text of the next hop, or our own reason. */
  readonly lastOutcome: string | undefined
}

/** Where an attempt goes. */
export type NextHop =
  | { readonly kind: 'maildir'; readonly folder: string }
  | {
      readonly kind: 'smtp' | 'lmtp'
      readonly host: string
      readonly port: number
      /** implicit: TLS from the first octet (smtps). opportunistic: STARTTLS where offered. required: STARTTLS or nothing. */
      readonly tls: 'implicit' | 'opportunistic' | 'required'
      /** The recipient named in the URL's path, if any: takes the place of the original one. */
      readonly recipient: Address | undefined
      readonly socket?: string
    }

/** How an attempt ended (RFC 5321 4.2.1). */
export type Outcome =
  | { readonly kind: 'accepted'; readonly detail: string; readonly hopMessageId?: string }
  | { readonly kind: 'deferred'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string }
  /** Cut off after the final dot: it may have arrived. */
  | { readonly kind: 'unknown'; readonly detail: string }
