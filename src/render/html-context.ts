import { innerOf, type Shelf, type Shelved } from './liquid-tags.ts'
import type { TemplateFinding } from './template-source.ts'

/** Where in a document a placeholder or an address stands. */
type Spot =
  | { readonly kind: 'text' | 'raw' | 'comment' | 'tag' }
  | { readonly kind: 'attribute'; readonly name: string }

type Run = { readonly text: string; readonly spot: Spot }

const ADDRESS_ATTRIBUTES = new Set(['href', 'src', 'action', 'background', 'srcset', 'poster'])
const IMAGE_ATTRIBUTES = new Set(['src', 'background', 'srcset', 'poster'])
const TEXT_ATTRIBUTES = new Set(['alt', 'title', 'lang', 'dir', 'aria-label', 'content', 'width', 'height'])
const REMOTE = /^\s*(?:https?:)?\/\/([^/?#:\s]+)/iu
const REMOTE_IN_STYLE = /(?:url\(\s*["']?|@import\s+["'])(?:https?:)?\/\/([^/?#:\s"')]+)/giu

/**
 * Cuts compiled HTML into runs of one context each. It reads MJML's own output, in which every attribute is quoted;
 * what an author wrote otherwise comes out as `tag`, where no placeholder is allowed. Linear.
 */
function runs(html: string): readonly Run[] {
  const found: Run[] = []
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    const textEnd = open < 0 ? html.length : open
    found.push({ text: html.slice(at, textEnd), spot: { kind: 'text' } })
    if (open < 0) break
    if (html.startsWith('<!--', open)) {
      at = endAfter(html, '-->', open)
      found.push({ text: html.slice(open, at), spot: { kind: 'comment' } })
      continue
    }
    at = readTag(html, open, found)
    const raw = /^<(style|script)\b/iu.exec(html.slice(open, open + 8))?.[1]
    if (raw === undefined) continue
    const close = endAfter(html, `</${raw.toLowerCase()}`, at)
    found.push({ text: html.slice(at, close), spot: { kind: 'raw' } })
    at = close
  }
  return found
}

function endAfter(html: string, closing: string, from: number): number {
  const end = html.indexOf(closing, from)
  return end < 0 ? html.length : end + closing.length
}

/** @returns the offset after the tag's `>` */
function readTag(html: string, open: number, found: Run[]): number {
  let from = open
  for (let at = open + 1; at < html.length; at += 1) {
    const character = html[at]
    if (character === '>') {
      found.push({ text: html.slice(from, at), spot: { kind: 'tag' } })
      return at + 1
    }
    if (character !== '"' && character !== "'") continue
    const end = html.indexOf(character, at + 1)
    const outside = html.slice(from, at)
    const name = /([\w:-]{1,64})\s{0,8}=\s{0,8}$/u.exec(outside.slice(-84))?.[1]?.toLowerCase() ?? ''
    found.push({ text: outside, spot: { kind: 'tag' } })
    found.push({ text: html.slice(at + 1, end < 0 ? undefined : end), spot: { kind: 'attribute', name } })
    if (end < 0) return html.length
    at = end
    from = end + 1
  }
  return html.length
}

/** Escaping is blind to context; so each place that a value may stand in is looked at here, once, at load. */
export function contextFindings(html: string, shelf: Shelf): readonly TemplateFinding[] {
  const findings: TemplateFinding[] = []
  for (const { text, spot } of runs(html)) {
    for (const found of text.matchAll(shelf.words())) {
      const tag = shelf.get(found[0])
      const leads = text.slice(0, found.index).trim() === ''
      const problem = tag === undefined ? undefined : problemOf(tag, spot, leads)
      if (tag !== undefined && problem !== undefined) findings.push({ severity: 'error', ...tag.origin, ...problem })
    }
  }
  return findings
}

/** @param leads true where nothing stands before the value: there it decides which kind of address it is */
function problemOf(tag: Shelved, spot: Spot, leads: boolean): { message: string; hint: string } | undefined {
  if (spot.kind === 'text' || tag.kind === 'tag') return undefined
  if (spot.kind !== 'attribute') {
    const where = { raw: 'a style', comment: 'a comment', tag: 'a tag' }[spot.kind]
    return { message: `${tag.text} stands inside ${where}`, hint: 'values may stand in text and in quoted attributes' }
  }
  if (ADDRESS_ATTRIBUTES.has(spot.name)) {
    if (leads ? /\|\s*url$/u.test(innerOf(tag)) : /\|\s*url(?:_part)?$/u.test(innerOf(tag))) return undefined
    return leads
      ? { message: `${tag.text} is a link's address and is not checked`, hint: 'end it with the filter: | url' }
      : {
          message: `${tag.text} is part of a link's address and not encoded`,
          hint: 'end it with the filter: | url_part',
        }
  }
  return TEXT_ATTRIBUTES.has(spot.name)
    ? undefined
    : { message: `${tag.text} stands in the attribute ${spot.name}`, hint: 'values may stand in text, href and alt' }
}

/** Hosts that the document makes a reader's program call, in order, each once. */
export function remoteImageHosts(html: string): readonly string[] {
  const hosts = runs(html).flatMap(({ text, spot }) => {
    if (spot.kind === 'attribute' && IMAGE_ATTRIBUTES.has(spot.name)) return [REMOTE.exec(text)?.[1]]
    const styled = spot.kind === 'raw' || (spot.kind === 'attribute' && spot.name === 'style')
    return styled ? [...text.matchAll(REMOTE_IN_STYLE)].map((found) => found[1]) : []
  })
  return [...new Set(hosts.flatMap((host) => (host === undefined ? [] : [host.toLowerCase()])))]
}
