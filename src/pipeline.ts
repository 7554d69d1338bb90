/**
 * The spine: one message from accepted to recorded. Read this file first.
 *
 *   receive -> Incoming committed (250)          src/receive, src/ledger
 *   parse   -> Message                           in a worker, bounded in time and memory
 *   classify, thread -> Nature, Claims           pure
 *   settle  -> one transaction: Findings -> decide -> recorded, with queue entries
 *   the runner (src/outbound.ts) takes the entries to their next hops
 */

import type { Trust } from './authenticate/authenticator.ts'
import { openBacklog, type WorkEnd } from './backlog.ts'
import { consider, factsOf, type Letter, trustFor } from './consider.ts'
import { consequencesOf } from './decide/consequences.ts'
import { decide } from './decide/decide.ts'
import { folded } from './mail/address.ts'
import { type Authentication, NOT_AUTHENTICATED } from './mail/authentication.ts'
import type { Decision } from './mail/decision.ts'
import type { Facts } from './mail/facts.ts'
import type { Incoming } from './mail/incoming.ts'
import type { Instant } from './mail/instant.ts'
import type { Account, Consequences, Ledger, Settled } from './mail/ledger-port.ts'
import type { Message } from './mail/message.ts'
import { Trouble } from './mail/trouble.ts'
import type { World } from './ops/clock.ts'
import type { Log } from './ops/events.ts'
import { newEntries } from './outbound.ts'
import { OctetsLost, type Parser, parseStored } from './parser.ts'
import { openRoom } from './room.ts'
import type { Settings } from './settings.ts'
import { openStop, type Stop } from './stop.ts'

/** How often work on a message may fail before it is set aside (DESIGN 3). */
const STUMBLES = 3
/** Messages worked on at once: enough that one transaction settles several, few enough that memory stays flat. */
const AT_ONCE = 16
/** Some hundred are settled in a second: so many wait a fraction of it. The doors are held back for a second, never for good. */
const ROOM = { most: 64, patienceMs: 1_000 }

/** The account of one message: the decision and what has to be written down with it. Runs inside the transaction. */
function accountOf(
  facts: Facts,
  decision: Decision,
  letter: Letter,
  at: { settings: Settings; world: World },
): Account {
  const { message, nature, authentication, now } = facts
  const ours = facts.policy.ownAddresses
  const entries = newEntries({ ...letter, authentication, decision, now, freshTicket: facts.findings.freshTicket }, at)
  return {
    decision,
    nature,
    authentication,
    messageId: message.messageId,
    from: message.from[0]?.address,
    subject: message.subject,
    language: message.language,
    defects: message.defects,
    copied: [...message.to, ...message.cc].map((one) => one.address).filter((address) => !ours.has(folded(address))),
    threadIds: [],
    entries,
    consequences: consequencesOf(facts, decision),
  }
}

/** A message that cannot be worked on: kept, never answered, still handed on, shown to the operator. */
function setAside(facts: Facts, why: string): Decision {
  return {
    disposition: 'set-aside',
    threading: { kind: 'unknown' },
    reply: { kind: 'silence', because: [{ code: 'set-aside', detail: why }] },
    handOn: facts.addressed.map((one) => one.mailbox.address),
  }
}

export type PipelineParts = {
  readonly ledger: Ledger
  /** The parser in its worker; rejects when it was lost or took too long. */
  readonly parse: Parser['parse']
  /** What a message looks like that cannot be parsed at all. */
  readonly unreadable: Message
  /** What is known of the sender's authenticity. Bounded in time, never rejects. */
  readonly authenticate: (incoming: Incoming, message: Message, trust: Trust) => Promise<Authentication>
  readonly settings: () => Settings
  readonly world: World
  readonly log: Log
  /** Called when a settlement made queue entries. */
  readonly onEntries: () => void
  /** After trouble with the ledger (a full disk, say), how long until it is tried again; 1 or more. */
  readonly pauseMs: number
  /** How long messages being worked on may take to be settled when we stop; 0 or more. */
  readonly stopMs: number
}

export type Pipeline = {
  /** Takes an accepted message to be worked on soon. Never waits, never throws. */
  offer(incoming: Incoming): void
  /** Resolves when every accepted message is settled, but for those that not even setting aside can settle. */
  idle(): Promise<void>
  /**
   * Begins nothing new and resolves when what is being worked on has been settled, or at the latest after `stopMs`: what is not
   * settled by then stays accepted in the ledger for the next start. Idempotent.
   */
  close(): Promise<void>
  /** Resolves when one more message would be worked on soon, after a second at the latest. Never rejects. */
  room(): Promise<void>
  /** Messages accepted and waiting in memory or being worked on. */
  backlog(): number
}

