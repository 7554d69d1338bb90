import { Buffer } from 'node:buffer'
import type { Brand } from './brand.ts'

/** A mailbox `local@domain` that was checked; the domain is lower case, the local part as written (RFC 5321 2.4). */
export type Address = Brand<string, 'Address'>

/** "There is nobody to answer" (RFC 5321 4.5.5): a value, not an absence. */
export const NULL_PATH = '<>'
/** Nobody told us the reverse-path (IMAP, a stored file); not the same as null. */
export const UNKNOWN_PATH = 'unknown'
export type ReversePath = Address | typeof NULL_PATH | typeof UNKNOWN_PATH

const MAX_ADDRESS_OCTETS = 254 // RFC 5321 4.5.3.1.3, path of 256 less the brackets
const MAX_LOCAL_OCTETS = 64 // RFC 5321 4.5.3.1.1
// dot-atom with SMTPUTF8 characters (RFC 6531 3.3); quoted local parts are refused: no comma, quote, blank or control.
const LOCAL = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}])?$/u

/**
 * The strict reader of one address, for everything that we may write to or compare.
 * @param text `local@domain` without brackets, name or comment
 * @returns undefined where it is anything else; IP literals and quoted local parts are refused on purpose (GHSA-mm7p-fcc7-pg87)
 */
export function parseAddress(text: string): Address | undefined {
  return readAddress(text, MAX_LOCAL_OCTETS)
}

/**
 * The reader of MAIL FROM. As strict as `parseAddress`, but a local part may fill the whole path: forwarders and list
 * servers write another address into it (SRS, VERP, Gmail's `+caf_=`) and pass 64 octets, which RFC 5321 4.5.3.1 allows.
 * @param text what stood between the angle brackets; empty for the null sender
 */
export function parseReversePath(text: string): Address | typeof NULL_PATH | undefined {
  return text === '' || text === NULL_PATH ? NULL_PATH : readAddress(text, MAX_ADDRESS_OCTETS)
}

function readAddress(text: string, maxLocalOctets: number): Address | undefined {
  if (Buffer.byteLength(text) > MAX_ADDRESS_OCTETS) return undefined
  const at = text.lastIndexOf('@')
  if (at < 1) return undefined
  const local = text.slice(0, at)
  const domain = text.slice(at + 1).toLowerCase()
  if (Buffer.byteLength(local) > maxLocalOctets || !LOCAL.test(local)) return undefined
  const labels = domain.split('.')
  if (!labels.every((label) => label.length <= 63 && LABEL.test(label))) return undefined
  return `${local}@${domain}` as Address
}

export function localOf(address: Address): string {
  return address.slice(0, address.lastIndexOf('@'))
}

export function domainOf(address: Address): string {
  return address.slice(address.lastIndexOf('@') + 1)
}

/** Lower case throughout: how we compare mailboxes, because no provider in use tells `A@x` from `a@x`. */
export function folded(address: Address): Address {
  return address.toLowerCase() as Address
}

/** True where both name the same mailbox, without regard to case. */
export function sameMailbox(a: Address, b: Address): boolean {
  return folded(a) === folded(b)
}

/** `local+anything@domain` without its detail (RFC 5233), folded. */
export function withoutDetail(address: Address): Address {
  const local = localOf(address)
  const plus = local.indexOf('+')
  return folded((plus < 1 ? address : `${local.slice(0, plus)}@${domainOf(address)}`) as Address)
}

/**
 * True where a set of folded addresses holds this one, in whatever case and with whatever `+detail`.
 * @param addresses folded, without detail
 */
export function isAmong(addresses: ReadonlySet<string>, address: Address): boolean {
  return addresses.has(folded(address)) || addresses.has(withoutDetail(address))
}

/** Providers to whom dots in a local part mean nothing, and the name under which we file them. */
const DOTLESS: Readonly<Record<string, string>> = { 'gmail.com': 'gmail.com', 'googlemail.com': 'gmail.com' }

/**
 * The one key of a correspondent in every spelling: folded, without `+detail`, without the dots that Gmail ignores.
 * For counting only; never an address to write to.
 */
export function correspondentKey(address: Address): Address {
  const bare = withoutDetail(address)
  const dotless = DOTLESS[domainOf(bare)]
  return dotless === undefined ? bare : (`${localOf(bare).replaceAll('.', '')}@${dotless}` as Address)
}
