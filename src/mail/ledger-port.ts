import type { Address } from './address.ts'
import type { Authentication } from './authentication.ts'
import type { Decision } from './decision.ts'
import type { Findings, Inquiry } from './facts.ts'
import type { EntryId, IncomingId, MessageId, TicketId } from './ids.ts'
import type { Arrival, Incoming } from './incoming.ts'
import type { Instant } from './instant.ts'
import type { Breaker, Mute, NeverRule, TallyKey, Told } from './limits.ts'
import type { Defect } from './message.ts'
import type { Nature, NatureKind } from './nature.ts'
import type { NoticeKind } from './notice.ts'
import type { Cargo, QueueEntry, QueueState } from './queue.ts'
import type { Reason } from './reason.ts'
import type { Ticket } from './ticket.ts'

/** A synchronous result: a transaction cannot await, so the type refuses an async function. */
export type Sync<T> = T extends PromiseLike<unknown> ? never : T

/**
 * Octets on their way to becoming an Incoming. Exactly one of `commit` and `abort` ends it.
 * Every method throws a Trouble when the store fails (`disk-full` tells full disks apart).
 */
export type Deposit = {
  /** Takes a chunk; resolves when the next one may come. Memory held is bounded whatever the length. */
  write(chunk: Uint8Array): Promise<void>
  /** Makes the message ours: on resolve, octets and row are on stable storage. */
  commit(arrival: Arrival, bodyDigest: string): Promise<Incoming>
  /** Forgets everything written. Never throws. */
  abort(): Promise<void>
}

/** What a receiver needs of the ledger. */
export type Intake = { deposit(): Deposit }

/** An entry to be made by a settlement. */
export type NewEntry = {
  readonly id: EntryId
  readonly cargo: Cargo
  readonly state: Extract<QueueState, 'queued' | 'held' | 'would-send'>
  readonly nextAttempt: Instant
  readonly messageId: MessageId
  /** Why it is held, in one line; undefined for the other states. */
  readonly because: string | undefined
}

/** What is written down about one message when it is settled. */
export type Account = {
  readonly decision: Decision
  readonly nature: Nature
  readonly authentication: Authentication
  readonly messageId: MessageId | undefined
  readonly from: Address | undefined
  readonly subject: string
  readonly language: string | undefined
  readonly defects: readonly Defect[]
  /** To and Cc of a requester's mail that are not ours: they become confirmed participants of a ticket it opens. */
  readonly copied: readonly Address[]
  /** Message-IDs by which later mail may find the ticket, beside `messageId` and those of the entries. */
  readonly threadIds: readonly MessageId[]
  readonly entries: readonly NewEntry[]
  readonly consequences: Consequences
}

/** What a decision changes beside the mail itself; written in the same transaction, so that two mails never share a place. */
export type Consequences = {
  /** Counters that the notice takes a place in. Empty for a silence and in shadow mode: what is not sent uses nothing up. */
  readonly reserve: readonly TallyKey[]
  /** The absence text that is told, for the quiet period; undefined for every other notice, a silence and shadow mode. */
  readonly told: Told | undefined
  readonly mute: Pick<Mute, 'until' | 'because'> | undefined
  /** Opens the global breaker, unless it is open. */
  readonly breaker: Pick<Breaker, 'until' | 'because'> | undefined
}

export const NO_CONSEQUENCES: Consequences = { reserve: [], told: undefined, mute: undefined, breaker: undefined }

/** What a person ordered about a message that was settled before. */
export type Order =
  /** Answer it: overrides every veto but hard signs, null sender and mute. */
  | { readonly kind: 'send'; readonly notice: NoticeKind }
  /** It is of another nature than we took it for. */
  | { readonly kind: 'mark'; readonly nature: NatureKind }

/** What is written down about an order that was carried out. */
export type OrderAccount = {
  readonly order: Order
  /** The notice ordered; empty for a mark. */
  readonly entries: readonly NewEntry[]
  readonly consequences: Consequences
  /** opens: the message gets the fresh ticket of the findings, because it is a person's and has none. */
  readonly ticket: 'opens' | 'as-it-is'
  /** withdraw: its notice that waits and cannot have arrived is taken back: a machine wrote it after all, or another is sent. */
  readonly pending: 'withdraw' | 'as-it-is'
}

