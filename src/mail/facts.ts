import type { Address } from './address.ts'
import type { Authentication } from './authentication.ts'
import type { Claim } from './claim.ts'
import type { Envelope } from './envelope.ts'
import type { IncomingId, TicketId } from './ids.ts'
import type { Instant } from './instant.ts'
import type { Breaker, LimitOverride, Limits, Mute, NeverRule, Recent, Tally, Told } from './limits.ts'
import type { Addressed } from './mailbox.ts'
import type { Message } from './message.ts'
import type { Nature } from './nature.ts'
import type { NoticeKind } from './notice.ts'
import type { Ticket } from './ticket.ts'

/** What the ledger is asked inside the transaction. */
export type Inquiry = {
  readonly incoming: IncomingId
  /** Identity of the mail by Message-ID, From and Date (`copyKey`): finds copies that came by another path. */
  readonly copyKey: string
  /** SHA-256 of the body: tells an identical copy from an altered one. */
  readonly bodyDigest: string
  readonly claims: readonly Claim[]
  /** Whom a notice would go to, else From, folded; undefined where there is neither. */
  readonly correspondent: Address | undefined
  /** Of the text, from `fingerprintOf`: what tells a repeated text with other numbers in it. '' where there is no text. */
  readonly fingerprint: string
  /** Counters that limit a notice, as `talliesOf` lists them; answered in `Findings.used` in this order. */
  readonly tallies: readonly Tally[]
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
  /** Tickets not closed, of the latest thousand that the correspondent is requester or confirmed participant of. */
  readonly openTickets: number
  /**
   * Notices counted, one number for each tally of the inquiry, in its order. A window may be some seconds longer than asked,
   * never shorter.
   */
  readonly used: readonly number[]
  /** Other mails of the correspondent settled in the last `RECENT_MS` as a person's, newest first, at most `RECENT_MAX`. */
  readonly recent: readonly Recent[]
  /** Absence texts told to the correspondent, newest first; what is older than the quiet period counts no more. */
  readonly told: readonly (Told & { readonly at: Instant })[]
  /** Only while it holds. */
  readonly mute: Mute | undefined
  /** Only while it is open: after its cool-down there is none. */
  readonly breaker: Breaker | undefined
  /** All of the operator's list; the ledger holds it in memory. */
  readonly never: readonly NeverRule[]
  /** An id that no ticket has, for the case that the decision opens one. */
  readonly freshTicket: TicketId
}

/** The answer about a mail of which the ledger knows nothing. */
export const NOTHING_FOUND: Omit<Findings, 'freshTicket'> = {
  threads: [],
  copy: undefined,
  language: undefined,
  openTickets: 0,
  used: [],
  recent: [],
  told: [],
  mute: undefined,
  breaker: undefined,
  never: [],
}

/** How far back mails of one correspondent are looked at for storms and loops. Our own bound. */
export const RECENT_MS = 24 * 3_600_000
/** A storm shows in its last few mails; reading more of them would let the storm slow us down. Our own bound. */
export const RECENT_MAX = 20

/** A state of affairs that another text than the acknowledgement tells of, e.g. a holiday. */
export type Occasion = {
  readonly notice: Extract<NoticeKind, 'incident' | 'holiday' | 'out-of-hours' | 'high-volume' | 'out-of-office'>
  /** Which one: told once to one correspondent within the quiet period, then the plain acknowledgement. */
  readonly id: string
}

/** Settings that deciding depends on, made once per reload. */
export type Policy = {
  readonly mode: 'live' | 'shadow' | 'off'
  /** Older than this by receipt is not answered; milliseconds. */
  readonly maxAgeMs: number
  /** Folded: every mailbox, alias and bounce address of ours. */
  readonly ownAddresses: ReadonlySet<string>
  /** How much authenticity a notice asks for (DESIGN 4.3). */
  readonly gate: 'off' | 'fail' | 'pass'
  readonly limits: Limits
  readonly limitOverrides: readonly LimitOverride[]
  /** How long the global breaker stays open unless a person arms it again; milliseconds, above 0. */
  readonly coolDownMs: number
  /** An absence text is told to a correspondent once in this time; milliseconds, 0 tells it every time. */
  readonly quietPeriodMs: number
  /** Globs over whole addresses, `*` only, compared without case. */
  readonly neverAnswer: readonly string[]
  /** Words that our notices put before the customer's subject, in every language we write. */
  readonly ownPrefixes: readonly string[]
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
  /** What is the case at this moment, most pressing first (DESIGN 4.9); empty: the plain acknowledgement. */
  readonly occasions: readonly Occasion[]
  readonly policy: Policy
}
