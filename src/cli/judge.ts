/** What would be decided about a stored message, with nothing written and nothing sent: `replyd explain`. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { AUTHENTICATION_LIMIT_MS, openAuthenticator } from '../authenticate/authenticator.ts'
import { consider, factsOf, type Letter, trustFor } from '../consider.ts'
import { decide } from '../decide/decide.ts'
import { type Address, parseAddress, type ReversePath, UNKNOWN_PATH } from '../mail/address.ts'
import type { Authentication } from '../mail/authentication.ts'
import type { Decision, Threading } from '../mail/decision.ts'
import { type Findings, NOTHING_FOUND } from '../mail/facts.ts'
import type { IncomingId } from '../mail/ids.ts'
import type { Incoming } from '../mail/incoming.ts'
import type { Instant } from '../mail/instant.ts'
import type { Message } from '../mail/message.ts'
import type { NatureKind } from '../mail/nature.ts'
import { REASONS, type ReasonCode } from '../mail/reason.ts'
import { ticketIdFrom } from '../mail/tag.ts'
import { WORLD } from '../ops/clock.ts'
import { SILENT_LOG } from '../ops/events.ts'
import { type Answering, noticeEntry, orderOf } from '../outbound.ts'
import { PARSE_HEAD_OCTETS } from '../parse/bounds.ts'
import { openParser } from '../parser.ts'
import { renderNotice } from '../render/render.ts'
import type { Settings } from '../settings.ts'

/** What the command line says about the messages, undefined where the message itself has to tell. */
export type Subject = {
  readonly at: Instant | undefined
  readonly reversePath: ReversePath | undefined
  readonly recipient: Address | undefined
  readonly ip: string | undefined
}

/** The object of DESIGN 7, keys stable. */
export type Explained = {
  readonly file: string
  readonly message: {
    readonly messageId: string
    readonly from: string
    readonly subject: string
    readonly language: string | null
    readonly defects: readonly { readonly code: string }[]
  }
  readonly authentication: Authentication
  readonly nature: {
    readonly kind: NatureKind
    readonly signs: readonly { code: string; class: string; value: string; source: string }[]
  }
  readonly thread: {
    readonly kind: Threading['kind']
    readonly ticket: string | null
    readonly claims: readonly { readonly code: string }[]
  }
  readonly decision: {
    readonly disposition: Decision['disposition']
    readonly reply: 'send' | 'silence'
    readonly notice: string | null
    readonly locale: string | null
    readonly reasons: readonly ExplainedReason[]
  }
  readonly notice: ExplainedNotice | null
}

/** Why not, where the rule comes from, and what would change the outcome. */
type ExplainedReason = {
  readonly code: ReasonCode
  readonly text: string
  readonly detail?: string
  readonly source: string
  readonly change: string
}

type ExplainedNotice = {
  readonly kind: string
  readonly to: string
  readonly envelopeFrom: string
  readonly subject: string
  readonly headers: readonly (readonly [string, string])[]
  readonly text: string
  readonly html: string | null
}

export type Explainer = {
  /** @param file a path, or `-` for standard input. Never rejects: what cannot be read is told as a defect. */
  explain(file: string): Promise<Explained>
  [Symbol.asyncDispose](): Promise<void>
}

export function openExplainer(settings: Settings, given: Subject): Explainer {
  const parser = openParser(SILENT_LOG)
  const authenticator = openAuthenticator({ world: WORLD, log: SILENT_LOG, timeLimitMs: AUTHENTICATION_LIMIT_MS })
  return {
    explain: async (file) => {
      const read = await readHead(file)
      const message = await messageOf(read, parser)
      const at = { settings, given, now: given.at ?? WORLD.now() }
      const letter = asIncoming({ message, bodyDigest: read.digest }, at)
      const trust = trustFor(settings, letter.incoming, letter.message)
      const octets = (): AsyncIterable<Uint8Array> => wholeOf(file, read)
      const authentication = await authenticator.verdict({ ...letter, trust, octets })
      return judged(file, { ...letter, authentication }, at)
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([parser[Symbol.asyncDispose](), authenticator[Symbol.asyncDispose]()])
    },
  }
}

type Read = {
  readonly octets: Uint8Array
  readonly complete: boolean
  readonly digest: string
  readonly error?: string
}

async function readHead(file: string): Promise<Read> {
  try {
    const octets = file === '-' ? await standardInput() : await fileHead(file)
    const head = octets.subarray(0, PARSE_HEAD_OCTETS)
    return {
      octets: head,
      complete: octets.length <= PARSE_HEAD_OCTETS,
      digest: createHash('sha256').update(head).digest('hex'),
    }
  } catch (error) {
    return {
      octets: new Uint8Array(),
      complete: true,
      digest: '',
      error: error instanceof Error ? error.message : String(error),
    }
  }
}