export function openPipeline(parts: PipelineParts): Pipeline {
  const backlog = openBacklog()
  const stop = openStop(parts.stopMs)
  const room = openRoom(ROOM, () => backlog.waiting())
  const idlers: (() => void)[] = []
  let more = true // the ledger holds accepted messages that are not here; until they are read, it alone remembers new ones
  let paused = false
  let refilling = false

  /** Something is in trouble: nothing is begun for a while, and then the ledger is asked again. */
  function pause(): void {
    more = true
    if (paused) return
    paused = true
    setTimeout(() => {
      paused = false
      pump()
    }, parts.pauseMs).unref()
  }

  /** Never rejects. */
  async function refill(): Promise<void> {
    more = false
    refilling = true
    try {
      if ((await backlog.refill(parts.ledger)) === 'some-left') more = true
    } catch (error) {
      parts.log('ledger.trouble', { doing: 'read what waits to be settled', error: String(error) })
      pause()
    }
    refilling = false
    pump()
  }

  async function workOn(incoming: Incoming): Promise<void> {
    const ended = await work(parts, incoming, stop)
    backlog.ended(incoming.id, ended)
    if (ended === 'later') pause()
    pump()
  }

  function pump(): void {
    const isOpen = !stop.begun() && !paused
    while (isOpen && backlog.working() < AT_ONCE) {
      const incoming = backlog.begin()
      if (incoming === undefined) break
      void workOn(incoming)
    }
    const nothingWaits = backlog.waiting() === 0
    if (isOpen && more && nothingWaits && !refilling) void refill()
    room.left()
    const isDone = stop.begun() || (nothingWaits && !more)
    if (isDone && !refilling && backlog.working() === 0) for (const done of idlers.splice(0)) done()
  }

  const idle = (): Promise<void> =>
    new Promise((resolve) => {
      idlers.push(resolve)
      pump()
    })
  pump()
  return {
    offer: (incoming) => {
      // while the ledger holds older ones, new ones must not overtake them without end
      more ||= backlog.take(incoming) === 'full'
      pump()
    },
    idle,
    close: async () => {
      stop.begin()
      await idle()
      stop.end()
    },
    room: () => room.enter(),
    backlog: () => backlog.waiting() + backlog.working(),
  }
}

/** Works on one message until it is settled or set aside. Never rejects. */
async function work(parts: PipelineParts, incoming: Incoming, stop: Stop): Promise<WorkEnd> {
  const began = parts.world.now()
  let failure: string | undefined
  for (;;) {
    try {
      report(parts, incoming, await settleOnce(parts, incoming, { failure, stop }), began)
      return 'done'
    } catch (error) {
      if (stop.over()) return 'later'
      if (error instanceof Trouble && !(error instanceof OctetsLost)) return troubled(parts, incoming, error)
      const why = error instanceof Error ? error.message : String(error)
      const times = await parts.ledger.stumbled(incoming.id, why).catch((trouble: unknown) => trouble)
      if (times instanceof Trouble) return troubled(parts, incoming, times)
      const counted = typeof times === 'number' ? times : STUMBLES
      parts.log('message.stumbled', { id: incoming.id, times: counted, error: why })
      if (failure !== undefined) return 'given-up' // not even setting it aside works
      if (counted >= STUMBLES) failure = why
      else if (error instanceof OctetsLost || stop.begun()) return 'later'
    }
  }
}

function troubled(parts: PipelineParts, incoming: Incoming, trouble: Trouble): WorkEnd {
  parts.log('ledger.trouble', { doing: `settle ${incoming.id}`, error: trouble.message })
  return 'later'
}

/** What was made of the message just now. */
type Judged = {
  readonly nature: string
  readonly correspondent: string | undefined
  readonly consequences: Consequences
}

type Reported = Settled & {
  /** Undefined where the message had been settled before: then it has been told. */
  readonly judged: Judged | undefined
}

type Try = {
  /** Why it is to be set aside; undefined: it is to be understood. */
  readonly failure: string | undefined
  readonly stop: Stop
}

async function settleOnce(parts: PipelineParts, incoming: Incoming, { failure, stop }: Try): Promise<Reported> {
  const settings = parts.settings()
  const letter =
    failure === undefined ? await stop.during(understood(parts, incoming, settings)) : unreadable(parts, incoming)
  const considered = consider(letter, settings)
  const { correspondent } = considered.inquiry
  const now = parts.world.now()
  let judged: Judged | undefined
  const settled = await parts.ledger.settle(considered.inquiry, now, (findings) => {
    const facts = factsOf(considered, findings, now)
    const decision = failure === undefined ? decide(facts) : setAside(facts, failure)
    const account = accountOf(facts, decision, letter, { settings, world: parts.world })
    judged = { nature: facts.nature.kind, correspondent, consequences: account.consequences }
    return account
  })
  return { ...settled, judged }
}

/** The letter in the octets, and how far its sender is who it says. */
async function understood(parts: PipelineParts, incoming: Incoming, settings: Settings): Promise<Letter> {
  const message = await parseStored(incoming, { octets: parts.ledger, parser: parts })
  const trust = trustFor(settings, incoming, message)
  return { incoming, message, authentication: await parts.authenticate(incoming, message, trust) }
}

function unreadable(parts: PipelineParts, incoming: Incoming): Letter {
  return { incoming, message: parts.unreadable, authentication: NOT_AUTHENTICATED }
}

function report(parts: PipelineParts, incoming: Incoming, settled: Reported, began: Instant): void {
  const { decision, judged } = settled
  if (settled.entries.length > 0) parts.onEntries()
  if (judged === undefined) return
  parts.log('message.settled', {
    id: incoming.id,
    nature: judged.nature,
    disposition: decision.disposition,
    reply: decision.reply.kind,
    reasons: decision.reply.kind === 'silence' ? decision.reply.because.map((one) => one.code) : [],
    ticket: settled.ticket ?? null,
    ms: parts.world.now() - began,
  })
  if (decision.disposition === 'set-aside') {
    parts.log('message.set-aside', { id: incoming.id, error: 'see the reasons of `replyd messages show`' })
  }
  alarm(parts, incoming, judged)
}

/** What an operator has to hear of at once: each of these is told where it begins, and not again while it lasts. */
function alarm({ log }: PipelineParts, { id }: Incoming, { consequences, correspondent }: Judged): void {
  const { breaker, mute } = consequences
  if (breaker !== undefined) {
    log('breaker.tripped', { id, until: new Date(breaker.until).toISOString(), because: breaker.because })
  }
  if (mute !== undefined && correspondent !== undefined) {
    log('correspondent.muted', { id, correspondent, until: new Date(mute.until).toISOString(), because: mute.because })
  }
}
