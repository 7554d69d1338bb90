import type { TicketId } from './ids.ts'

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const RANDOM_CHARACTERS = 6
const ID_CHARACTERS = RANDOM_CHARACTERS + 1
const FIELD_POLYNOMIAL = 0b100101 // x^5 + x^2 + 1, primitive: GF(32)

function value(character: string): number {
  return character === '' ? -1 : CROCKFORD.indexOf(character)
}

/** Multiplies by x in GF(32). */
function shifted(element: number): number {
  const doubled = element << 1
  return doubled & 32 ? doubled ^ FIELD_POLYNOMIAL : doubled
}

/**
 * The check character: a sum in GF(32) in which every position has a weight of its own (Horner's scheme in x), so that
 * one wrong character and two swapped neighbours are always noticed; 31 of 32 random strings fail.
 */
function checkCharacter(random: string): string | undefined {
  let sum = 0
  for (let i = 0; i < RANDOM_CHARACTERS; i += 1) {
    const one = value(random[i] ?? '')
    if (one < 0) return undefined
    sum = shifted(sum ^ one)
  }
  return CROCKFORD[sum]
}

/**
 * A ticket id from chance.
 * @param chance at least 6 random octets; five bits of each are used (30 bits in all)
 */
export function ticketIdFrom(chance: Uint8Array): TicketId {
  let random = ''
  for (let i = 0; i < RANDOM_CHARACTERS; i += 1) random += CROCKFORD[(chance[i] ?? 0) & 31] ?? '0'
  return `${random}${checkCharacter(random) ?? ''}` as TicketId
}

/**
 * Reads an id as a person may have typed it: any case, and Crockford's look-alikes (I, L for 1; O for 0).
 * @returns undefined where the length, an alphabet character or the check character is wrong
 */
export function parseTicketId(text: string): TicketId | undefined {
  // letters beyond ASCII may become two when they are made upper case, or look-alikes nobody meant
  if (text.length !== ID_CHARACTERS || !/^[0-9A-Za-z]+$/u.test(text)) return undefined
  const plain = text.toUpperCase().replace(/[IL]/gu, '1').replace(/O/gu, '0')
  const random = plain.slice(0, RANDOM_CHARACTERS)
  return checkCharacter(random) === plain[RANDOM_CHARACTERS] ? (plain as TicketId) : undefined
}

/** The tag for a subject: `[#K7M2Q9F]`, or with a prefix `[#ACME-K7M2Q9F]`. */
export function formatTag(ticket: TicketId, prefix: string): string {
  return prefix === '' ? `[#${ticket}]` : `[#${prefix}-${ticket}]`
}
