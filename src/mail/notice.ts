import type { Address } from './address.ts'

/** The library of DESIGN 5. */
export const NOTICES = [
  'acknowledgement',
  'out-of-hours',
  'holiday',
  'out-of-office',
  'high-volume',
  'incident',
  'information-request',
  'ticket-created',
  'assigned',
  'delayed',
  'closed',
  'reopened',
  'feedback-request',
  'review-request',
  'welcome',
  'subscribed',
  'order-confirmed',
  'answer',
] as const
export type NoticeKind = (typeof NOTICES)[number]

/** Which text, to whom, in which language, from which of our addresses. */
export type Notice = {
  readonly kind: NoticeKind
  /** Exactly one, checked. */
  readonly to: Address
  /** The alias written to: the notice's From. */
  readonly from: Address
  /** Address of the mailbox that speaks. */
  readonly mailbox: Address
  readonly locale: string
  /** How the customer is greeted: a name that looks like a name, or '' for the neutral greeting. */
  readonly customerName: string
  /** Their subject, made safe to repeat; '' where nothing of it may be repeated. */
  readonly subject: string
}
