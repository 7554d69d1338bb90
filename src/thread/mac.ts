import { Buffer } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ThreadKey, ThreadKeys } from './keys.ts'

const MAC_OCTETS = 10 // 80 bits: nobody guesses one in the lifetime of a mail system (DESIGN 4)
/** Characters of a MAC as written: five bits each. */
export const MAC_CHARACTERS = (MAC_OCTETS * 8) / 5
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford's, lower case
const KEY_ID = /^[a-z0-9]{1,8}$/u
const MIN_SECRET_OCTETS = 16

/**
 * HMAC-SHA-256 cut to 80 bits, as 16 characters of lower-case base 32.
 * @param secret the key
 * @param purpose keeps a mark made for one use from passing for another
 * @param fields what is vouched for; each goes in with its length, so that text cannot move between fields
 */
export function macOf(secret: Uint8Array, purpose: 'message-id' | 'plus-address', fields: readonly string[]): string {
  const hmac = createHmac('sha256', secret)
  for (const field of [purpose, ...fields]) {
    const octets = Buffer.from(field, 'utf8')
    hmac.update(`${octets.length}:`).update(octets)
  }
  return base32(hmac.digest().subarray(0, MAC_OCTETS))
}

/** True where the MAC is the one this key makes; takes the same time wherever they differ. */
export function macHolds(expected: string, found: string): boolean {
  const a = Buffer.from(expected, 'latin1')
  const b = Buffer.from(found, 'latin1')
  return a.length === b.length && timingSafeEqual(a, b)
}

/** The current key, checked. @throws Error where its id could not be read back or its secret is too short to be one */
export function signingKey(keys: ThreadKeys): ThreadKey {
  const { current } = keys
  if (!KEY_ID.test(current.id)) {
    throw new Error(`Cannot use key id ${JSON.stringify(current.id)}: wanted 1 to 8 characters of a-z and 0-9`)
  }
  if (current.secret.length < MIN_SECRET_OCTETS) {
    throw new Error(`Cannot use key ${current.id}: found ${current.secret.length} octets, wanted ${MIN_SECRET_OCTETS}`)
  }
  return current
}

function base32(octets: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const octet of octets) {
    held = (held << 8) | octet
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(held >> bits) & 31] ?? ''
    }
    held &= (1 << bits) - 1
  }
  return text
}
