/**
 * The spine: one message from accepted to recorded. Read this file first.
 *
 *   receive -> Incoming committed (250)          src/receive, src/ledger
 *   parse   -> Message                           in a worker, bounded in time and memory
 *   classify, thread -> Nature, Claims           pure
 *   settle  -> one transaction: Findings -> decide -> recorded, with queue entries
 *   the runner (src/outbound.ts) takes the entries to their next hops
 */
import { classify } from './classify/classify.ts'
import { addressedOf } from './decide/addressed.ts'
import { copyKey } from './decide/copy-key.ts'
import { decide } from './decide/decide.ts'
import type { Settings } from './load.ts'
import { folded } from './mail/address.ts'
import { NOT_AUTHENTICATED } from './mail/authentication.ts'
import type { Claim } from './mail/claim.ts'
import type { Decision } from './mail/decision.ts'
import type { Facts, Inquiry } from './mail/facts.ts'
import type { IncomingId } from './mail/ids.ts'
import type { Incoming } from './mail/incoming.ts'
import type { Instant } from './mail/instant.ts'
import type { Account, Ledger, Settled } from './mail/ledger-port.ts'
import type { Message } from './mail/message.ts'
import { Trouble } from './mail/trouble.ts'
import type { World } from './ops/clock.ts'
import type { Log } from './ops/events.ts'
import { newEntries } from './outbound.ts'
import { PARSE_HEAD_OCTETS } from './parse/bounds.ts'
import { claimsOf } from './thread/claims.ts'

/** How often work on a message may fail before it is set aside (DESIGN 3). */
const STUMBLES = 3
/** Messages worked on at once: enough that one transaction settles several, few enough that memory stays flat. */
const AT_ONCE = 16
/** Accepted messages waiting in memory; beyond it the ledger alone remembers them and is asked again. */
const WAITING = 1_000
/** After trouble with the ledger (a full disk, say), how long until it is tried again. */
const TROUBLE_PAUSE_MS = 1_000

/** A message with everything that can be said of it without the ledger. */
export type Letter = {
  readonly incoming: Incoming
  readonly message: Message
}

/** Facts without what the ledger knows. */
export type Known = Omit<Facts, 'findings' | 'now'>

/** What the octets alone tell, and the question to the ledger that follows from it. Pure. */
export function consider(
  letter: Letter,
  settings: Settings,
): { known: Known; inquiry: Inquiry; claims: readonly Claim[] } {
  const { incoming, message } = letter
  const { envelope } = incoming
  const authentication = NOT_AUTHENTICATED
  const nature = classify({ envelope, message, authentication }, settings.classifying(incoming.peer))
  const claims = claimsOf({ envelope, message }, settings.keys)
  const sender = message.from.length === 1 ? message.from[0] : undefined
  return {
    claims,
    known: {
      receivedAt: incoming.receivedAt,
      envelope,
      message,
      nature,
      authentication,
      addressed: addressedOf({ envelope, message }, settings.mailboxes, settings.keys.plusMailboxes),
      policy: settings.policy,
    },
    inquiry: {
      incoming: incoming.id,
      copyKey: copyKey(message, incoming.bodyDigest),
      bodyDigest: incoming.bodyDigest,
      claims,
      correspondent: sender === undefined ? undefined : folded(sender.address),
    },
  }
}

/** The account of one message: the decision and what has to be written down with it. Runs inside the transaction. */
function accountOf(
  facts: Facts,
  decision: Decision,
  letter: Letter,
  at: { settings: Settings; world: World },
): Account {
  const { message, nature, authentication } = facts
  const ours = facts.policy.ownAddresses
  const entries = newEntries({ ...letter, decision, now: facts.now, freshTicket: facts.findings.freshTicket }, at)
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
  readonly parse: (octets: Uint8Array, complete: boolean) => Promise<Message>
  /** What a message looks like that cannot be parsed at all. */
  readonly unreadable: Message
  readonly settings: () => Settings
  readonly world: World
  readonly log: Log
  /** Called when a settlement made queue entries. */
  readonly onEntries: () => void
}

export type Pipeline = {
  /** Takes an accepted message to be worked on soon. Never waits, never throws. */
  offer(incoming: Incoming): void
  /** Resolves when nothing waits and nothing is being worked on. */
  idle(): Promise<void>
  /** Takes nothing new and resolves when what is being worked on has been settled. */
  close(): Promise<void>
  /** Messages accepted and waiting in memory or being worked on. */
  backlog(): number
}

