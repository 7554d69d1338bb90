/** Characters that are looked at: what identifies a text stands at its beginning. */
export const MAX_READ = 8_000
const MAX_LINE = 200 // characters; a divider or an attribution is shorter

/** `-----Original Message-----` in any language: words between two runs of dashes or underscores. */
const DIVIDER = /^[-_]{3,}[^-_].{0,80}[^-_][-_]{3,}$/u
const SIGNATURE = /^--\s?$/u // RFC 3676 4.3

/**
 * What the sender wrote themselves, as far as plain signs tell: no quoted lines, no line that announces them, nothing
 * below a divider or a signature mark.
 */
export function ownText(text: string): string {
  const lines = text.slice(0, MAX_READ).split('\n')
  const own: string[] = []
  for (const [at, line] of lines.entries()) {
    const bare = line.trim()
    if (isQuote(bare)) continue
    if (bare.length <= MAX_LINE && (SIGNATURE.test(bare) || DIVIDER.test(bare))) break
    if (/[:：]$/u.test(bare) && isQuote(lines.slice(at + 1).find((next) => next.trim() !== '') ?? '')) continue
    own.push(bare)
  }
  return own.join('\n')
}

function isQuote(line: string): boolean {
  return line.trimStart().startsWith('>')
}
