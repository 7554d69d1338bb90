import MarkdownIt, { type StateBlock, type StateCore, type Token } from 'markdown-it'
import type { Shelf } from './liquid-tags.ts'
import { wordOf } from './liquid-tags.ts'

export type MarkdownTokens = readonly Token[]

/** East Asian scripts are written without blanks: a line break in the source is none in the text. */
const NO_BLANKS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u{3000}-\u{303F}\u{FF01}-\u{FF60}]/u

/** True where joining two lines needs a blank between them. */
export function wantsBlank(before: string, after: string): boolean {
  const [last = ''] = before.slice(-1)
  const [first = ''] = after.slice(0, 1)
  return !(NO_BLANKS.test(last) && NO_BLANKS.test(first))
}

/**
 * Markdown with shelved Liquid tags -> tokens. A line of nothing but `{% %}` stands for itself and makes no paragraph;
 * a loop around a list goes inside it, so that it is one list; a link alone in its paragraph is a button.
 */
export function parseMarkdown(source: string, shelf: Shelf): MarkdownTokens {
  return parserFor(shelf).parse(source, {})
}

export function renderMarkdown(tokens: MarkdownTokens, shelf: Shelf): string {
  const parser = parserFor(shelf)
  return parser.renderer.render([...tokens], parser.options, {})
}

function parserFor(shelf: Shelf) {
  const parser = new MarkdownIt({ html: false, linkify: false, typographer: false, xhtmlOut: true })
  const block = (state: StateBlock, line: number, _end: number, silent: boolean): boolean =>
    liquidLine({ state, line, silent, shelf })
  parser.block.ruler.before('table', 'liquid_line', block, { alt: ['paragraph', 'reference', 'blockquote', 'list'] })
  parser.core.ruler.push('loops_into_lists', (state: StateCore) => {
    state.tokens = loopsIntoLists(state.tokens, shelf)
  })
  parser.core.ruler.push('buttons', (state: StateCore) => markButtons(state.tokens))
  parser.renderer.rules.liquid_line = (tokens, index) => `${tokens[index]?.content ?? ''}\n`
  parser.renderer.rules.paragraph_open = (tokens, index) => openParagraph(tokens[index])
  parser.renderer.rules.paragraph_close = (tokens, index) => closeParagraph(tokens[index])
  parser.renderer.rules.softbreak = (tokens, index) =>
    wantsBlank(tokens[index - 1]?.content ?? '', tokens[index + 1]?.content ?? '') ? '\n' : ''
  return parser
}

type LineRule = { readonly state: StateBlock; readonly line: number; readonly silent: boolean; readonly shelf: Shelf }

function liquidLine({ state, line, silent, shelf }: LineRule): boolean {
  const text = state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]).trim()
  const words = text.match(shelf.words()) ?? []
  if (words.length === 0 || text.replace(shelf.words(), '').trim() !== '') return false
  if (words.some((word) => shelf.get(word)?.kind !== 'tag')) return false
  if (silent) return true
  const token = state.push('liquid_line', '', 0)
  token.content = words.join('')
  token.map = [line, line + 1]
  state.line = line + 1
  return true
}

function loopsIntoLists(tokens: readonly Token[], shelf: Shelf): Token[] {
  const moved = [...tokens]
  const wordAt = (index: number): string => {
    const token = moved[index]
    const tag = token?.type === 'liquid_line' ? shelf.get(token.content) : undefined
    return tag === undefined ? '' : wordOf(tag)
  }
  for (let index = 0; index + 1 < moved.length; index += 1) {
    const list = moved[index + 1]
    if (wordAt(index) !== 'for' || list === undefined || !/^(?:bullet|ordered)_list_open$/u.test(list.type)) continue
    const closing = list.type.replace('_open', '_close')
    const end = moved.findIndex((token, at) => at > index && token.type === closing && token.level === list.level)
    const [loop, close, last] = [moved[index], moved[end], moved[end + 1]]
    if (wordAt(end + 1) !== 'endfor' || loop === undefined || close === undefined || last === undefined) continue
    moved.splice(index, 2, list, loop)
    moved.splice(end, 2, last, close)
  }
  return moved
}

function markButtons(tokens: readonly Token[]): void {
  for (const [index, token] of tokens.entries()) {
    const inline = tokens[index + 1]
    const close = tokens[index + 2]
    if (token.type !== 'paragraph_open' || token.level !== 0 || inline?.type !== 'inline' || close === undefined)
      continue
    const children = inline.children ?? []
    const links = children.filter((child) => child.type === 'link_open').length
    if (links !== 1 || children[0]?.type !== 'link_open' || children.at(-1)?.type !== 'link_close') continue
    for (const part of [token, inline, close]) part.meta = { button: true }
  }
}

export function isButton(token: Token | undefined): boolean {
  return (token?.meta as { button?: boolean } | null | undefined)?.button === true
}

/** A table, because Outlook gives an inline element no padding; the layout's styles say how it looks. */
function openParagraph(token: Token | undefined): string {
  if (token?.hidden === true) return ''
  if (!isButton(token)) return '<p>'
  return '<table role="presentation" class="button" border="0" cellpadding="0" cellspacing="0"><tr><td>'
}

function closeParagraph(token: Token | undefined): string {
  if (token?.hidden === true) return ''
  return isButton(token) ? '</td></tr></table>\n' : '</p>\n'
}