export function openPipeline(parts: PipelineParts): Pipeline {
  const waiting: Incoming[] = []
  const working = new Set<IncomingId>()
  const idlers: (() => void)[] = []
  let more = true // the ledger may hold accepted messages that are not in `waiting`
  let closed = false
  let paused = false
  let refilling = false

  /** The ledger is in trouble: what it holds is asked for again after a while. */
  function pause(): void {
    if (paused || closed) return
    paused = true
    setTimeout(() => {
      paused = false
      more = true
      pump()
    }, TROUBLE_PAUSE_MS).unref()
  }

  /** Asks the ledger for what waits there and not here. Never rejects. */
  async function refill(): Promise<void> {
    more = false
    refilling = true
    try {
      const found = await parts.ledger.unsettled(undefined, WAITING + AT_ONCE)
      const known = new Set([...working, ...waiting.map((one) => one.id)])
      waiting.push(...found.filter((one) => !known.has(one.id)))
      if (found.length >= WAITING) more = true
    } catch (error) {
      parts.log('ledger.trouble', { doing: 'read what waits to be settled', error: String(error) })
      pause()
    } finally {
      refilling = false
    }
  }

  function pump(): void {
    while (!closed && working.size < AT_ONCE && waiting.length > 0) {
      const incoming = waiting.shift()
      if (incoming === undefined || working.has(incoming.id)) continue
      working.add(incoming.id)
      void work(parts, incoming).then((ended) => {
        working.delete(incoming.id)
        if (ended === 'later') pause()
        pump()
      })
    }
    if (!closed && more && !refilling && waiting.length === 0) void refill().then(pump)
    if (working.size === 0 && !refilling && (closed || (waiting.length === 0 && !more)))
      for (const done of idlers.splice(0)) done()
  }

  const idle = (): Promise<void> =>
    new Promise((resolve) => {
      idlers.push(resolve)
      pump()
    })
  pump()
  return {
    offer: (incoming) => {
      if (waiting.length < WAITING) waiting.push(incoming)
      else more = true
      pump()
    },
    idle,
    close: () => {
      closed = true
      return idle()
    },
    backlog: () => waiting.length + working.size,
  }
}

/**
 * Works on one message until it is settled or set aside. Never rejects.
 * @returns `later` where the ledger is in trouble: the message stays accepted and is taken up again
 */
async function work(parts: PipelineParts, incoming: Incoming): Promise<'done' | 'later'> {
  const began = parts.world.now()
  let failure: string | undefined
  for (;;) {
    try {
      report(parts, incoming, await settleOnce(parts, incoming, failure), began)
      return 'done'
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (error instanceof Trouble) {
        parts.log('ledger.trouble', { doing: `settle ${incoming.id}`, error: why })
        return 'later'
      }
      const times = await parts.ledger.stumbled(incoming.id, why).catch(() => STUMBLES)
      parts.log('message.stumbled', { id: incoming.id, times, error: why })
      if (failure !== undefined) return 'done' // not even setting it aside works: it stays accepted until the next start
      if (times >= STUMBLES) failure = why
    }
  }
}

type Reported = Settled & { readonly nature: string }

async function settleOnce(parts: PipelineParts, incoming: Incoming, failure: string | undefined): Promise<Reported> {
  const settings = parts.settings()
  const message = failure === undefined ? await parseHead(parts, incoming) : parts.unreadable
  const letter: Letter = { incoming, message }
  const { known, inquiry } = consider(letter, settings)
  const now = parts.world.now()
  const settled = await parts.ledger.settle(inquiry, now, (findings) => {
    const facts: Facts = { ...known, findings, now }
    const decision = failure === undefined ? decide(facts) : setAside(facts, failure)
    return accountOf(facts, decision, letter, { settings, world: parts.world })
  })
  return { ...settled, nature: known.nature.kind }
}

async function parseHead(parts: PipelineParts, incoming: Incoming): Promise<Message> {
  const head = await parts.ledger.head(incoming.id, PARSE_HEAD_OCTETS)
  return parts.parse(head, head.length >= incoming.octets)
}

function report(parts: PipelineParts, incoming: Incoming, settled: Reported, began: Instant): void {
  const { decision } = settled
  parts.log('message.settled', {
    id: incoming.id,
    nature: settled.nature,
    disposition: decision.disposition,
    reply: decision.reply.kind,
    reasons: decision.reply.kind === 'silence' ? decision.reply.because.map((one) => one.code) : [],
    ticket: settled.ticket ?? null,
    ms: parts.world.now() - began,
  })
  if (decision.disposition === 'set-aside') {
    parts.log('message.set-aside', { id: incoming.id, error: 'see the reasons of `replyd messages show`' })
  }
  if (settled.entries.length > 0) parts.onEntries()
}