export type OrderRefused = { readonly refused: readonly [Reason, ...Reason[]] }

/** What the ledger knows of a message beside the findings, when an order about it is judged. */
export type Before = {
  readonly record: MessageRecord
  /** Notices of it that were sent or may be: not would-send; not withdrawn or failed, unless an attempt ended unknown. */
  readonly notices: readonly QueueEntry[]
}

export type Ordered =
  /** `ticket` of the message as it is now; `entries` made by this order. */
  | { readonly kind: 'done'; readonly ticket: TicketId | undefined; readonly entries: readonly QueueEntry[] }
  | { readonly kind: 'refused'; readonly because: readonly [Reason, ...Reason[]] }
  | { readonly kind: 'unknown' }

/** A person's hand: what the operator changes by command. Each verb is one transaction, durable on resolve. */
export type Hand = {
  /**
   * Carries out an order about a settled message: calls `judge` inside the transaction and records what it says. A message
   * that already has a notice which may arrive is refused by `judge`, which is told of it. An order that is refused is not written
   * down. Rejects with a Trouble (temporary) where the message is not settled yet.
   */
  order(
    inquiry: Inquiry,
    now: Instant,
    judge: (findings: Findings, before: Before) => Sync<OrderAccount | OrderRefused>,
  ): Promise<Ordered>
  /** The pattern is folded. @returns there: the pattern was on the list; its note is the new one. */
  addNever(rule: NeverRule): Promise<'added' | 'there'>
  removeNever(pattern: string): Promise<'removed' | 'absent'>
  /** @param correspondent in any spelling that `correspondentKey` makes the same */
  liftMute(correspondent: Address): Promise<'lifted' | 'absent'>
  /**
   * Closes the global breaker and forgets the global count, so that the next notice goes out.
   * @returns was-armed: it was not open at `now`
   */
  arm(now: Instant): Promise<'armed' | 'was-armed'>
}

export type Settled = {
  readonly decision: Decision
  /** The ticket opened or joined, if any. */
  readonly ticket: TicketId | undefined
  readonly entries: readonly QueueEntry[]
}

/** What an ended attempt (or an operator) makes of an entry. */
export type NextState = {
  readonly state: QueueState
  readonly nextAttempt: Instant
  /** 1 where nobody knows how the attempt ended, else 0: added to `unknowns`. */
  readonly unknown: 0 | 1
  readonly outcome: string
  /** The Message-ID the next hop gave it, where it told. */
  readonly hopMessageId: MessageId | undefined
}

/** What the outbound runner needs of the ledger. */
export type Outbox = {
  /**
   * Entries in `queued` whose instant has come, oldest instant first: at most `limit` of the notices, and of the mail for each
   * mailbox, so that a long queue of one never hides another. A read.
   */
  due(now: Instant, limit: number): Promise<readonly QueueEntry[]>
  /**
   * Begins attempts: state `sending`, attempts + 1, and the octets of a notice kept for every later attempt. Durable on
   * resolve, so that after a crash an attempt that may have begun is known.
   */
  lease(entries: readonly { readonly id: EntryId; readonly rendered: Uint8Array | undefined }[]): Promise<void>
  /** Ends an attempt. */
  conclude(id: EntryId, next: NextState): Promise<void>
  /** Entries left in `sending` by a process that is no more. A read, for use at start. */
  interrupted(): Promise<readonly QueueEntry[]>
  /** The octets kept by `lease`, if there are any. */
  rendered(id: EntryId): Promise<Uint8Array | undefined>
}

/** Notices of shadow mode: rendered and kept like those that are sent, and never attempted. */
export type Shadow = {
  /** Keeps the octets that would have been sent; the first ones stay. Only for an entry in would-send. */
  keep(id: EntryId, rendered: Uint8Array): Promise<void>
  /** would-send entries whose octets are not kept yet, at most `limit`. A read, for use at start. */
  unrendered(limit: number): Promise<readonly QueueEntry[]>
}

