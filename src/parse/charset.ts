import type { Buffer } from 'node:buffer'
import libmime from 'libmime'

/** What is written in no charset and holds octets over 127: the one that people's programs used before UTF-8. */
export const FALLBACK_CHARSET = 'windows-1252'

const NAME = /^[\w.:+-]{1,40}$/u
/** Names that mean "nobody said". */
const UNSAID = ['', 'us-ascii', 'ascii', 'unknown', 'unknown-8bit', 'x-unknown', 'default', 'default_charset']
/** Switches to a Japanese character set (RFC 1468); text in it is all ASCII octets. */
const ISO_2022_JP = ['\u001B$@', '\u001B$B', '\u001B(J', '\u001B(I']

export type Charset = {
  /** For the library; undefined is UTF-8. */
  readonly name: string | undefined
  /** `guessed` may be wrong, so that another one may be tried; `unknown` was named and cannot be had. */
  readonly from: 'declared' | 'guessed' | 'unknown'
}

/** The charset to read a text part in. */
export function charsetOf(declared: string | undefined, octets: readonly Buffer[]): Charset {
  const name = (declared ?? '').trim().toLowerCase()
  if (UNSAID.includes(name)) {
    const japanese = octets.some((piece) => ISO_2022_JP.some((one) => piece.includes(one)))
    return { name: japanese ? 'iso-2022-jp' : undefined, from: 'guessed' }
  }
  if (name === 'utf-8' || name === 'utf8') return { name: undefined, from: 'declared' }
  if (!NAME.test(name) || !libmime.createDecodeStream(name).supported) return { name: undefined, from: 'unknown' }
  return { name, from: 'declared' }
}
