import { isIP } from 'node:net'
import type { Peer, Source } from '../mail/incoming.ts'
import type { Field } from '../mail/message.ts'

/** `Received` fields that are followed; RFC 5321 6.3 takes a mail with more than about a hundred for a loop. */
const MAX_HOPS = 100
/** Characters of one `Received` field that are read; the longest in use (TLS, several recipients) reach some 700. */
const MAX_TRACE = 4_000

export type Arrived = {
  readonly source: Source
  readonly peer: Peer
  /** Is this address in a network of hosts that write honest header fields? */
  readonly isTrusted: (ip: string) => boolean
}

/**
 * How many header fields from the top hosts we trust have written (DESIGN 4.3). Over SMTP, LMTP and standard input the top
 * field is our own `Received`; a trusted peer wrote what follows, down to its own `Received`, which names the host that it had
 * the mail from, and so on. The zone ends above the first `Received` that no trusted host added: the filters of a receiving
 * host write their results now above, now below its trace field. Over IMAP the top `Received` is the provider's.
 * @returns 0 where nothing is believed; infinity for a stored file, whose way nobody knows
 */
export function trustedFields(fields: readonly Field[], at: Arrived): number {
  if (at.source === 'file') return Number.POSITIVE_INFINITY
  const traces = fields.flatMap((field, index) => (field.name === 'received' ? [index] : [])).slice(0, MAX_HOPS + 1)
  if (at.source === 'imap') return zoneBelow(traces, 0, { fields, at })
  // our own field stands on top of everything; where it does not, the octets are not what a receiver of ours stored
  if (traces[0] !== 0) return 0
  const isPeerTrusted = at.peer.ip === undefined || at.isTrusted(at.peer.ip)
  if (!isPeerTrusted) return 1
  return traces.length === 1 ? fields.length : zoneBelow(traces, 1, { fields, at })
}

/** Walks down from a `Received` that a trusted host wrote. @param first its place among the traces */
function zoneBelow(
  traces: readonly number[],
  first: number,
  { fields, at }: { readonly fields: readonly Field[]; readonly at: Arrived },
): number {
  // mail that nobody received was put there by somebody else
  if (traces[first] === undefined) return 0
  for (let hop = first; hop < MAX_HOPS; hop += 1) {
    const index = traces[hop]
    if (index === undefined) return fields.length
    if (!isFromTrusted(fields[index]?.value ?? '', at)) return traces[hop + 1] ?? fields.length
  }
  return traces[MAX_HOPS] ?? fields.length
}

/**
 * Did the host that wrote this field have the mail from a host we trust? Every address that its `from` clause names must be
 * trusted: the true one is among them (RFC 5321 4.4, TCP-info), and what the client says in HELO can only add others, whether
 * the host writes the true one behind the name (Postfix, Sendmail), before it (Exim) or without brackets (qmail, Exchange).
 * Without a `from` clause, or over LMTP, the mail did not leave the house (a pipe, a local submission, RFC 2033 2). By SMTP from
 * a host whose address is not told, nobody knows.
 */
function isFromTrusted(trace: string, { isTrusted }: Arrived): boolean {
  const { from, protocol } = clausesOf(trace.slice(0, MAX_TRACE))
  if (from === undefined) return true
  const addresses = addressesIn(from)
  if (addresses.length > 0) return addresses.every((ip) => isTrusted(ip))
  return /^(?:utf8)?lmtp/u.test(protocol) || protocol === 'local'
}

/** @returns the text of the `from` clause with its comments, if there is one, and the word after `with`, lower case */
function clausesOf(trace: string): { readonly from: string | undefined; readonly protocol: string } {
  const plain = outsideComments(trace)
  const start = /^\s*from\s/iu.exec(plain)?.[0].length
  const by = /\sby\s/iu.exec(plain)
  const protocol = /\swith\s+([a-z0-9]+)/iu.exec(plain.slice(by?.index ?? 0))?.[1]?.toLowerCase() ?? ''
  // with no `by` in sight everything counts as the client's: more addresses can only take trust away
  return { from: start === undefined ? undefined : trace.slice(start, by?.index ?? trace.length), protocol }
}

/** The same text, of the same length, with blanks for comments; one that never closes reaches to the end. */
function outsideComments(text: string): string {
  let depth = 0
  let plain = ''
  for (let i = 0; i < text.length; i += 1) {
    const one = text.charAt(i)
    if (one === '(') depth += 1
    plain += depth === 0 ? one : ' '
    if (one === ')' && depth > 0) depth -= 1
  }
  return plain
}

function addressesIn(clause: string): readonly string[] {
  return clause.split(/[\s()[\]<>=,;"]+/u).flatMap((word) => {
    const bare = word.replace(/^ipv6:/iu, '')
    const withoutPort = /^([0-9.]+):[0-9]+$/u.exec(bare)?.[1] ?? bare
    return isIP(withoutPort) === 0 ? [] : [withoutPort]
  })
}
