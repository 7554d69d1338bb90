import * as z from 'zod'
import { didYouMean } from '../did-you-mean.ts'

/** A refusal of a value that says more than "wanted ...": what was wanted instead, or a hint. */
export class Refused {
  readonly wanted: string | undefined
  readonly hint: string | undefined
  readonly secret: true | undefined
  constructor(why: { wanted?: string; hint?: string; secret?: true }) {
    this.wanted = why.wanted
    this.hint = why.hint
    this.secret = why.secret
  }
}

/** What an issue of ours carries beside its message; the message completes "found X, wanted ...". */
export type IssueNote = {
  readonly hint?: string
  /** The message is a sentence of its own. */
  readonly whole?: true
  /** The value is a secret or lies beside one. */
  readonly secret?: true
}

export type ForEditors = { readonly pattern?: string; readonly examples?: readonly string[] }

/**
 * A text that `read` turns into what the program uses.
 * @param wanted completes "found X, wanted ..."
 * @param read the value; undefined or a Refused where the text is none
 */
export function text<T>(wanted: string, read: (text: string) => T | Refused | undefined, editors: ForEditors = {}) {
  return z
    .string({ error: () => wanted })
    .meta({ ...editors })
    .transform((value, context): T => {
      const result = read(value)
      const refused = result instanceof Refused ? result : result === undefined ? new Refused({}) : undefined
      if (refused === undefined) return result as T
      const { hint, secret } = refused
      const params: IssueNote = { ...(hint === undefined ? {} : { hint }), ...(secret === true ? { secret } : {}) }
      context.addIssue({ code: 'custom', message: refused.wanted ?? wanted, params })
      return z.NEVER
    })
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: (issue) => wantedWord(words, issue.input) })
}

export const onOff = choice(['on', 'off'])

/** "on or off", "a, b or c". */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** Other words for on and off, of YAML 1.1 and of people. */
const YES: ReadonlySet<unknown> = new Set([true, 'yes', 'On', 'ON', 'true'])
const NO: ReadonlySet<unknown> = new Set([false, 'no', 'Off', 'OFF', 'false'])

function wantedWord(words: readonly string[], found: unknown): string {
  const near = typeof found === 'string' ? didYouMean(found, words) : undefined
  const typed = YES.has(found) ? 'on' : NO.has(found) ? 'off' : undefined
  const meant = near ?? (typed !== undefined && words.includes(typed) ? typed : undefined)
  return `${either(words)}${meant === undefined ? '' : `; did you mean ${meant}?`}`
}

const LONGEST_LINE = 200

/** A line that people read: 1 to 200 characters, no control characters. */
export function line(what: string, longest = LONGEST_LINE) {
  const wanted = `${what} of 1 to ${longest} characters on one line`
  return text(wanted, (value) =>
    value.trim() === '' || value.length > longest || /\p{Cc}/u.test(value) ? undefined : value.trim(),
  )
}

/** A name that other keys refer to. */
export const NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'
const NAME = new RegExp(NAME_PATTERN, 'u')
export const NAME_WANTED = 'a name of letters, digits, - and _ (at most 64)'

export const name = text(NAME_WANTED, (value) => (NAME.test(value) ? value : undefined), { pattern: NAME_PATTERN })

/** A mapping from names that the admin chooses. */
export function named<Value extends z.ZodType>(value: Value) {
  return z.record(z.string().regex(NAME, { error: () => NAME_WANTED }), value)
}

/** A whole number within bounds. */
export function count(bounds: { least: number; most: number }) {
  const wanted = `a whole number from ${bounds.least} to ${bounds.most}`
  return z
    .int({ error: () => wanted })
    .min(bounds.least, { error: () => wanted })
    .max(bounds.most, { error: () => wanted })
}

/** A list with at least one entry. */
export function atLeastOne<Entry extends z.ZodType>(entry: Entry) {
  return z
    .array(entry)
    .min(1, { error: () => 'at least one entry' })
    .transform((list) => list as [z.output<Entry>, ...z.output<Entry>[]])
}
