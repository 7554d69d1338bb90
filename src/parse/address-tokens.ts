/**
 * The lexical half of RFC 5322 3.4: an address field as a flat run of tokens, in one pass and without recursion. What is
 * left open at the end of the value (a quote, a comment) is no quote and no comment, but the character itself.
 */
export type AddressToken =
  /** Text outside quotes, an encoded word whole, as written. */
  | { readonly kind: 'text'; readonly text: string }
  /** `raw` with its quotes, `text` without quotes and backslashes. */
  | { readonly kind: 'quoted'; readonly raw: string; readonly text: string }
  /** Without the outer parentheses. */
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'special'; readonly text: '<' | '>' | ',' | ';' | ':' }

/** What a piece of plain text cannot hold. */
const BORDER = /[<>,;:"(]|=\?/gu
/** Bounded, and its pieces hold no question mark, so that no octet is looked at often (RFC 2047 2). */
const ENCODED_WORD = /=\?[^?\s]{1,80}\?[bq]\?[^?]{0,1000}\?=/iuy

export function* addressTokens(value: string): Generator<AddressToken> {
  // once an opening character was found to have no end, none that follows can be told from text in linear time
  let quotes = true
  let comments = true
  let at = 0
  while (at < value.length) {
    const one = value[at]
    if (one === '<' || one === '>' || one === ',' || one === ';' || one === ':') {
      yield { kind: 'special', text: one }
      at += 1
      continue
    }
    const end = one === '"' && quotes ? endOfQuoted(value, at) : one === '(' && comments ? endOfComment(value, at) : 0
    if (end > 0) {
      yield one === '(' ? { kind: 'comment', text: value.slice(at + 1, end - 1) } : quoted(value.slice(at, end))
      at = end
      continue
    }
    if (end < 0) {
      if (one === '"') quotes = false
      else comments = false
    }
    const next = endOfText(value, at)
    yield { kind: 'text', text: value.slice(at, next) }
    at = next
  }
}

/** @returns the position behind the closing quote, -1 without one */
function endOfQuoted(value: string, from: number): number {
  for (let i = from + 1; i < value.length; i += 1) {
    if (value[i] === '\\') i += 1
    else if (value[i] === '"') return i + 1
  }
  return -1
}

/** @returns the position behind the last closing parenthesis, -1 without one */
function endOfComment(value: string, from: number): number {
  let depth = 0
  for (let i = from; i < value.length; i += 1) {
    const one = value[i]
    if (one === '\\') i += 1
    else if (one === '(') depth += 1
    else if (one === ')') {
      depth -= 1
      if (depth === 0) return i + 1
    }
  }
  return -1
}

/** An encoded word is one piece, whatever stands in it; any other text ends before the next border. */
function endOfText(value: string, from: number): number {
  ENCODED_WORD.lastIndex = from
  const word = ENCODED_WORD.exec(value)
  if (word !== null) return from + word[0].length
  BORDER.lastIndex = from + 1
  return BORDER.exec(value)?.index ?? value.length
}

function quoted(raw: string): AddressToken {
  return { kind: 'quoted', raw, text: raw.slice(1, -1).replace(/\\(.)/gsu, '$1') }
}