async function fileHead(file: string): Promise<Uint8Array> {
  await using handle = await open(file, 'r')
  const buffer = Buffer.alloc(PARSE_HEAD_OCTETS + 1)
  let filled = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled)
    filled += bytesRead
    if (bytesRead === 0 || filled === buffer.length) return Uint8Array.from(buffer.subarray(0, filled))
  }
}

/** All octets, for signatures over the body; of standard input the head is all that was kept. */
async function* wholeOf(file: string, read: Read): AsyncIterable<Uint8Array> {
  if (read.complete || file === '-') yield read.octets
  else yield* createReadStream(file) as AsyncIterable<Buffer>
}

async function standardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of process.stdin) {
    if (length <= PARSE_HEAD_OCTETS) chunks.push(chunk as Buffer)
    length += (chunk as Buffer).length
  }
  return Uint8Array.from(Buffer.concat(chunks).subarray(0, PARSE_HEAD_OCTETS + 1))
}

async function messageOf(read: Read, parser: ReturnType<typeof openParser>): Promise<Message> {
  const unreadable = (detail: string): Message => ({ ...parser.unreadable, defects: [{ code: 'unreadable', detail }] })
  if (read.error !== undefined) return unreadable(read.error)
  return parser.parse(read.octets, read.complete).catch((error: unknown) => ({
    ...parser.unreadable,
    defects: [{ code: 'parser-failed' as const, detail: error instanceof Error ? error.message : String(error) }],
  }))
}

function judged(file: string, letter: Letter, { settings, now }: { settings: Settings; now: Instant }): Explained {
  const { message } = letter
  const considered = consider(letter, settings)
  const { known, claims } = considered
  const findings: Findings = { ...NOTHING_FOUND, freshTicket: ticketIdFrom(WORLD.chance(6)) }
  const decision = decide(factsOf(considered, findings, now))
  const { reply, threading } = decision
  const silent = reply.kind === 'silence'
  return {
    file,
    message: {
      messageId: message.messageId ?? '',
      from: message.from[0]?.address ?? '',
      subject: message.subject,
      language: message.language ?? null,
      defects: message.defects,
    },
    authentication: known.authentication,
    nature: { kind: known.nature.kind, signs: known.nature.signs },
    thread: {
      kind: threading.kind,
      ticket: threading.kind === 'follow-up' || threading.kind === 'linked' ? threading.ticket : null,
      claims: claims.map(({ code }) => ({ code })),
    },
    decision: {
      disposition: decision.disposition,
      reply: silent ? 'silence' : 'send',
      notice: silent ? null : reply.notice.kind,
      locale: silent ? null : reply.notice.locale,
      reasons: silent ? reply.because.map((one) => ({ ...one, ...REASONS[one.code] })) : [],
    },
    notice: silent
      ? null
      : noticeOf(
          { ...letter, authentication: known.authentication, notice: reply.notice, ticket: findings.freshTicket, now },
          settings,
        ),
  }
}

/**
 * The message as if it had been received. Without an envelope recipient the letter's own first To or Cc stands for the
 * first mailbox: it is taken to be that mailbox's address, so that any archive can be judged with any configuration.
 */
function asIncoming(
  read: { message: Message; bodyDigest: string },
  at: { settings: Settings; given: Subject; now: Instant },
): { message: Message; incoming: Incoming } {
  const { settings, given, now } = at
  const first = settings.mailboxes[0]?.address ?? parseAddress('nobody@localhost')
  const recipient = given.recipient ?? first
  const incoming: Incoming = {
    id: 'EXPLAIN' as IncomingId,
    source: 'file',
    envelope: {
      reversePath: given.reversePath ?? read.message.returnPath ?? UNKNOWN_PATH,
      recipients: recipient === undefined ? [] : [recipient],
    },
    peer: { ip: given.ip, helo: undefined, tls: undefined },
    receivedAt: now,
    octets: 0,
    bodyDigest: read.bodyDigest,
  }
  return {
    incoming,
    message: given.recipient === undefined && first !== undefined ? standingFor(read.message, first) : read.message,
  }
}

function standingFor(message: Message, mailbox: Address): Message {
  const stand = { address: mailbox, name: '' }
  if (message.to.length > 0) return { ...message, to: [stand, ...message.to.slice(1)] }
  if (message.cc.length > 0) return { ...message, cc: [stand, ...message.cc.slice(1)] }
  return message
}

/** The letter that the queue entry would carry, made as for the queue. */
function noticeOf(answering: Omit<Answering, 'mode'>, settings: Settings): ExplainedNotice {
  const { cargo, messageId } = noticeEntry({ ...answering, mode: 'send' }, { settings, world: WORLD })
  const { notice, ticket, now } = answering
  const letter = renderNotice(settings.templates, orderOf({ messageId, ticket }, cargo, { settings, now }))
  return {
    kind: notice.kind,
    to: notice.to,
    envelopeFrom: settings.mailbox(notice.mailbox)?.way.returnPath ?? '',
    subject: letter.subject,
    headers: letter.headers,
    text: letter.text,
    html: letter.html,
  }
}
