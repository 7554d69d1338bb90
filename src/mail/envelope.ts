import type { Address, ReversePath } from './address.ts'

/** What SMTP said (RFC 5321 2.3.1): who sends, and which of our addresses it is for. */
export type Envelope = {
  readonly reversePath: ReversePath
  /** As written in RCPT TO, each accepted by us, at least one; order of arrival, no address twice. */
  readonly recipients: readonly Address[]
}
