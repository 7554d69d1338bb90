import type { Buffer } from 'node:buffer'
import libmime from 'libmime'

const NAME = /^[\w.:+-]{1,40}$/u
/** Names that mean "nobody said", and the default of RFC 2045 5.2, which says no more. */
const UNSAID = ['', 'us-ascii', 'ascii', 'unknown', 'unknown-8bit', 'x-unknown', 'default', 'default_charset']
/** Switches to a Japanese character set (RFC 1468); text in it is all ASCII octets. */
const ISO_2022_JP = ['\u001B$@', '\u001B$B', '\u001B(J', '\u001B(I']

export type Charset = {
  /** A name that the library knows, harmless in a header field. */
  readonly name: string
  /** `unknown` was named and cannot be had. */
  readonly from: 'declared' | 'guessed' | 'unknown'
}

/** The charset to read a text part in. */
export function charsetOf(declared: string | undefined, octets: readonly Buffer[]): Charset {
  const name = (declared ?? '').replace(/["'\s]/gu, '').toLowerCase()
  if (UNSAID.includes(name)) {
    const japanese = octets.some((piece) => ISO_2022_JP.some((one) => piece.includes(one)))
    return { name: japanese ? 'iso-2022-jp' : 'utf-8', from: 'guessed' }
  }
  if (name === 'utf-8' || name === 'utf8') return { name: 'utf-8', from: 'declared' }
  if (!NAME.test(name) || !libmime.createDecodeStream(name).supported) return { name: 'utf-8', from: 'unknown' }
  return { name, from: 'declared' }
}

/**
 * What to try where the octets are none of the charset: UTF-8 where another one was declared by mistake, and where nobody
 * said, the one that programs without UTF-8 write most. Undefined where nothing better is likely.
 */
export function secondCharset({ name, from }: Charset): string | undefined {
  if (from === 'declared') return name === 'utf-8' ? undefined : 'utf-8'
  return name === 'utf-8' ? 'windows-1252' : undefined
}
