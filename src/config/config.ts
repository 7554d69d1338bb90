import type { Address } from '../mail/address.ts'
import type { LimitOverride, Limits } from '../mail/limits.ts'
import type { ListenTarget } from '../mail/listen.ts'
import type { Resource } from '../mail/mailbox.ts'
import type { NextHop } from '../mail/queue.ts'

/**
 * The configuration, checked whole and frozen. Same shape as the YAML file, with keys in camel case; durations are
 * milliseconds (`...Ms`), sizes octets (`...Octets`), and every key that may be left out has its default.
 * Paths stand as written: `statePath` and `inputPath` (paths.ts) resolve them. Secrets are only named here.
 */
export type Config = {
  readonly organization: Organization
  readonly storage: Storage
  /** A folder (an input path) that overlays the built-in set; undefined: the built-in set alone. */
  readonly templates: string | undefined
  /** Name of the layout that notices use. */
  readonly layout: string
  readonly receive: Receive
  readonly mailboxes: readonly [MailboxConfig, ...MailboxConfig[]]
  readonly send: Send
  readonly tickets: Tickets
  readonly schedules: Readonly<Record<string, ScheduleConfig>>
  /** undefined: high volume is never assumed. */
  readonly highVolume: HighVolume | undefined
  readonly maxAgeMs: number
  readonly quietPeriodMs: number
  readonly acknowledgeAfterMs: number
  readonly followUpAbsence: 'off' | 'holiday'
  readonly limits: Limits
  /** `limits.overrides`, in the order of the file: the first that matches counts. */
  readonly limitOverrides: readonly LimitOverride[]
  /** `limits.cool_down`: how long the global breaker stays open. */
  readonly coolDownMs: number
  readonly authentication: AuthenticationConfig
  readonly agents: readonly Agent[]
  readonly rules: readonly Rule[]
  readonly routes: Readonly<Record<string, HandOn>>
  readonly forms: readonly Form[]
  readonly neverAnswer: readonly AddressGlob[]
  readonly alwaysAnswer: readonly AddressGlob[]
  readonly signs: Signs
  readonly textOnlyUnlessAuthenticated: 'off' | 'fail' | 'always'
  readonly admin: Admin
}

/** A whole address in which `*` stands for any run of characters; compared without case. */
export type AddressGlob = string
/** An IP address or CIDR network, checked. */
export type Network = string
/** An IANA time zone name that this Node knows. */
export type TimeZone = string
/** A BCP 47 tag in canonical case, e.g. `zh-Hant`. */
export type Locale = string

/** Where a secret is kept; `readSecret` (secrets.ts) fetches it. The value itself is never part of a Config. */
export type SecretRef =
  | { readonly kind: 'credential'; readonly name: string }
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'env'; readonly name: string }

export type Organization = {
  readonly name: string
  readonly timezone: TimeZone
  readonly locale: Locale
  /** Best first; holds `locale`. */
  readonly locales: readonly [Locale, ...Locale[]]
}

export type Storage = {
  readonly ledger: string
  readonly spool: string
  readonly retentionMs: number
}

export type Receive = {
  /** undefined: no such listener. */
  readonly smtp: SmtpListener | undefined
  readonly lmtp: LmtpListener | undefined
  /** Peers whose word is believed; unix sockets always belong to them. */
  readonly trustedNetworks: readonly Network[]
  /** Peers that speak the PROXY protocol; nobody else may. */
  readonly proxyFrom: readonly Network[]
  readonly imap: readonly ImapAccount[]
}

export type SmtpListener = {
  readonly listen: readonly [ListenTarget, ...ListenTarget[]]
  /** What we call ourselves; the machine's own name where the file says nothing. */
  readonly hostname: string
  readonly maxMessageOctets: number
  readonly tls: TlsFiles | undefined
}

export type LmtpListener = {
  readonly listen: readonly [ListenTarget, ...ListenTarget[]]
  readonly hostname: string
  readonly maxMessageOctets: number
}

/** Input paths of PEM files. */
export type TlsFiles = { readonly certificate: string; readonly key: string }

export type ImapAccount = {
  readonly account: string
  readonly mailbox: Address
  readonly host: string
  readonly port: number
  readonly tls: 'required' | 'off'
  readonly user: string
  readonly auth: ImapAuth
  readonly folders: readonly [string, ...string[]]
  /** undefined: the folder the server marks as \Sent. */
  readonly sent: string | undefined
  readonly mark: ImapMark
  readonly scanEveryMs: number
}

export type ImapAuth =
  | { readonly kind: 'password'; readonly password: SecretRef }
  | { readonly kind: 'oauth2'; readonly oauth2: OAuth2 }

/** What is done to a mail on the server once it is ours. */
export type ImapMark =
  | { readonly kind: 'none' | 'seen' | 'flagged' }
  | { readonly kind: 'move'; readonly folder: string }

export type SendAuth =
  | { readonly kind: 'password'; readonly user: string; readonly password: SecretRef }
  | { readonly kind: 'oauth2'; readonly user: string | undefined; readonly oauth2: OAuth2 }

