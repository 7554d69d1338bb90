import { parseDocument } from 'yaml'
import { didYouMean } from './nearest.ts'
import type { TemplateFinding } from './template-source.ts'

/** The head of a notice's file. */
export type FrontMatter = {
  /** Liquid. */
  readonly subject: string
  /** Liquid; what mail clients show beside the subject. '' where none is given. */
  readonly preview: string
  readonly category: string
  readonly class: 'service' | 'absence'
  /** Day, `YYYY-MM-DD`, on which a person last read the text. */
  readonly reviewed: string
  /** How long that counts: `180d`, `12w`. */
  readonly reviewEvery: string
  readonly variant: string | undefined
  /** Line of the file on which a key's value stands, from 1. */
  readonly lines: Readonly<Record<string, number>>
}

/** The head and the text below it. */
export type Split = {
  readonly front: FrontMatter
  readonly body: string
  /** Line of the file on which the body begins, from 1. */
  readonly bodyLine: number
}

const FENCE = /^---[ \t]*$/u
const REQUIRED = ['subject', 'category', 'class', 'reviewed', 'review_every'] as const
const KEYS: readonly string[] = [...REQUIRED, 'preview', 'variant']
/** A head is a few lines; a longer one is a file that lacks its closing fence. */
const MAX_HEAD_LINES = 100

const WANTED: Readonly<Record<string, readonly [test: RegExp, wanted: string]>> = {
  class: [/^(?:service|absence)$/u, 'service (an answer to a request) or absence (nobody is there)'],
  reviewed: [/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/u, 'a day such as 2026-11-30'],
  review_every: [/^[1-9]\d{0,3}[dw]$/u, 'a number of days or weeks such as 180d or 26w'],
}

/**
 * Splits a notice's file into its YAML head and its Markdown body.
 * @returns the parts, or what is wrong with the head
 */
export function splitFrontMatter(file: string, text: string): Split | readonly TemplateFinding[] {
  const lines = text.replace(/^\u{FEFF}/u, '').split(/\r?\n/u)
  const problem = (line: number, message: string, hint: string): readonly TemplateFinding[] => [
    { severity: 'error', file, line, column: 1, message, hint },
  ]
  if (!FENCE.test(lines[0] ?? '')) {
    return problem(1, 'the file does not begin with ---', 'begin with a line ---, the keys, and another line ---')
  }
  const end = lines.slice(1, MAX_HEAD_LINES).findIndex((line) => FENCE.test(line)) + 1
  if (end === 0) return problem(1, 'the head is never closed', 'put a line --- between the keys and the text')
  const read = readHead(file, lines.slice(1, end).join('\n'))
  return 'front' in read
    ? { front: read.front, body: lines.slice(end + 1).join('\n'), bodyLine: end + 2 }
    : read.findings
}

/** Lines of the head are one further down in the file, below the fence. */
function readHead(
  file: string,
  head: string,
): { readonly front: FrontMatter } | { readonly findings: readonly TemplateFinding[] } {
  const document = parseDocument(head, { prettyErrors: true, stringKeys: true })
  const findings: TemplateFinding[] = [...document.errors, ...document.warnings].map((error) => ({
    severity: 'error',
    file,
    line: (error.linePos?.[0].line ?? 1) + 1,
    column: error.linePos?.[0].col ?? 1,
    message: error.message.split(/ at line |\n/u)[0] ?? error.message,
    hint: 'put a value with a colon, a quote or a brace in it between quotes',
  }))
  if (findings.length > 0) return { findings }
  const read = plainOf(document)
  if (read === ALIASES) {
    const message = 'an alias (*name) stands in the head'
    return {
      findings: [{ severity: 'error', file, line: 2, column: 1, message, hint: 'put the value between quotes' }],
    }
  }
  const keys: Record<string, unknown> = typeof read === 'object' && read !== null ? { ...read } : {}
  const lines = linesOf(head)
  findings.push(
    ...Object.entries(keys).flatMap(([key, value]) => keyFindings({ file, key, value, line: lines[key] ?? 1 })),
  )
  for (const key of REQUIRED) {
    if (key in keys) continue
    const message = `${key} is missing from the head`
    findings.push({
      severity: 'error',
      file,
      line: 1,
      column: 1,
      message,
      hint: `add ${key}: ${WANTED[key]?.[1] ?? '...'}`,
    })
  }
  return findings.length > 0 ? { findings } : { front: frontOf(keys, lines) }
}

const ALIASES = Symbol('aliases')

/** Aliases are refused whole: ten lines of them can stand for a gigabyte. */
function plainOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    return ALIASES
  }
}

function keyFindings(one: { file: string; key: string; value: unknown; line: number }): readonly TemplateFinding[] {
  const { file, key, value, line } = one
  const at = { severity: 'error', file, line, column: 1 } as const
  if (!KEYS.includes(key)) return [{ ...at, message: `unknown key ${key}`, hint: didYouMean(key, KEYS) }]
  const [test, wanted] = WANTED[key] ?? [/\S/u, 'a line of text']
  if (typeof value === 'string' && test.test(value)) return []
  return [{ ...at, message: `${key} is ${JSON.stringify(value)}`, hint: `wanted is ${wanted}` }]
}

function linesOf(head: string): Record<string, number> {
  const lines: Record<string, number> = {}
  for (const [index, line] of head.split('\n').entries()) {
    const key = /^["']?(\w+)["']?[ \t]*:/u.exec(line)?.[1]
    if (key !== undefined) lines[key] = index + 2
  }
  return lines
}

function frontOf(keys: Record<string, unknown>, lines: Record<string, number>): FrontMatter {
  const text = (key: string): string => (typeof keys[key] === 'string' ? keys[key] : '')
  return {
    subject: text('subject'),
    preview: text('preview'),
    category: text('category'),
    class: text('class') === 'absence' ? 'absence' : 'service',
    reviewed: text('reviewed'),
    reviewEvery: text('review_every'),
    variant: 'variant' in keys ? text('variant') : undefined,
    lines,
  }
}
