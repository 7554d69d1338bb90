import type { Address } from './address.ts'
import type { Authentication } from './authentication.ts'
import type { Claim } from './claim.ts'
import type { Envelope } from './envelope.ts'
import type { IncomingId, TicketId } from './ids.ts'
import type { Instant } from './instant.ts'
import type { Addressed } from './mailbox.ts'
import type { Message } from './message.ts'
import type { Nature } from './nature.ts'
import type { Ticket } from './ticket.ts'

/** What the ledger is asked inside the transaction. */
export type Inquiry = {
  readonly incoming: IncomingId
  /** Identity of the mail by Message-ID, From and Date (`copyKey`): finds copies that came by another path. */
  readonly copyKey: string
  /** SHA-256 of the body: tells an identical copy from an altered one. */
  readonly bodyDigest: string
  readonly claims: readonly Claim[]
  /** Correspondent the notice would go to, folded; undefined where From holds none. */
  readonly correspondent: Address | undefined
}

/** The strongest claim that names a ticket we have. */
export type Thread = {
  readonly claim: Claim
  readonly ticket: Ticket
}

/** An earlier Incoming with the same copyKey. */
export type Copy = {
  readonly incoming: IncomingId
  readonly ticket: Ticket | undefined
  /** Mailboxes the identical octets (same body digest) were handed on to; another body hands on anew. */
  readonly handedOn: readonly Address[]
}

/** What the ledger answers. `threads` strongest first, each ticket once. */
export type Findings = {
  readonly threads: readonly Thread[]
  readonly copy: Copy | undefined
  /** Remembered language of the correspondent, if any. */
  readonly language: string | undefined
  /** An id that no ticket has, for the case that the decision opens one. */
  readonly freshTicket: TicketId
}

/** Settings that deciding depends on, made once per reload. */
export type Policy = {
  readonly mode: 'live' | 'shadow' | 'off'
  /** Older than this by receipt is not answered; milliseconds. */
  readonly maxAgeMs: number
  /** Folded: every mailbox, alias and bounce address of ours. */
  readonly ownAddresses: ReadonlySet<string>
  /** Globs over whole addresses, `*` only, compared without case. */
  readonly neverAnswer: readonly string[]
  /** Addresses of `forms[].from` (folded): their Reply-To is the customer. */
  readonly forms: ReadonlySet<string>
  readonly defaultLocale: string
}

/** Everything that `decide` may know, as one value. */
export type Facts = {
  readonly now: Instant
  readonly receivedAt: Instant
  readonly envelope: Envelope
  readonly message: Message
  readonly nature: Nature
  readonly authentication: Authentication
  /** Our mailboxes named by the message, in the order of DESIGN 4.6; the first one speaks. */
  readonly addressed: readonly Addressed[]
  readonly findings: Findings
  readonly policy: Policy
}