export type OAuth2 = {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: SecretRef | undefined
  readonly refreshToken: SecretRef | undefined
  readonly scope: string | undefined
}

export type HandOn = {
  readonly handOn: NextHop
  /** MAIL FROM towards the team: our return_path, or the sender's own for a hop that trusts us. */
  readonly handOnSender: 'return_path' | 'original'
  /** Where a mail goes that the team's server refused for good after our 250. */
  readonly handOnFallback: MaildirHop | undefined
  readonly handOnTag: 'on' | 'off'
}

export type MaildirHop = Extract<NextHop, { kind: 'maildir' }>

export type MailboxConfig = {
  readonly address: Address
  readonly name: string
  readonly aliases: readonly Address[]
  /** undefined exactly where receive.imap watches this mailbox: there the mail lies with the team already. */
  readonly handOn: NextHop | undefined
  readonly handOnSender: HandOn['handOnSender']
  readonly handOnFallback: MaildirHop | undefined
  readonly handOnTag: 'on' | 'off'
  /** A key of `schedules`; undefined: always open. */
  readonly schedule: string | undefined
  /** undefined: nothing is promised. */
  readonly replyWithin: number | 'auto' | undefined
  readonly resources: readonly Resource[]
  /** Its own, or the organization's. */
  readonly locales: readonly [Locale, ...Locale[]]
  readonly layout: string
  readonly send: Send
  readonly limits: Limits
  readonly authentication: AuthenticationConfig
  readonly signs: Signs
  readonly acknowledgeAfterMs: number
  readonly reopenWindowMs: number
}

export type Send = {
  readonly mode: 'live' | 'shadow' | 'off'
  readonly via: NextHop
  readonly auth: SendAuth | undefined
  /** null: the null reverse-path. */
  readonly returnPath: Address | null
  readonly dkim: readonly DkimKey[]
}

export type DkimKey = { readonly domain: string; readonly selector: string; readonly key: SecretRef }

export type Tickets = {
  /** '' for none. */
  readonly prefix: string
  readonly subjectTag: 'on' | 'off'
  readonly plusAddress: 'on' | 'off'
  readonly reopenWindowMs: number
}

export type ScheduleConfig = {
  readonly timezone: TimeZone
  /** Of each weekday, in order of the clock, never overlapping. */
  readonly hours: Readonly<Record<Weekday, readonly OpeningInterval[]>>
  readonly holidays: readonly Holiday[]
  /** Input paths of iCalendar files. */
  readonly calendars: readonly string[]
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** Minutes since local midnight of the day it begins; `toMinute` above 1440 lies in the next day. Half open. */
export type OpeningInterval = { readonly fromMinute: number; readonly toMinute: number }

export type Holiday =
  /** `YYYY-MM-DD`, a date that exists. */
  | { readonly kind: 'date'; readonly date: string; readonly name: string }
  /** `MM-DD` of every year. */
  | { readonly kind: 'every'; readonly every: string; readonly name: string }

export type HighVolume = {
  readonly windowMs: number
  readonly enter: number | 'auto'
  /** undefined only with enter: auto. */
  readonly leave: number | undefined
  readonly holdMs: number
}

export type AuthenticationConfig = {
  readonly gate: 'off' | 'fail' | 'pass'
  /** Lower case. */
  readonly trustedAuthservIds: readonly string[]
  /** Lower case: domains whose ARC seals we believe beside the built-in list. */
  readonly trustedSealers: readonly string[]
}

export type Agent = {
  readonly name: string
  readonly address: Address
  readonly skills: readonly string[]
  readonly languages: readonly Locale[]
  /** Only with it is mail to the agent's own address accepted. */
  readonly mailbox: HandOn | undefined
}

/** A word or phrase, or a pattern for the linear-time engine. */
export type TextTest =
  | { readonly kind: 'phrase'; readonly phrase: string }
  | { readonly kind: 'pattern'; readonly pattern: string; readonly ignoreCase: boolean }

export type Rule = {
  readonly name: string
  /** Every test given must hold; within one, any entry. Absent tests are empty. */
  readonly when: {
    readonly text: readonly TextTest[]
    readonly subject: readonly TextTest[]
    readonly from: readonly AddressGlob[]
    readonly mailboxes: readonly Address[]
  }
  /** `then` in the file. */
  readonly effects: {
    readonly automate: 'yes' | 'acknowledgement' | 'no'
    readonly notice: 'information-request' | undefined
    readonly priority: 'low' | 'normal' | 'high' | 'urgent'
    /** A key of `routes`. */
    readonly route: string | undefined
    readonly ticket: 'yes' | 'no' | undefined
  }
}

export type Form = { readonly from: Address; readonly client: 'reply-to' }

/** Codes of signs that classify leaves out. */
export type Signs = { readonly off: readonly string[] }

export type Admin = {
  readonly listen: ListenTarget | 'off'
  readonly token: SecretRef
}
