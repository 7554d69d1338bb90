import * as z from 'zod'
import type { Rule, TextTest } from '../config.ts'
import { DEFAULTS } from '../defaults.ts'
import { atLeastOne, choice, type IssueNote, name, Refused, text } from './leaf.ts'
import { beyondLinear } from './pattern.ts'
import { address, addressGlob } from './places.ts'

const MAX_TEST_LENGTH = 500
const PATTERN = /^\/(.+)\/(i?)$/u

/** `refund`, or `/refund(s|ed)?/i`. */
const textTest = text<TextTest>(
  'a word, a phrase or a /pattern/',
  (value) => {
    if (value.trim() === '' || value.length > MAX_TEST_LENGTH) return undefined
    const found = PATTERN.exec(value)
    if (found === null) return { kind: 'phrase', phrase: value.trim() }
    const wrong = beyondLinear(found[1] ?? '')
    return wrong === undefined
      ? { kind: 'pattern', pattern: found[1] ?? '', ignoreCase: found[2] === 'i' }
      : new Refused({ wanted: `a /pattern/ ${wrong}` })
  },
  { examples: ['refund', '/invoice no\\. [0-9]+/i'] },
)

const NOTHING: IssueNote = { whole: true, hint: 'name at least one of text, subject, from and mailboxes' }

const when = z
  .strictObject({
    text: atLeastOne(textTest).optional().describe('Any of these in subject or text.'),
    subject: atLeastOne(textTest).optional().describe('Any of these in the subject.'),
    from: atLeastOne(addressGlob).optional().describe('The sender is one of these; * stands for anything.'),
    mailboxes: atLeastOne(address).optional().describe('It was written to one of these mailboxes.'),
  })
  .superRefine((value, context) => {
    if (Object.values(value).every((test) => test === undefined)) {
      context.addIssue({
        code: 'custom',
        message: 'a rule without a condition would fit every message',
        params: NOTHING,
      })
    }
  })

const { automate, priority } = DEFAULTS.rules

// oxlint-disable-next-line unicorn/no-thenable -- the file's own word; a rule as parsed is data and never awaited
const THEN = 'then'

export const rule = z.strictObject({
  name: name.describe('A name, shown wherever the rule decided something.'),
  when: when.describe('What must hold: every key given, and of each key any entry.'),
  [THEN]: z
    .strictObject({
      automate: choice(['yes', 'acknowledgement', 'no'])
        .prefault(automate)
        .describe('acknowledgement: only the plain one, no suggestions; no: silence.'),
      notice: choice(['information-request'])
        .optional()
        .describe('Which notice takes the place of the acknowledgement.'),
      priority: choice(['low', 'normal', 'high', 'urgent']).prefault(priority).describe('Shown to the team.'),
      route: name.optional().describe('Also handed on there: a name of `routes`.'),
      ticket: choice(['yes', 'no']).optional().describe('yes opens a ticket even for automatic mail.'),
    })
    .describe('What then happens.'),
})

export const rules = z.array(rule)

export function ruleOf(parsed: z.output<typeof rule>): Rule {
  const { text: words, subject, from, mailboxes } = parsed.when
  const effects = parsed[THEN]
  return {
    name: parsed.name,
    when: { text: words ?? [], subject: subject ?? [], from: from ?? [], mailboxes: mailboxes ?? [] },
    effects: { ...effects, notice: effects.notice, route: effects.route, ticket: effects.ticket },
  }
}
