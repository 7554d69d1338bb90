import type { Token } from 'markdown-it'
import { isButton, type MarkdownTokens, wantsBlank } from './markdown.ts'

/** Deeper nesting than this is no letter. */
const MAX_DEPTH = 20

type List = { readonly marker: 'bullet' | 'ordered'; next: number }

/**
 * Markdown tokens as the text part: what the author wrote, without the signs that only a machine needs. Links are
 * `text: address`, items begin with `- ` or their number, quotations with `> `. Shelved Liquid tags stay in place.
 */
export function plainTextOf(tokens: MarkdownTokens): string {
  const lists: List[] = []
  const lines: string[] = []
  let quotes = 0
  let item = ''
  const quote = (): string => '> '.repeat(Math.min(quotes, MAX_DEPTH))
  const put = (text: string): void => {
    const indent = '  '.repeat(Math.max(0, Math.min(lists.length, MAX_DEPTH) - 1))
    for (const [index, line] of text.split('\n').entries()) {
      const lead = index === 0 ? item : ' '.repeat(item.length)
      lines.push(`${quote()}${indent}${lead}${line}`)
    }
    item = lists.length > 0 ? ' '.repeat(item.length) : ''
  }
  const blank = (): void => {
    if (lists.length === 0) lines.push(quote().trimEnd())
  }
  for (const token of tokens) {
    const list = lists.at(-1)
    switch (token.type) {
      case 'blockquote_open':
        quotes += 1
        break
      case 'blockquote_close':
        quotes -= 1
        blank()
        break
      case 'bullet_list_open':
      case 'ordered_list_open':
        lists.push({ marker: token.type === 'bullet_list_open' ? 'bullet' : 'ordered', next: startOf(token) })
        break
      case 'bullet_list_close':
      case 'ordered_list_close':
        lists.pop()
        item = ''
        blank()
        break
      case 'list_item_open':
        item = list?.marker === 'ordered' ? `${list.next}. ` : '- '
        if (list !== undefined) list.next += 1
        break
      case 'inline':
        put(inlineText(token))
        blank()
        break
      case 'hr':
        put('---')
        blank()
        break
      case 'fence':
      case 'code_block':
        put(token.content.trimEnd())
        blank()
        break
      case 'liquid_line':
        // a line of its own, so that what it encloses keeps its line; the empty lines it leaves are tidied away
        lines.push(token.content)
        break
      default:
        break
    }
  }
  return lines.join('\n')
}

function startOf(token: Token): number {
  const start = Number(token.attrGet('start') ?? 1)
  return Number.isSafeInteger(start) ? start : 1
}

function inlineText(inline: Token): string {
  const children = inline.children ?? []
  let text = ''
  let link: { readonly from: number; readonly href: string } | undefined
  for (const [index, child] of children.entries()) {
    if (child.type === 'link_open') link = { from: text.length, href: String(child.attrGet('href') ?? '') }
    else if (child.type === 'link_close' && link !== undefined) {
      text = withAddress(text, link, isButton(inline))
      link = undefined
    } else if (child.type === 'softbreak') text += softBreak(children, index)
    else if (child.type === 'hardbreak') text += '\n'
    else if (child.type === 'text' || child.type === 'code_inline' || child.type === 'image') text += child.content
  }
  return text
}

function softBreak(children: readonly Token[], index: number): string {
  return wantsBlank(children[index - 1]?.content ?? '', children[index + 1]?.content ?? '') ? ' ' : ''
}

/** `text: address` where the link stands alone, `text (address)` inside a sentence, the address once where both are the same. */
function withAddress(text: string, link: { readonly from: number; readonly href: string }, alone: boolean): string {
  const label = text.slice(link.from)
  const address = link.href.replace(/^mailto:/u, '')
  if (address === '' || label === address || label === link.href) return text
  return alone ? `${text}: ${address}` : `${text} (${address})`
}
