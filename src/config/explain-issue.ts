import type * as z from 'zod'
import { didYouMean } from './did-you-mean.ts'
import type { ConfigProblem } from './problem.ts'
import type { IssueNote } from './schema/leaf.ts'
import type { ConfigDocument, Path } from './yaml/document.ts'
import { isWritten, placeOfKey, placeOfValue, valueAt } from './yaml/locate.ts'

type Issue = z.core.$ZodIssue
type KnownKeys = (path: Path) => readonly string[]

/**
 * An issue of the schema in the words and at the place of the file.
 * @param known the keys that the schema knows at a path
 */
export function explainIssue(issue: Issue, config: ConfigDocument, known: KnownKeys): readonly ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(config, [...issue.path, key], known(issue.path)))
  }
  if (issue.code === 'invalid_key') {
    const wanted = issue.issues[0]?.message ?? 'another name'
    const message = `${dotted(issue.path.slice(0, -1))}: found the name ${shown(issue.path.at(-1))}, wanted ${wanted}`
    return [{ ...placeOfKey(config, issue.path), message }]
  }
  if (!isWritten(config, issue.path)) return isMisspelt(issue.path, config, known) ? [] : [missing(issue, config)]
  const note: IssueNote = issue.code === 'custom' ? (issue.params ?? {}) : {}
  const found = valueAt(config, issue.path)
  const wanted = wantedOf(issue, found)
  const message =
    note.whole === true
      ? `${dotted(issue.path)}: ${issue.message}`
      : `${dotted(issue.path)}: ${note.secret === true ? '' : `found ${shown(found)}, `}wanted ${wanted}`
  const hint = note.hint ?? hintFor(found, wanted)
  return [
    {
      ...(note.whole === true && note.secret !== true ? placeOfKey : placeOfValue)(config, issue.path),
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(note.secret === true ? { secret: true } : {}),
    },
  ]
}

export function unknownKey(config: ConfigDocument, path: Path, known: readonly string[]): ConfigProblem {
  const key = String(path.at(-1))
  const near = didYouMean(key, known)
  const where = path.length > 1 ? ` in ${dotted(path.slice(0, -1))}` : ''
  const hint =
    key === '<<'
      ? 'merge keys belong to YAML 1.1; write the keys out'
      : near === undefined
        ? `known${where === '' ? '' : ' there'}: ${known.join(', ')}`
        : `did you mean "${near}"?`
  return { ...placeOfKey(config, path), message: `unknown key ${shown(key)}`, hint }
}

/** Stands there with a slip, which is reported as an unknown key. */
export function isMisspelt(path: Path, config: Pick<ConfigDocument, 'value'>, known: KnownKeys): boolean {
  const parent = path.slice(0, -1)
  const keys = known(parent)
  const around = valueAt(config, parent)
  if (typeof around !== 'object' || around === null) return false
  return Object.keys(around).some((key) => !keys.includes(key) && didYouMean(key, keys) === path.at(-1))
}

function missing(issue: Issue, config: ConfigDocument): ConfigProblem {
  const parent = issue.path.slice(0, -1)
  const where = parent.length > 0 ? `${dotted(parent)}: ` : ''
  const wanted = wantedOf(issue, undefined)
  return {
    ...placeOfValue(config, parent),
    message: `${where}the key "${String(issue.path.at(-1))}" is missing`,
    hint: `wanted ${wanted}`,
  }
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping of keys and values',
  record: 'a mapping of names and values',
  array: 'a list',
  tuple: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
}

function wantedOf(issue: Issue, found: unknown): string {
  if (issue.code !== 'invalid_type') return issue.message
  const kind = KINDS[issue.expected]
  if (kind === undefined || !issue.message.startsWith('Invalid input')) return issue.message
  return kind === 'a list' && typeof found === 'string' ? `a list: [${JSON.stringify(found)}]` : kind
}

/** A number or yes/no where a text was wanted is most often a text without its quotes. */
function hintFor(found: unknown, wanted: string): string | undefined {
  if (found === null) return 'fill it in, or leave the key out'
  if (typeof found === 'number' && /characters|\btext\b|name/u.test(wanted)) return `in quotes it is a text: "${found}"`
  return undefined
}

const SHOWN_LENGTH = 60

/** A value as it may stand in a message: short and on one line. */
export function shown(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'nothing'
  return JSON.stringify(value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}...` : value)
}

/** `mailboxes[0].hand_on`. */
export function dotted(path: Path): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  )
}
