import libmime from 'libmime'
import { ENCODED_CHARACTERS } from './bounds.ts'

/**
 * A header value for people to read: encoded words decoded and joined (RFC 2047), on one line, without controls and
 * without U+FFFD. Never used for anything that is compared or written to.
 * @param value unfolded; only its first ENCODED_CHARACTERS are decoded
 * @param maxCharacters length of the result in UTF-16 units, at most
 * @returns the text, and whether some of it could not be decoded
 */
export function readable(value: string, maxCharacters: number): { readonly text: string; readonly spoilt: boolean } {
  const cut = value.slice(0, ENCODED_CHARACTERS)
  const decoded = cut.includes('=?') ? decodedWords(cut) : cut
  return { text: oneLine(decoded, maxCharacters), spoilt: decoded.includes('\uFFFD') }
}

/** The text on one line, without controls, half characters and U+FFFD. */
export function oneLine(text: string, maxCharacters: number): string {
  const line = text
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\p{Cs}\uFFFD]/gu, '')
    .trim()
  return cutCharacters(line, maxCharacters).trimEnd()
}

function decodedWords(value: string): string {
  try {
    return libmime.decodeWords(value)
  } catch {
    return value // an encoded word that the library cannot take: shown as it was written
  }
}

/** The beginning of a text, never half a surrogate pair. */
export function cutCharacters(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text
  const last = text.charCodeAt(maxCharacters - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxCharacters - 1 : maxCharacters)
}
