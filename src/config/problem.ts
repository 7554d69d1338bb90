/** One thing wrong (or, in a warning, noteworthy) in the configuration, and where. */
export type ConfigProblem = {
  readonly file: string
  /** Counted from 1; 0 where the whole file is meant (it is missing, say). */
  readonly line: number
  /** Counted from 1 in UTF-16 units; 0 with line 0. */
  readonly column: number
  readonly message: string
  /** What to do, as a clause that follows the message after a semicolon. */
  readonly hint?: string
  /** The line holds a secret in plain text: it is never quoted. */
  readonly secret?: true
}

/** Longest piece of a source line that is quoted under a message, in UTF-16 units: one terminal line. */
const EXCERPT_LENGTH = 110
const LEAD_LENGTH = 60

/**
 * The problem as a person reads it: `file:line:column: message; hint`, then the source line and a caret below the column.
 * @param sourceText the text of the file, or '' where there is none
 */
export function formatProblem(problem: ConfigProblem, sourceText: string): string {
  const { file, line, column, message, hint, secret } = problem
  const place = line === 0 ? file : `${file}:${line}:${column}`
  const sentence = `${place}: ${message}${hint === undefined ? '' : `; ${hint}`}`
  const source = line === 0 || secret === true ? undefined : lineOf(sourceText, line)
  return source === undefined ? sentence : `${sentence}\n${excerpt(source, column)}`
}

function lineOf(text: string, line: number): string | undefined {
  const found = text.split('\n')[line - 1]?.replace(/\r$/u, '')
  return found === undefined || found.trim() === '' ? undefined : found
}

/** A window of the line around the column, so that one long line does not fill the screen. */
function excerpt(source: string, column: number): string {
  const at = Math.min(column - 1, source.length)
  const from = source.length <= EXCERPT_LENGTH || at <= LEAD_LENGTH ? 0 : at - LEAD_LENGTH
  const lead = from > 0 ? '...' : ''
  const tail = from + EXCERPT_LENGTH < source.length ? '...' : ''
  const shown = printable(source.slice(from, from + EXCERPT_LENGTH))
  const pad = printable(source.slice(from, at)).replace(/[^\t]/gu, ' ')
  return `  ${lead}${shown}${tail}\n  ${' '.repeat(lead.length)}${pad}^`
}

/** Control characters would move the cursor of the terminal that shows them. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t]/gu, '?')
}

/** In the order of the file; the same problem at the same place only once. */
export function inOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const seen = new Set<string>()
  return [...problems]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .filter((one) => {
      const key = `${one.line}:${one.column}:${one.message}`
      return !seen.has(key) && seen.add(key) !== undefined
    })
}
