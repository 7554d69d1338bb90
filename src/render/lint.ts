import type { Draft } from './draft.ts'
import { FILTER_NAMES, LiquidFailure, type LiquidText, parseLiquid, TAG_NAMES } from './liquid.ts'
import { innerOf, type Origin } from './liquid-tags.ts'
import { didYouMean, nearest } from './nearest.ts'
import { fileOf, type TemplateFinding } from './template-source.ts'
import { GLOBAL_NAMES, RESOURCE_MEMBERS, sampleScope, VARIABLES } from './variables.ts'

/** Turns a place inside a Liquid text into one in a file. */
type Locate = (at: { line: number; column: number }) => Origin

/**
 * Everything that can be known of a notice's own words before MJML sees them: Liquid that cannot be parsed, unknown
 * variables in any branch, and what two trial fillings (all variables; only those that are always there) run into.
 */
export function wordFindings(draft: Draft): readonly TemplateFinding[] {
  const file = fileOf(draft.source)
  const inBody: Locate = ({ line, column }) => ({ file, line: line + draft.bodyLine - 1, column })
  const inHead =
    (key: string): Locate =>
    () => ({ file, line: draft.front.lines[key] ?? 1, column: 1 })
  return [
    ...liquidFindings(draft.front.subject, draft, inHead('subject')),
    ...liquidFindings(draft.front.preview, draft, inHead('preview')),
    ...liquidFindings(draft.body, draft, inBody),
  ]
}

function liquidFindings(source: string, draft: Draft, locate: Locate): readonly TemplateFinding[] {
  try {
    const liquid = parseLiquid(source, 'text')
    const unknown = unknownVariables(liquid, locate)
    return unknown.length > 0 ? unknown : trialFindings(liquid, draft, locate)
  } catch (error) {
    return [failureFinding(error, locate)]
  }
}

/** The same for the finished document, where what the layout asks for joins in; places are found by the tag's text. */
export function documentFindings(html: string, draft: Draft): readonly TemplateFinding[] {
  const lines = html.split('\n')
  const locate: Locate = ({ line, column }) => {
    const text = (lines[line - 1] ?? '').slice(0, column)
    const from = Math.max(text.lastIndexOf('{{'), text.lastIndexOf('{%'))
    const rest = (lines[line - 1] ?? '').slice(Math.max(0, from))
    const shelved = [...draft.shelf.all.values()].find((one) => rest.startsWith(one.text.split('\n')[0] ?? one.text))
    return shelved?.origin ?? { file: fileOf(draft.source), line: 1, column: 1 }
  }
  return liquidFindings(html, draft, locate)
}

function unknownVariables(liquid: LiquidText, locate: Locate): readonly TemplateFinding[] {
  return liquid.variables().flatMap(({ path, line, column }) => {
    const known =
      GLOBAL_NAMES.includes(path.replace(/\.size$/u, '')) || /^resources\.(?:first|last|\*|\d+)\b/u.test(path)
    if (known) return []
    const hint = didYouMean(path, GLOBAL_NAMES)
    return [{ severity: 'error' as const, ...locate({ line, column }), message: `unknown variable ${path}`, hint }]
  })
}

function trialFindings(liquid: LiquidText, draft: Draft, locate: Locate): readonly TemplateFinding[] {
  for (const presence of ['all', 'bare'] as const) {
    try {
      liquid.render(sampleScope(presence, draft))
    } catch (error) {
      return [failureFinding(error, locate)]
    }
  }
  return []
}

function failureFinding(error: unknown, locate: Locate): TemplateFinding {
  if (!(error instanceof LiquidFailure)) throw error
  const hint = hintFor(error.message)
  return { severity: 'error', ...locate(error), message: error.message, ...(hint === undefined ? {} : { hint }) }
}

function hintFor(message: string): string | undefined {
  const filter = /^undefined filter: (\S+)$/u.exec(message)?.[1]
  if (filter !== undefined) return didYouMean(filter, FILTER_NAMES)
  const tag = /^tag "(\w+)" not found$/u.exec(message)?.[1]
  if (tag !== undefined) return didYouMean(tag, TAG_NAMES)
  const variable = /^undefined variable: (\S+)$/u.exec(message)?.[1]
  if (variable === undefined) return undefined
  if (VARIABLES.some(({ name, presence }) => name === variable && presence === 'optional')) {
    return `it may be absent; put it between {% if ${variable} %} and {% endif %}, or give it a default`
  }
  const member = nearest(variable.split('.').at(-1) ?? '', RESOURCE_MEMBERS)
  return member === undefined ? didYouMean(variable, GLOBAL_NAMES) : `did you mean ${member}?`
}

/** MJML leaves text between its elements out without a word, and a tag with it. */
export function lostTags(html: string, draft: Draft): readonly TemplateFinding[] {
  const present = new Set(html.match(draft.shelf.words()) ?? [])
  return [...draft.shelf.all].flatMap(([word, tag]) => {
    if (present.has(word) || /^(?:comment|endcomment|#)/u.test(innerOf(tag))) return []
    const message = `${tag.text} does not reach the letter`
    const hint = 'between MJML elements it has to stand in <mj-raw>...</mj-raw>'
    return [{ severity: 'error' as const, ...tag.origin, message, hint }]
  })
}