/** The stored octets of an Incoming, trace field included. */
export type Octets = {
  /** The first `max` octets, or all if it has fewer. */
  head(id: IncomingId, max: number): Promise<Uint8Array>
  /** All of it, in chunks of at most 64 KiB. */
  stream(id: IncomingId): AsyncIterable<Uint8Array>
}

/** accepted: ours, not looked at. processed: settled. set-aside: settled without being understood. */
export type IncomingState = 'accepted' | 'processed' | 'set-aside'

/** One line of `messages list`. */
export type MessageLine = {
  readonly id: IncomingId
  readonly state: IncomingState
  readonly receivedAt: Instant
  readonly source: Incoming['source']
  readonly from: Address | undefined
  readonly subject: string
  readonly nature: Nature['kind'] | undefined
  readonly disposition: Decision['disposition'] | undefined
  readonly reply: Decision['reply']['kind'] | undefined
  /** Codes of the reasons for silence. */
  readonly reasons: readonly string[]
  /** What a person said it is (`messages mark`), whatever we took it for. */
  readonly marked: NatureKind | undefined
  readonly ticket: TicketId | undefined
}

/** Everything we know of one message: what `messages show` tells. */
export type MessageRecord = {
  readonly line: MessageLine
  readonly incoming: Incoming
  readonly settledAt: Instant | undefined
  readonly account: Omit<Account, 'entries' | 'copied' | 'threadIds' | 'consequences'> | undefined
  /** What persons ordered about it, in order. */
  readonly orders: readonly { readonly at: Instant; readonly order: Order }[]
  readonly entries: readonly QueueEntry[]
  /** Attempts in order, each with its instant and outcome. */
  readonly attempts: readonly { readonly entry: EntryId; readonly at: Instant; readonly outcome: string }[]
}

export type Page = { readonly limit: number; readonly before: string | undefined }

/** Reads for people: the CLI beside the daemon, metrics, pages. */
export type Reads = {
  messages(page: Page): Promise<readonly MessageLine[]>
  /** By Incoming id, or any unambiguous beginning of it of at least 6 characters; or by Message-ID. */
  message(id: string): Promise<MessageRecord | undefined>
  queue(page: Page & { readonly state: QueueState | undefined }): Promise<readonly QueueEntry[]>
  /** By id, or an unambiguous beginning of it of at least 6 characters; the letter of a notice where its octets are kept. */
  entry(id: string): Promise<{ readonly entry: QueueEntry; readonly letter: Uint8Array | undefined } | undefined>
  ticket(id: TicketId): Promise<Ticket | undefined>
  /** The operator's list, in byte order of the patterns. */
  never(): Promise<readonly NeverRule[]>
  /** Mutes that hold at `now`, newest first. */
  mutes(now: Instant): Promise<readonly Mute[]>
  /** The breaker where it is open at `now`. */
  breaker(now: Instant): Promise<Breaker | undefined>
  /** Rows by state, for metrics and health. */
  counts(): Promise<{
    readonly incoming: Readonly<Record<IncomingState, number>>
    readonly queue: Readonly<Record<QueueState, number>>
  }>
}

/** The narrow port (DESIGN 3). No SQL and no SQLite type passes it; any implementation runs the same contract suite. */
export type Ledger = Intake &
  Outbox &
  Shadow &
  Octets &
  Reads &
  Hand & {
    /** Accepted and not yet settled, oldest first, ids after `after`, at most `limit`. */
    unsettled(after: IncomingId | undefined, limit: number): Promise<readonly Incoming[]>
    /**
     * One transaction: gathers Findings for the inquiry, calls the pure `judge`, records what it says, makes ticket,
     * participants and queue entries; the Incoming becomes processed (or set-aside). A second settle of the same Incoming
     * changes nothing and returns what the first one recorded.
     */
    settle<T extends Account>(inquiry: Inquiry, now: Instant, judge: (findings: Findings) => Sync<T>): Promise<Settled>
    /** Notes that working on the message failed or may have killed a process. @returns how often so far */
    stumbled(id: IncomingId, why: string): Promise<number>
    /** Ends everything begun, checkpoints, closes. Idempotent. */
    close(): Promise<void>
  }
