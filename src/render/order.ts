import type { Address } from '../mail/address.ts'
import type { MessageId, TicketId } from '../mail/ids.ts'
import type { Instant } from '../mail/instant.ts'
import type { Resource } from '../mail/mailbox.ts'
import type { Notice } from '../mail/notice.ts'

/** Everything that a letter is made of beside its template. */
export type NoticeOrder = {
  readonly notice: Notice
  readonly messageId: MessageId
  readonly ticketId: TicketId | undefined
  /** As it stands in subjects, e.g. `[#K7M2Q9F]`. */
  readonly ticketTag: string | undefined
  readonly tagInSubject: boolean
  /** Message-ID of the mail that is answered. */
  readonly inReplyTo: MessageId | undefined
  /** References of the mail that is answered, in document order. */
  readonly references: readonly MessageId[]
  readonly receivedAt: Instant
  readonly now: Instant
  /** IANA name. */
  readonly timezone: string
  readonly organization: string
  readonly mailboxName: string
  readonly resources: readonly Resource[]
  readonly expectedReply: Instant | undefined
  /** Value of our loop header. */
  readonly instance: string
  readonly replyTo: Address | undefined
  /** True where the HTML part is left out. */
  readonly textOnly: boolean
}
