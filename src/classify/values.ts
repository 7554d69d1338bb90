/** Longest part of a field value that is judged, in characters: RFC 5322 2.1.1 line length, twice, for folded fields. */
const MAX_VALUE = 1_996

/**
 * The value without RFC 5322 comments, nested ones included, and with quotes taken off, in one pass.
 * An unclosed comment reaches to the end of the value.
 */
export function withoutComments(value: string): string {
  const text = value.slice(0, MAX_VALUE)
  let plain = ''
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i += 1) {
    const one = text[i]
    if (one === '\\' && (quoted || depth > 0)) {
      i += 1
      if (depth === 0) plain += text[i] ?? ''
    } else if (one === '"' && depth === 0) quoted = !quoted
    else if (one === '(' && !quoted) depth += 1
    else if (one === ')' && !quoted && depth > 0) {
      depth -= 1
      plain += ' '
    } else if (depth === 0) plain += one
  }
  return plain.trim()
}

/** The words of a value, lower case; blanks, commas and semicolons separate. Comments are no words. */
export function tokensOf(value: string): readonly string[] {
  return withoutComments(value)
    .toLowerCase()
    .split(/[\s,;]+/u)
    .filter((token) => token !== '')
}
