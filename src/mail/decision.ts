import type { Address } from './address.ts'
import type { TicketId } from './ids.ts'
import type { Notice } from './notice.ts'
import type { Reason } from './reason.ts'

export type Disposition = 'new-ticket' | 'follow-up' | 'reopen' | 'file-only' | 'duplicate' | 'set-aside'

/** How the message stands to our tickets. `linked`: a new ticket that names an old one to the team only. */
export type Threading =
  | { readonly kind: 'new' }
  | { readonly kind: 'follow-up'; readonly ticket: TicketId }
  | { readonly kind: 'linked'; readonly ticket: TicketId }
  | { readonly kind: 'unknown' }

export type Reply =
  | { readonly kind: 'send'; readonly notice: Notice }
  /** Decided and rendered as `send`, kept as would-send, never sent (send.mode: shadow). */
  | { readonly kind: 'shadow'; readonly notice: Notice }
  | { readonly kind: 'silence'; readonly because: readonly [Reason, ...Reason[]] }

export type Decision = {
  readonly disposition: Disposition
  readonly threading: Threading
  readonly reply: Reply
  /** Mailboxes (by address) that the message is handed on to; empty only for a copy that each of them has already. */
  readonly handOn: readonly Address[]
}
