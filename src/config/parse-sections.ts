import type * as z from 'zod'
import { explainIssue, unknownKey } from './explain-issue.ts'
import { knownKeys } from './json-schema.ts'
import type { ConfigProblem } from './problem.ts'
import { mailbox, type ParsedMailbox } from './schema/mailboxes.ts'
import { type Parsed, SECTIONS } from './schema/replyd.ts'
import type { ConfigDocument } from './yaml/document.ts'

/**
 * What could be read of a file, so that one slip hides no other problem: sections that are wrong are absent; of `send`,
 * `receive` and each mailbox only the keys that are wrong. `at` is a mailbox's position in the list.
 */
export type Readable = {
  readonly sections: Partial<Parsed>
  readonly mailboxes: readonly { readonly at: number; readonly parsed: ParsedMailbox }[]
}

const SALVAGED = ['send', 'receive']

/** Reads each section by itself. */
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
  return { readable: { sections, mailboxes: mailboxesOf(config.value.mailboxes) }, problems }
}

/** The mailboxes as far as they are right, even where another is not. */
function mailboxesOf(list: unknown): Readable['mailboxes'] {
  if (!Array.isArray(list)) return []
  return list.flatMap((one: unknown, at) => {
    const parsed = salvaged(mailbox, one)
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
