import { innerOf, liquidTags, type Origin, type Shelf } from './liquid-tags.ts'
import { didYouMean } from './nearest.ts'
import { fileOf, positionAt, type TemplateFinding, type TemplateSource } from './template-source.ts'

/** Includes inside includes; a deeper chain is a circle. */
const MAX_INCLUDE_DEPTH = 8
/** Includes of one layout in all: bounds what circles that branch can grow to. */
const MAX_INCLUDES = 100
const INCLUDE = /<mj-include\s[^>]{0,500}?path\s*=\s*["']([^"']{1,200})["'][^>]{0,500}?(?:\/>|>\s*<\/mj-include>)/gu

/** Comments are for those who edit the layout; conditional ones are for Outlook and stay. */
const COMMENT = /<!--(?!\[if|<!\[|\s*<!\[)[\s\S]*?-->/gu

/** A run of text that came from one place. */
type Piece = { readonly text: string; readonly from: Origin }

/** What is put into a layout at load: text as it stands (already markup), by name. */
export type Slots = Readonly<Record<string, { readonly markup: string; readonly from: Origin | undefined }>>

export type FilledLayout = {
  readonly mjml: string
  /** Where line n+1 of `mjml` came from. */
  readonly origins: readonly Origin[]
  readonly findings: readonly TemplateFinding[]
}

/** Sources by path. */
export type Tree = ReadonlyMap<string, TemplateSource>

/** The layout and every file it includes, or findings for what is missing. Each file comes once. */
export function layoutFiles(tree: Tree, path: string): readonly TemplateSource[] {
  const seen = new Map<string, TemplateSource>()
  const visit = (one: string): void => {
    const source = tree.get(one)
    if (source === undefined || seen.has(one)) return
    seen.set(one, source)
    for (const found of source.text.matchAll(INCLUDE)) visit(resolved(one, found[1] ?? ''))
  }
  visit(path)
  return [...seen.values()]
}

/**
 * Resolves includes (MJML would leave a missing one out without a word), fills what is known at load and shelves every
 * other Liquid tag, so that MJML sees plain words.
 */
export function fillLayout(tree: Tree, path: string, given: { slots: Slots; shelf: Shelf }): FilledLayout {
  const findings: TemplateFinding[] = []
  const budget = { left: MAX_INCLUDES }
  const pieces = expanded({ tree, path, depth: 0, findings, budget }).flatMap((piece) => filled(piece, given))
  const mjml = pieces.map(({ text }) => text).join('')
  const origins = originsOf(pieces)
  const left = mjml.indexOf('<mj-include')
  if (left >= 0) {
    const { line, column } = positionAt(mjml, left)
    const message = 'the include names no file'
    const place = { ...(origins[line - 1] ?? { file: path, line: 1 }), column }
    findings.push({ severity: 'error', ...place, message, hint: 'write <mj-include path="parts/NAME.mjml" />' })
  }
  return { mjml, origins, findings }
}

type Expansion = {
  readonly tree: Tree
  readonly path: string
  readonly depth: number
  readonly findings: TemplateFinding[]
  readonly budget: { left: number }
}

function expanded(at: Expansion): readonly Piece[] {
  const source = at.tree.get(at.path)
  if (source === undefined) return []
  const file = fileOf(source)
  // blanks of the same length, so that every place keeps its line and column
  const layout = source.text.replace(COMMENT, (comment) => comment.replace(/[^\n]/gu, ' '))
  const pieces: Piece[] = []
  let done = 0
  const upTo = (end: number): void => {
    pieces.push({ text: layout.slice(done, end), from: { file, ...positionAt(layout, done) } })
  }
  for (const found of layout.matchAll(INCLUDE)) {
    upTo(found.index)
    done = found.index + found[0].length
    const path = resolved(at.path, found[1] ?? '')
    const problem = includeProblem(at, path)
    at.budget.left -= 1
    if (problem === undefined) pieces.push(...expanded({ ...at, path, depth: at.depth + 1 }))
    else at.findings.push({ severity: 'error', file, ...positionAt(layout, found.index), ...problem })
  }
  upTo(layout.length)
  return pieces
}

function includeProblem(at: Expansion, path: string): { message: string; hint: string } | undefined {
  if (at.depth >= MAX_INCLUDE_DEPTH || at.budget.left <= 0)
    return { message: `the include of ${path} goes in a circle`, hint: 'let no file include one that includes it' }
  if (at.tree.has(path)) return undefined
  const known = [...at.tree.keys()].filter((one) => one.endsWith('.mjml'))
  return { message: `the include ${path} does not exist`, hint: didYouMean(path, known) }
}

/** A path beside the file that names it; the tree's root is as far up as it goes. */
function resolved(from: string, path: string): string {
  return URL.parse(path, `file:///${from}`)?.pathname.slice(1) ?? path
}

function filled(piece: Piece, { slots, shelf }: { slots: Slots; shelf: Shelf }): readonly Piece[] {
  const pieces: Piece[] = []
  let done = 0
  const originAt = (offset: number): Origin => {
    const at = positionAt(piece.text, offset)
    const column = at.line === 1 ? piece.from.column + at.column - 1 : at.column
    return { file: piece.from.file, line: piece.from.line + at.line - 1, column }
  }
  for (const tag of liquidTags(piece.text)) {
    pieces.push({ text: piece.text.slice(done, tag.start), from: originAt(done) })
    done = tag.end
    const from = originAt(tag.start)
    const slot = tag.kind === 'output' ? slots[innerOf(tag)] : undefined
    if (slot === undefined) pieces.push({ text: shelf.put(tag, from), from })
    else pieces.push({ text: slot.markup, from: slot.from ?? from })
  }
  pieces.push({ text: piece.text.slice(done), from: originAt(done) })
  return pieces
}

function originsOf(pieces: readonly Piece[]): readonly Origin[] {
  const origins: Origin[] = []
  let lineBegins = true
  for (const { text, from } of pieces) {
    if (text === '') continue
    for (const index of text.split('\n').keys()) {
      if (index > 0 || lineBegins) {
        origins.push({ file: from.file, line: from.line + index, column: index === 0 ? from.column : 1 })
      }
    }
    lineBegins = text.endsWith('\n')
    // the empty rest after the last line feed belongs to whatever piece comes next
    if (lineBegins) origins.pop()
  }
  return origins
}
