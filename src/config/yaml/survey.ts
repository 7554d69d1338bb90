import { type Document, isAlias, isMap, isNode, isPair, isScalar, type Node, Scalar, visit } from 'yaml'

export type FormProblem = {
  readonly offset: number
  readonly message: string
  readonly hint?: string
  readonly secret?: true
}

/** Deepest nesting of a configuration; every key of ours lies within seven levels. */
const MAX_DEPTH = 30
/** A value such as `# note` after two blanks is a comment that somebody meant; `#1` after one is not. */
const CUT_VALUE = /^[ \t]+#(?=[^\s#])/u

/** What is wrong with the form of a document that YAML itself allows: it would lose or invent something silently. */
export function survey(
  document: Document.Parsed,
  text: string,
): { problems: readonly FormProblem[]; isMapping: boolean; isUnreadable: boolean; isCut: boolean } {
  const problems: FormProblem[] = []
  const cuts: FormProblem[] = []
  let isUnreadable = false
  const version = document.directives.yaml
  if (version.explicit === true && version.version !== '1.2') {
    problems.push({ offset: 0, message: `%YAML ${version.version} is not read`, hint: 'leave the %YAML line out' })
  }
  visit(document, (key, node, ancestors) => {
    if (ancestors.length > MAX_DEPTH * 2) {
      problems.push({ offset: offsetOf(node), message: `nested deeper than ${MAX_DEPTH} levels` })
      isUnreadable = true
      return visit.BREAK
    }
    if (isPair(node) && !isName(node.key)) {
      problems.push({ offset: offsetOf(node.key), message: 'a key must be a plain word', hint: keyHint(node.key) })
      isUnreadable = true
      return visit.SKIP
    }
    if (isAlias(node) && node.resolve(document) === undefined) {
      problems.push({ offset: offsetOf(node), ...unknownAlias(node.source) })
      isUnreadable = true
    }
    if (isNode(node) && !isAlias(node)) problems.push(...tagged(node))
    if (isScalar(node) && key !== 'key') cuts.push(...cutValue(node, text))
    return undefined
  })
  return { problems: [...problems, ...cuts], isMapping: isMap(document.contents), isUnreadable, isCut: cuts.length > 0 }
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : isPair(node) ? offsetOf(node.key) : 0
}

function isName(key: unknown): boolean {
  return isScalar(key) && key.value !== null && key.value !== '__proto__'
}

function keyHint(key: unknown): string {
  if (isScalar(key)) return 'choose another name'
  return isMap(key)
    ? 'a value that begins with { is a mapping: write placeholders in quotes'
    : 'write it without brackets'
}

function unknownAlias(name: string): { message: string; hint: string } {
  return {
    message: `*${name} refers to an anchor &${name} that does not stand above it`,
    hint: `for the text itself, write it in quotes: "*${name}"`,
  }
}

/** Tags turn values into other types (`!!binary`); no key of ours wants that. */
function tagged(node: Node): readonly FormProblem[] {
  if (node.tag === undefined) return []
  const short = node.tag.replace('tag:yaml.org,2002:', '!!')
  return [{ offset: offsetOf(node), message: `the tag ${short} is not used here`, hint: 'leave it out' }]
}

/** `name: Acme #1 Support` is "Acme" to YAML: whoever wrote it meant something else. */
function cutValue(node: Scalar, text: string): readonly FormProblem[] {
  const end = node.range?.[1]
  if (node.type !== Scalar.PLAIN || end === undefined || node.source === '') return []
  const rest = text.slice(end, text.indexOf('\n', end) < 0 ? undefined : text.indexOf('\n', end)).trimEnd()
  const found = CUT_VALUE.exec(rest)
  if (found === null) return []
  return [
    {
      offset: end + found[0].length - 1,
      message: 'the value is cut short: it ends before this #, which begins a comment',
      hint: 'put the whole value in quotes, or a blank after # if it is a comment',
    },
  ]
}
