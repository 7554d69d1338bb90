import type { Address } from './address.ts'
import type { Instant } from './instant.ts'
import type { NoticeKind } from './notice.ts'

/** At most `count` notices in any window of `windowMs`; off: no limit. */
export type Rate = { readonly count: number; readonly windowMs: number } | 'off'

/** The longest window that can be asked: notices are counted so long and forgotten then. 31 days; our own bound. */
export const LONGEST_WINDOW_MS = 31 * 86_400_000

/** How many notices we write, by whom they go to and from where (responders.md 4). */
export type Limits = {
  readonly perCorrespondent: Rate
  /** By organisational domain; public mail domains are exempt, since a million strangers share them. */
  readonly perDomain: Rate
  readonly perMailbox: Rate
  readonly global: Rate
}

/** Another rate for the addresses that a glob matches; a key that is left out keeps the general one. */
export type LimitOverride = {
  /** A whole address with `*`, e.g. `*@partner.example`. The first override that matches counts. */
  readonly match: string
  readonly perCorrespondent: Rate | undefined
  readonly perDomain: Rate | undefined
}

export const TALLY_SCOPES = ['correspondent', 'domain', 'mailbox', 'global'] as const
export type TallyScope = (typeof TALLY_SCOPES)[number]

/** One counter of notices: whose. `key` is '' for the global one. */
export type TallyKey = { readonly scope: TallyScope; readonly key: string }

/** A counter and how far back it is asked; milliseconds, above 0, `LONGEST_WINDOW_MS` at most. */
export type Tally = TallyKey & { readonly windowMs: number }

/** A mail of the same correspondent settled lately, as far as storms and loops show in it. */
export type Recent = {
  readonly at: Instant
  /** True where a notice went out for it, or was decided on in shadow mode. */
  readonly answer: 'notice' | 'silence'
  readonly subject: string
  /** Of the text, as `fingerprintOf` made it. */
  readonly fingerprint: string
}

/** A text told to a correspondent, before variables: not told again within the quiet period (RFC 5230 4.2). */
export type Told = {
  readonly mailbox: Address
  readonly notice: NoticeKind
  /** Which absence: a holiday's date, an agent's absence, `hours`. */
  readonly occasion: string
}

/** A correspondent to whom nothing automatic is written until then. */
export type Mute = {
  /** As `correspondentKey` normalises it. */
  readonly correspondent: Address
  readonly since: Instant
  readonly until: Instant
  readonly because: string
}

/** The global breaker, once tripped: no notices until it is armed again by a person or after the cool-down. */
export type Breaker = { readonly since: Instant; readonly until: Instant; readonly because: string }

/** Who is never written to, by an operator's command; beside `never_answer` of the configuration. */
export type NeverRule = {
  /** A whole address with `*`, folded. */
  readonly pattern: string
  readonly since: Instant
  /** Why, in the operator's words; '' where nothing was said. */
  readonly note: string
}
