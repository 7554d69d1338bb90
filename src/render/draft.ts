import type { NoticeKind } from '../mail/notice.ts'
import type { Brand } from './brand.ts'
import { type FrontMatter, splitFrontMatter } from './front-matter.ts'
import { fillLayout, layoutFiles, type Slots, type Tree } from './layout.ts'
import { liquidTags, type Origin, openShelf, type Shelf } from './liquid-tags.ts'
import { type Direction, directionOf } from './locale.ts'
import { parseMarkdown, renderMarkdown } from './markdown.ts'
import type { Place } from './place.ts'
import { plainTextOf } from './plain-text.ts'
import { fileOf, positionAt, type TemplateFinding, type TemplateSource } from './template-source.ts'

/** A notice on its way to MJML. */
export type Draft = {
  readonly kind: NoticeKind
  readonly locale: string
  readonly dir: Direction
  readonly source: TemplateSource
  readonly front: FrontMatter
  readonly body: string
  readonly bodyLine: number
  /** The text part as Liquid. */
  readonly text: string
  /** Layout and text joined; Liquid tags on the shelf. */
  readonly mjml: string
  readonly origins: readonly Origin[]
  readonly shelf: Shelf
}

/** Fills the rest of the line in a list of mails, which would else go on with the letter's first words. */
const PREVIEW_END = '&#847;&zwnj;&nbsp;'.repeat(60)

export type Drafting = { readonly tree: Tree; readonly layoutPath: string; readonly brand: Brand }
export type Drafted = { readonly draft: Draft | undefined; readonly findings: readonly TemplateFinding[] }

/** Head, Markdown and layout of one notice, joined. */
export function draftNotice(source: TemplateSource, place: Place, given: Drafting): Drafted {
  const file = fileOf(source)
  const split = splitFrontMatter(file, source.text)
  if (!('front' in split)) return { draft: undefined, findings: split }
  const { front, body, bodyLine } = split
  const files = layoutFiles(given.tree, given.layoutPath)
  const shelf = openShelf([source.text, ...files.map(({ text }) => text)])
  const tokens = parseMarkdown(shelved(body, { shelf, file, line: bodyLine }), shelf)
  const preview = shelved(front.preview === '' ? '' : front.preview + PREVIEW_END, {
    shelf,
    file,
    line: front.lines.preview ?? 1,
  })
  const dir = directionOf(place.locale)
  const slots = slotsOf(
    { locale: place.locale, dir, brand: given.brand },
    {
      content: { markup: renderMarkdown(tokens, shelf), from: { file, line: bodyLine, column: 1 } },
      preview: { markup: preview, from: { file, line: front.lines.preview ?? 1, column: 1 } },
    },
  )
  const { mjml, origins, findings } = fillLayout(given.tree, given.layoutPath, { slots, shelf })
  const text = shelf.restore(plainTextOf(tokens))
  return { draft: { ...place, dir, source, front, body, bodyLine, text, mjml, origins, shelf }, findings }
}

function shelved(text: string, at: { shelf: Shelf; file: string; line: number }): string {
  let out = ''
  let done = 0
  for (const tag of liquidTags(text)) {
    const position = positionAt(text, tag.start)
    const origin = { file: at.file, line: at.line + position.line - 1, column: position.column }
    out += text.slice(done, tag.start) + at.shelf.put(tag, origin)
    done = tag.end
  }
  return out + text.slice(done)
}

/** Values that are known at load; they may stand where MJML wants a value of a certain form. */
function slotsOf(known: { locale: string; dir: Direction; brand: Brand }, placed: Slots): Slots {
  const values: Readonly<Record<string, string>> = {
    locale: known.locale,
    dir: known.dir,
    start: known.dir === 'rtl' ? 'right' : 'left',
    end: known.dir === 'rtl' ? 'left' : 'right',
    'brand.name': known.brand.name,
    'brand.accent': known.brand.accent,
    'brand.accent_dark': known.brand.accentDark,
  }
  const entries = Object.entries(values).map(
    ([name, value]) => [name, { markup: escaped(value), from: undefined }] as const,
  )
  return { ...Object.fromEntries(entries), ...placed }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
