import type { Message } from '../mail/message.ts'
import { dateWords } from './date-words.ts'
import { MAX_READ, ownText } from './own-text.ts'

/**
 * How a repeated text is told, though its numbers, dates and names of tickets change: as the set of hashes of all its
 * runs of two words, of which two texts share the more the more they have in common ("resemblance": A. Broder, On the
 * resemblance and containment of documents, 1997). A letter is short, so the set is kept whole instead of a sketch of it.
 */

const SHINGLE_WORDS = 2
/** Words that are looked at: a text says at its beginning what it is, and company disclaimers stand at the end. */
const MAX_WORDS = 80
const HASH_DIGITS = 4 // hexadecimal: 16 bits tell 80 shingles of one correspondent apart

/** Two texts with this share of their shingles in common are one text: three words changed in fifty leave 0.78. */
const SAME = 0.75
/** And with this share they are much alike: a template with another filling. */
const ALIKE = 0.5
/** From so many shingles on a text is not written twice by chance, as `please see the attached file` is. */
const LONG = 30

const ADDRESS = /[^\s<>()[\]"',;:@]{1,64}@[^\s<>()[\]"',;@]{1,255}/gu
const URL = /\b(?:[a-z][a-z0-9+.-]{0,20}:\/\/|www\.)[^\s<>"]*/gu
/** `[#K7M2Q9F]`, `[Ticket 4711]`: what stands in brackets names the case, not the text. */
const TAG = /\[[^[\]\n]{1,60}\]|#[\p{L}\p{N}_-]{1,41}/gu
/** What is quoted within a sentence is somebody else's words: a notice of ours repeats the subject so. */
const QUOTATION = /“[^”\n]{0,200}”|„[^“”\n]{0,200}[“”]|«[^»\n]{0,200}»|「[^」\n]{0,200}」|"[^"\n]{0,200}"/gu
/** Scripts without blanks: every character counts as a word. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}]+/gu

/**
 * The fingerprint of what the sender wrote, quoted text, signature, addresses, links and numbers aside.
 * @returns hexadecimal, at most 320 characters, for `similar` to compare; '' where there is no text
 */
export function fingerprintOf({ text }: Pick<Message, 'text'>): string {
  const own = wordsOf(ownText(text))
  // a mail that only quotes is known by what it quotes
  const words = own.length > 0 ? own : wordsOf(text.slice(0, MAX_READ))
  const hashes = new Set<string>()
  for (let at = 0; at === 0 || at + SHINGLE_WORDS <= words.length; at += 1) {
    const shingle = words.slice(at, at + SHINGLE_WORDS).join(' ')
    if (shingle !== '') hashes.add(hashOf(shingle))
  }
  return [...hashes].sort().join('')
}

/** Words in NFKC and lower case; numbers, dates and times are `0`, and several of those in a row are one. */
function wordsOf(text: string): readonly string[] {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(URL, ' ')
    .replace(ADDRESS, ' ')
    .replace(TAG, ' ')
    .replace(QUOTATION, ' ')
  const words: string[] = []
  let dates: string[] = [] // words of a date, if a number stands among them or beside them
  for (const found of [...(plain.match(WORD) ?? []), '']) {
    if (/\p{N}/u.test(found)) {
      dates = []
      if (words.at(-1) !== '0') words.push('0')
    } else if (dateWords().has(found)) dates.push(found)
    else {
      if (words.at(-1) !== '0') words.push(...dates)
      dates = []
      if (found !== '') words.push(found)
    }
    if (words.length >= MAX_WORDS) break
  }
  return words.slice(0, MAX_WORDS)
}

/** FNV-1a (Fowler, Noll, Vo; 32 bits), folded to 16 as its authors advise. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (((hash >>> 16) ^ hash) & 0xffff).toString(16).padStart(HASH_DIGITS, '0')
}

/** The share of shingles that two fingerprints have in common, 0 to 1; 0 where one is ''. */
export function resemblance(a: string, b: string): number {
  const [left, right] = [shinglesOf(a), shinglesOf(b)]
  if (left.size === 0 || right.size === 0) return 0
  let common = 0
  for (const one of left) if (right.has(one)) common += 1
  return common / (left.size + right.size - common)
}

function shinglesOf(fingerprint: string): ReadonlySet<string> {
  return new Set(fingerprint.match(/.{4}/gu))
}

/** True where both are of the same text but for its numbers and a word or two. */
export function similar(a: string, b: string): boolean {
  return a !== '' && (a === b || resemblance(a, b) >= SAME)
}

/** True where both texts have a good half in common. */
export function alike(a: string, b: string): boolean {
  return a !== '' && (a === b || resemblance(a, b) >= ALIKE)
}

/** True where the text is so long that nobody writes it twice by chance. */
export function isLong(fingerprint: string): boolean {
  return fingerprint.length >= LONG * HASH_DIGITS
}
