import { type Document, isScalar, isSeq, LineCounter, parseDocument, type YAMLParseError } from 'yaml'
import type { ConfigProblem } from '../problem.ts'
import { isUnclosed, plainWords } from './plain-words.ts'
import { survey } from './survey.ts'

/** A path into the document: keys and list positions. */
export type Path = readonly PropertyKey[]

/** A YAML text whose form is right: one mapping, with the way back from a value to its place. */
export type ConfigDocument = {
  readonly file: string
  readonly text: string
  readonly document: Document.Parsed
  readonly lines: LineCounter
  /** The whole mapping as plain values. */
  readonly value: Readonly<Record<string, unknown>>
}

/** Aliases are expanded at most so often; beyond that it is a bomb, not a configuration. */
const MAX_ALIASES = 100

/**
 * Reads YAML 1.2 strictly.
 * @returns `document` unless the text has no usable mapping; `problems` holds everything wrong with its form
 */
export function readYaml(
  file: string,
  text: string,
): { document: ConfigDocument | undefined; problems: readonly ConfigProblem[] } {
  const lines = new LineCounter()
  const parsed = parseText(text, lines)
  if (parsed === undefined) return failed(file, 'nested too deep to be read')
  const at = (offset: number) => place(file, lines, offset)
  const form = survey(parsed, text)
  const problems: readonly ConfigProblem[] = [
    ...firstOfEachLine(parsed.errors, lines)
      .filter((error) => !(form.isCut && isUnclosed(error)))
      .map((error) => ({ ...at(error.pos[0]), ...plainWords(error) })),
    ...form.problems.map(({ offset, ...rest }) => ({ ...at(offset), ...rest })),
  ]
  if (!form.isMapping) return { document: undefined, problems: problems.length > 0 ? problems : empty(file, parsed) }
  // What a broken text seems to mean would only give rise to more, misleading messages.
  if (parsed.errors.length > 0 || form.isUnreadable) return { document: undefined, problems }
  try {
    const value: unknown = parsed.toJS({ maxAliasCount: MAX_ALIASES })
    return {
      document: { file, text, document: parsed, lines, value: value as Record<string, unknown> },
      problems,
    }
  } catch {
    return failed(file, `aliases (*name) that stand for more than ${MAX_ALIASES} values`, 'write the values out')
  }
}

function parseText(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error', version: '1.2' })
  } catch (error) {
    if (error instanceof RangeError) return undefined // the parser's own recursion ran out of stack
    throw error
  }
}

/** One slip makes several errors; the first of a line is the one that helps. */
function firstOfEachLine(errors: readonly YAMLParseError[], lines: LineCounter): readonly YAMLParseError[] {
  const seen = new Set<number>()
  return errors.filter((error) => {
    const { line } = lines.linePos(error.pos[0])
    const isFirst = !seen.has(line)
    seen.add(line)
    return isFirst
  })
}

function failed(file: string, message: string, hint?: string) {
  const problem = { file, line: 0, column: 0, message, ...(hint === undefined ? {} : { hint }) }
  return { document: undefined, problems: [problem] }
}

const WANTED = 'begin with `organization:`, or copy config/replyd.yaml'

function empty(file: string, parsed: Document.Parsed): readonly ConfigProblem[] {
  const { contents } = parsed
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return [{ file, line: 0, column: 0, message: 'the file holds no settings', hint: WANTED }]
  }
  const found = isSeq(contents) ? 'a list' : 'a text'
  return [{ file, line: 1, column: 1, message: `found ${found}, wanted keys with values`, hint: WANTED }]
}

export function place(file: string, lines: LineCounter, offset: number): Omit<ConfigProblem, 'message'> {
  const { line, col } = lines.linePos(offset)
  return { file, line, column: col }
}
