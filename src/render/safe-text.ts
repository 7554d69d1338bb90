/** Longest value that is looked at, in UTF-16 units, before anything else happens to it. */
const MAX_LOOKED_AT = 4000

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu
/** Soft hyphen, bidirectional marks, embeddings and isolates, zero-width space, word joiner, BOM, tag characters. */
const INVISIBLE =
  /\u{AD}|\u{61C}|\u{180E}|[\u{200B}\u{200E}\u{200F}\u{202A}-\u{202E}\u{2060}-\u{206F}\u{FEFF}\u{FFF9}-\u{FFFB}\u{E0000}-\u{E007F}]/gu
/** Joiners are part of Persian, Indic scripts and emoji; after an ASCII character they only hide something. */
const STRAY_JOINERS = /(?<=^|\p{ASCII})[\u{200C}\u{200D}]+/gu
/** More than four marks on one letter are no language, but text that climbs over its neighbours. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu

/**
 * A value from outside as one line of visible text: controls (C0, C1, line separators) become a blank, characters that
 * reorder or hide text go, blanks are single.
 * @param maxCharacters code points kept; what is longer ends in an ellipsis
 */
export function oneLine(value: string, maxCharacters: number): string {
  const line = value
    .slice(0, MAX_LOOKED_AT)
    .toWellFormed()
    .replace(CONTROLS, ' ')
    .replace(INVISIBLE, '')
    .replace(STRAY_JOINERS, '')
    .replace(STACKED_MARKS, '$1')
    .replace(/\s+/gu, ' ')
    .trim()
  return cut(line, maxCharacters)
}

function cut(line: string, maxCharacters: number): string {
  if (line.length <= maxCharacters) return line
  const characters = Array.from(line)
  if (characters.length <= maxCharacters) return line
  const kept = characters
    .slice(0, maxCharacters - 3)
    .join('')
    .trimEnd()
  // an ASCII subject stays one, and needs no encoded-word (RFC 5230 4.3)
  return /^\p{ASCII}*$/u.test(kept) ? `${kept}...` : `${kept}…`
}

/**
 * A value for a header field: one line, and nothing in it that a reader would take for an encoded-word (RFC 2047 2),
 * which would let a sender choose what is shown.
 */
export function headerText(value: string, maxCharacters: number): string {
  return oneLine(value, maxCharacters).replaceAll('=?', '= ?')
}

/** The text part as it goes out: no control but the line feed, no trailing blanks, at most one empty line in a row. */
export function tidyText(text: string): string {
  const lines = text
    .toWellFormed()
    .replace(/[^\P{Cc}\n]/gu, '')
    .split('\n')
    .map((line) => line.trimEnd())
  const kept = lines.filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== ''))
  return `${kept.join('\n').trim()}\n`
}
