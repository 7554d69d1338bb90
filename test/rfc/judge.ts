/** One mail from octets to octets, as `explain` does it: parse, classify, decide, render, compose; no ledger, nothing sent. */
import { Buffer } from 'node:buffer'
import { consider } from '../../src/consider.ts'
import { decide } from '../../src/decide/decide.ts'
import { type Address, NULL_PATH, parseAddress, type ReversePath, UNKNOWN_PATH } from '../../src/mail/address.ts'
import type { Decision } from '../../src/mail/decision.ts'
import { type Facts, type Findings, NOTHING_FOUND, type Occasion } from '../../src/mail/facts.ts'
import type { IncomingId } from '../../src/mail/ids.ts'
import type { Incoming } from '../../src/mail/incoming.ts'
import { type Instant, instant } from '../../src/mail/instant.ts'
import type { Nature } from '../../src/mail/nature.ts'
import type { Notice } from '../../src/mail/notice.ts'
import { ticketIdFrom } from '../../src/mail/tag.ts'
import { orderOf } from '../../src/outbound.ts'
import { parse } from '../../src/parse/parse.ts'
import { composeLetter } from '../../src/render/compose.ts'
import { type Letter, type NoticeOrder, renderNotice } from '../../src/render/render.ts'
import type { Settings } from '../../src/settings.ts'
import { mintMessageId } from '../../src/thread/message-id.ts'

export const RECEIVED: Instant = instant(Date.parse('2026-11-23T10:00:00Z'))

export function address(text: string): Address {
  const read = parseAddress(text)
  if (read === undefined) throw new Error(`the test wrote ${JSON.stringify(text)} where an address belongs`)
  return read
}

/** What is so at the moment, one for each text that says nobody is there. */
export const HOLIDAY: Occasion = { notice: 'holiday', id: '2026-11-23' }
export const AWAY: Occasion = { notice: 'out-of-office', id: 'eleni-2026-11' }

export type Around = {
  /** MAIL FROM: an address, `<>`, or `unknown` where nobody told us; the default is ann@customer.example. */
  readonly mailFrom?: string
  readonly rcptTo?: string
  readonly occasion?: Occasion
  readonly findings?: Partial<Findings>
  readonly facts?: Partial<Facts>
}

export const NOTHING_KNOWN: Findings = {
  ...NOTHING_FOUND,
  freshTicket: ticketIdFrom(Uint8Array.of(1, 2, 3, 4, 5, 6)),
}

export type Judged = {
  readonly nature: Nature
  readonly decision: Decision
  /** Codes of the reasons for silence; empty where a notice goes out. */
  readonly why: readonly string[]
  readonly notice: Notice | undefined
  readonly message: Incoming['envelope'] & Facts['message']
}

function reversePath(text: string): ReversePath {
  return text === NULL_PATH || text === UNKNOWN_PATH ? text : address(text)
}

export function arrived(around: Around): Incoming {
  return {
    id: 'RFC' as IncomingId,
    source: 'smtp',
    envelope: {
      reversePath: reversePath(around.mailFrom ?? 'ann@customer.example'),
      recipients: [address(around.rcptTo ?? 'support@acme.example')],
    },
    peer: { ip: '127.0.0.1', helo: 'mail.customer.example', tls: undefined },
    receivedAt: RECEIVED,
    octets: 0,
    bodyDigest: '',
  }
}

/** What is decided about a mail that comes to a house which knows nothing of its sender yet. */
export async function judged(settings: Settings, octets: Uint8Array, around: Around = {}): Promise<Judged> {
  const incoming = arrived(around)
  const message = await parse(octets, { complete: true })
  const { known } = consider({ incoming, message, authentication: undefined }, settings)
  const decision = decide({
    ...known,
    occasions: around.occasion === undefined ? [] : [around.occasion],
    findings: { ...NOTHING_KNOWN, ...around.findings },
    now: RECEIVED,
    ...around.facts,
  })
  const { reply } = decision
  return {
    nature: known.nature,
    decision,
    why: reply.kind === 'silence' ? reply.because.map((one) => one.code) : [],
    notice: reply.kind === 'silence' ? undefined : reply.notice,
    message: { ...incoming.envelope, ...message },
  }
}

export type Written = {
  readonly letter: Letter
  readonly octets: string
  /** Raw values of a field, unfolded, in order. */
  field(name: string): readonly string[]
  /** The header section, folded as it goes out. */
  readonly head: string
}

/** The notice that answers a mail, to the last octet. Throws where there is none. */
export async function answered(
  settings: Settings,
  octets: Uint8Array,
  around: Around & { readonly order?: Partial<NoticeOrder> } = {},
): Promise<Written> {
  const { notice, why, message } = await judged(settings, octets, around)
  if (notice === undefined) throw new Error(`there is no notice: ${why.join(', ')}`)
  const answers = { messageId: message.messageId, references: message.references, receivedAt: RECEIVED }
  const ticket = NOTHING_KNOWN.freshTicket
  const messageId = mintMessageId({ ticket, nonce: 'rfc', domain: 'acme.example', keys: settings.keys })
  const order = orderOf({ messageId, ticket }, { kind: 'notice', notice, answers }, { settings, now: RECEIVED })
  return written(renderNotice(settings.templates, { ...order, ...around.order }))
}

export async function written(letter: Letter): Promise<Written> {
  const octets = Buffer.from(await composeLetter(letter)).toString('latin1')
  const head = octets.slice(0, octets.indexOf('\r\n\r\n'))
  const fields = head.replace(/\r\n[ \t]+/gu, ' ').split('\r\n')
  const field = (name: string): readonly string[] =>
    fields
      .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
      .map((line) => line.slice(name.length + 1).trim())
  return { letter, octets, head, field }
}
