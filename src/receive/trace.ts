import { Buffer } from 'node:buffer'
import { isIPv6 } from 'node:net'
import type { Arrival } from '../mail/incoming.ts'
import { isAscii } from './address-forms.ts'

/** How the message came, as far as the trace field tells it. */
export type Transmission = {
  /** The client said EHLO or LHLO, not HELO. */
  readonly extended: boolean
  /** The client announced SMTPUTF8 for this message (RFC 6531). */
  readonly smtpUtf8: boolean
}

const MAX_HELO_CHARACTERS = 255 // RFC 5321 4.5.3.1.2
// Everything else could close the comment, fold the line or forge a clause.
const NOT_A_NAME = /[^\p{L}\p{N}.:_[\]-]/gu

/**
 * The `Received:` field of RFC 5321 4.4 for this hop, with its line end, to stand above everything else.
 * No `Return-Path:` is added: that is for the system that makes the final delivery (RFC 5321 4.4), and we hand the message
 * on; the reverse-path is kept in the envelope, and who delivers to a Maildir writes it there.
 */
export function receivedField(arrival: Arrival, hostname: string, how: Transmission): Buffer {
  const clauses = [
    ...fromClause(arrival),
    `by ${hostname}${withClause(arrival, how)}`,
    `id ${arrival.id}${forClause(arrival, how)};`,
    new Date(arrival.receivedAt).toUTCString().replace('GMT', '+0000'),
  ]
  return Buffer.from(`Received: ${clauses.join('\r\n\t')}\r\n`)
}

/** Standard input has no peer worth naming. No reverse DNS: what a PTR record says proves nothing and costs seconds. */
function fromClause({ source, peer }: Arrival): readonly string[] {
  if (source === 'stdin') return []
  const helo = (peer.helo ?? '').slice(0, MAX_HELO_CHARACTERS).replace(NOT_A_NAME, '?')
  const from = `from ${helo === '' ? 'unknown' : helo}`
  return [peer.ip === undefined ? `${from} (local socket)` : `${from} (${addressLiteral(peer.ip)})`]
}

/** RFC 5321 4.1.3. */
function addressLiteral(ip: string): string {
  return isIPv6(ip) ? `[IPv6:${ip}]` : `[${ip}]`
}

/** The names of the IANA registry of mail transmission types (RFC 3848, RFC 6531 4.3). */
function withClause({ source, peer }: Arrival, how: Transmission): string {
  if (source !== 'smtp' && source !== 'lmtp') return ' with local'
  const secure = peer.tls === undefined ? '' : 'S'
  const tls = peer.tls === undefined ? '' : ` (${peer.tls})`
  if (source === 'lmtp') return ` with ${how.smtpUtf8 ? 'UTF8' : ''}LMTP${secure}${tls}`
  if (how.smtpUtf8) return ` with UTF8SMTP${secure}${tls}`
  return ` with ${how.extended || secure === 'S' ? 'E' : ''}SMTP${secure}${tls}`
}

/**
 * Only where there is one recipient: with several it would tell each of the others' blind copies (RFC 5321 7.2). Non-ASCII
 * only in a message that is internationalised anyway.
 */
function forClause({ envelope }: Arrival, how: Transmission): string {
  const [only, ...others] = envelope.recipients
  if (only === undefined || others.length > 0) return ''
  return how.smtpUtf8 || isAscii(only) ? `\r\n\tfor <${only}>` : ''
}
