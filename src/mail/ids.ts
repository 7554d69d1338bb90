import type { Brand } from './brand.ts'

/** Names one accepted message for ever: 26 characters of Crockford base 32, sortable by time of acceptance. */
export type IncomingId = Brand<string, 'IncomingId'>

/** Names one queue entry: same shape as an IncomingId. */
export type EntryId = Brand<string, 'EntryId'>

/** A ticket's id: the tag's seven characters, six random and one check character, upper case, without prefix. */
export type TicketId = Brand<string, 'TicketId'>

/** A Message-ID with its angle brackets, `<left@right>`, as RFC 5322 3.6.4 writes it; compared octet by octet. */
export type MessageId = Brand<string, 'MessageId'>

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_CHARACTERS = 10
const CHANCE_CHARACTERS = 16

/**
 * An id that sorts by time: ten characters of milliseconds, sixteen of chance (80 bits).
 * @param nowMs milliseconds since the epoch, 0 to 2^48-1
 * @param chance at least 16 random octets; five bits of each are used
 */
export function timeSortedId(nowMs: number, chance: Uint8Array): string {
  let time = ''
  let rest = nowMs
  for (let i = 0; i < TIME_CHARACTERS; i += 1) {
    time = (CROCKFORD[rest % 32] ?? '0') + time
    rest = Math.floor(rest / 32)
  }
  let tail = ''
  for (let i = 0; i < CHANCE_CHARACTERS; i += 1) tail += CROCKFORD[(chance[i] ?? 0) & 31] ?? '0'
  return time + tail
}

/** The milliseconds since the epoch that a time-sorted id begins with; undefined where the text is no such id. */
export function timeOfId(id: string): number | undefined {
  if (id.length !== TIME_CHARACTERS + CHANCE_CHARACTERS) return undefined
  let time = 0
  for (const character of id.slice(0, TIME_CHARACTERS)) {
    const digit = CROCKFORD.indexOf(character)
    if (digit < 0) return undefined
    time = time * 32 + digit
  }
  return time
}

const MAX_MESSAGE_ID_OCTETS = 998 // RFC 5322 2.1.1: the longest line there can be
const MESSAGE_ID = /^<[^<>\s\p{Cc}]+>$/u // no control either: it is written into header fields of ours

/** The text as a MessageId if it is one, brackets included; undefined for anything else. */
export function messageId(text: string): MessageId | undefined {
  return text.length <= MAX_MESSAGE_ID_OCTETS && MESSAGE_ID.test(text) ? (text as MessageId) : undefined
}
