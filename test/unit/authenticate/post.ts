import { Buffer } from 'node:buffer'
import { generateKeyPairSync } from 'node:crypto'
import { type DKIMSignOptions, dkimSign, sealMessage } from 'mailauth'
import { type Asked, openAuthenticator, type Trust } from '../../../src/authenticate/authenticator.ts'
import { CACHE_BOUNDS } from '../../../src/authenticate/dns-cache.ts'
import { dnsError, type Resolve } from '../../../src/authenticate/resolve.ts'
import type { Authentication } from '../../../src/mail/authentication.ts'
import type { IncomingId } from '../../../src/mail/ids.ts'
import type { Source } from '../../../src/mail/incoming.ts'
import type { Instant } from '../../../src/mail/instant.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { type Log, SILENT_LOG } from '../../../src/ops/events.ts'
import { parse } from '../../../src/parse/parse.ts'
import { receivedField } from '../../../src/receive/trace.ts'
import { address } from '../letters.ts'

/** Real mail, signed for real, and a DNS that is a table. */

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const PRIVATE_KEY = privateKey.export({ type: 'pkcs8', format: 'pem' })
export const KEY_RECORD = `v=DKIM1; k=ed25519; p=${publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')}`

/** `TXT name` and the like -> the answer, or the code of a failure. */
export type Zone = Readonly<Record<string, readonly unknown[] | string>>

/** customer.example sends from 192.0.2.10 alone, signs with s1, and wants everything else refused. */
export const CUSTOMER_ZONE: Zone = {
  'TXT customer.example': [['v=spf1 ip4:192.0.2.10 -all']],
  'TXT _dmarc.customer.example': [['v=DMARC1; p=reject']],
  'TXT s1._domainkey.customer.example': [[KEY_RECORD]],
  'TXT arc._domainkey.google.com': [[KEY_RECORD]],
  'TXT arc._domainkey.stranger.example': [[KEY_RECORD]],
}
export const CUSTOMER_IP = '192.0.2.10'
export const FOREIGN_IP = '203.0.113.66'

/** Answers from the table; a question to `SILENT` is never answered. Notes every question. */
export function resolverOf(zone: Zone, questions: string[] = []): Resolve {
  return (name, type) => {
    const question = `${type} ${name.toLowerCase()}`
    questions.push(question)
    const answer = zone[question] ?? 'ENOTFOUND'
    if (answer === 'SILENT') return new Promise(() => {})
    return typeof answer === 'string' ? Promise.reject(dnsError(answer, question)) : Promise.resolve(answer)
  }
}

export function lines(...all: readonly string[]): Buffer {
  return Buffer.from(all.join('\r\n'))
}

export const LETTER = lines(
  'From: Ann Lee <ann@customer.example>',
  'To: support@acme.example',
  'Subject: My printer',
  'Date: Mon, 2 Nov 2026 10:00:00 +0000',
  'Message-ID: <1@customer.example>',
  '',
  'It does not print.',
  '',
)

type Signing = Partial<Pick<DKIMSignOptions, 'selector' | 'headerList' | 'maxBodyLength' | 'signTime' | 'expires'>>

/** The message with a DKIM signature on top. */
export async function signed(letter: Buffer, domain = 'customer.example', more: Signing = {}): Promise<Buffer> {
  const signing = { signingDomain: domain, selector: 's1', privateKey: PRIVATE_KEY, ...more }
  // its types want one signature at the top as well, which it does not look at
  const { signatures, errors } = await dkimSign(letter, { ...signing, ...more, signatureData: [signing] })
  if (errors.length > 0) throw new Error(`not signed: ${errors[0]?.err.message}`)
  return Buffer.concat([Buffer.from(signatures), letter])
}

/** The message with an ARC set on top. */
export async function sealed(
  letter: Buffer,
  by: { readonly domain: string; readonly says: string; readonly cv?: 'none' | 'pass' },
): Promise<Buffer> {
  const seal = { signingDomain: by.domain, selector: 'arc', privateKey: PRIVATE_KEY, cv: by.cv ?? 'none' }
  return Buffer.concat([await sealMessage(letter, { ...seal, authResults: by.says }), letter])
}

export type Brought = {
  readonly ip?: string | undefined
  readonly helo?: string
  readonly mailFrom?: string
  readonly source?: Source
  readonly zone?: Zone
  readonly questions?: string[]
  readonly resolve?: Resolve
  readonly trust?: Partial<Trust>
  readonly octets?: Asked['octets']
  readonly timeLimitMs?: number
  readonly log?: Log
}

export const TRUST: Trust = {
  isTrusted: (ip) => ip.startsWith('10.') || ip === '127.0.0.1' || ip === '::1',
  authservIds: [],
  hostname: 'mx.acme.example',
}

/** The verdict on a message that came in; our own trace field is put on top as a receiver does it. */
export async function verdictOn(letter: Buffer, how: Brought = {}): Promise<Authentication> {
  const source = how.source ?? 'smtp'
  const ip = 'ip' in how ? how.ip : CUSTOMER_IP
  const mailFrom = how.mailFrom ?? 'ann@customer.example'
  const arrival = {
    id: '01KB0000000000000000000000' as IncomingId,
    source,
    peer: { ip, helo: how.helo ?? 'mail.customer.example', tls: undefined },
    envelope: {
      reversePath: mailFrom === '<>' || mailFrom === 'unknown' ? mailFrom : address(mailFrom),
      recipients: [address('support@acme.example')],
    },
    receivedAt: Date.now() as Instant,
  } as const
  const isTraced = source === 'smtp' || source === 'lmtp' || source === 'stdin'
  const trace = isTraced ? receivedField(arrival, 'mx.acme.example', { extended: true, smtpUtf8: false }) : ''
  const octets = Buffer.concat([Buffer.from(trace), letter])
  const message = await parse(octets.subarray(0, 512 * 1024), { complete: octets.length <= 512 * 1024 })
  await using authenticator = openAuthenticator({
    world: WORLD,
    log: how.log ?? SILENT_LOG,
    timeLimitMs: how.timeLimitMs ?? 10_000,
    resolve: how.resolve ?? resolverOf(how.zone ?? CUSTOMER_ZONE, how.questions),
    cache: CACHE_BOUNDS,
  })
  return authenticator.verdict({
    incoming: { ...arrival, octets: octets.length, bodyDigest: '' },
    message,
    octets: how.octets ?? (() => inPieces(octets)),
    trust: { ...TRUST, ...how.trust },
  })
}

/** Pieces of odd sizes, as a spool file or a socket may give them. */
export async function* inPieces(octets: Buffer, size = 48_611): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size)
}
