import type * as z from 'zod'
import { explainIssue, unknownKey } from './explain-issue.ts'
import { knownKeys } from './json-schema.ts'
import type { ConfigProblem } from './problem.ts'
import { mailbox, type ParsedMailbox } from './schema/mailboxes.ts'
import { agent } from './schema/people.ts'
import { type Parsed, SECTIONS } from './schema/replyd.ts'
import { rule } from './schema/rules.ts'
import type { ConfigDocument } from './yaml/document.ts'

/**
 * What could be read of a file, so that one slip hides no other problem: sections that are wrong are absent; of `send`,
 * `receive`, `routes`, `schedules` and each mailbox, agent and rule only the keys that are wrong.
 */
export type Readable = {
  readonly sections: Partial<Parsed>
  readonly mailboxes: readonly Entry<Omit<ParsedMailbox, 'name'>>[]
  readonly agents: readonly Entry<Parsed['agents'][number]>[]
  readonly rules: readonly Entry<Parsed['rules'][number]>[]
}

/** An entry of a list, and its position there. */
export type Entry<Value> = { readonly at: number; readonly parsed: Value }

const SALVAGED = ['send', 'receive', 'routes', 'schedules']

/** Reads each section by itself. Nothing is wrong exactly where `problems` is empty; then `sections` is whole. */
export function parseSections(config: ConfigDocument): { readable: Readable; problems: readonly ConfigProblem[] } {
  const keys = Object.keys(SECTIONS)
  const problems = Object.keys(config.value)
    .filter((key) => !keys.includes(key))
    .map((key) => unknownKey(config, [key], keys))
  const sections: Record<string, unknown> = {}
  for (const [key, schema] of Object.entries<z.ZodType>(SECTIONS)) {
    const value = config.value[key]
    const result = schema.safeParse(value)
    for (const issue of result.error?.issues ?? []) {
      problems.push(...explainIssue({ ...issue, path: [key, ...issue.path] }, config, knownKeys))
    }
    const usable = SALVAGED.includes(key) ? salvaged(schema, value) : result.data
    if (usable !== undefined) sections[key] = usable
  }
  const { mailboxes, agents, rules } = config.value
  const readable: Readable = {
    sections,
    // a mailbox whose name alone is wrong still has an address that others may repeat
    mailboxes: entriesOf(mailbox.partial({ name: true }), mailboxes),
    agents: entriesOf(agent, agents),
    rules: entriesOf(rule, rules),
  }
  return { readable, problems }
}

/** The entries of a list as far as they are right, even where another is not. */
function entriesOf<Schema extends z.ZodType>(schema: Schema, list: unknown): readonly Entry<z.output<Schema>>[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((one: unknown, at) => {
    const parsed = salvaged(schema, one)
    return parsed === undefined ? [] : [{ at, parsed }]
  })
}

/** The mapping without its keys that are wrong; undefined where the rest makes no sense either. */
function salvaged<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> | undefined {
  const result = schema.safeParse(value)
  if (result.success || typeof value !== 'object' || value === null) return result.data
  const wrong = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [String(issue.path[0])],
  )
  const rest = Object.entries(value).filter(([key]) => !wrong.includes(key))
  return schema.safeParse(Object.fromEntries(rest)).data
}
