import { compile } from 'html-to-text'
import { HTML_CHARACTERS, HTML_DEPTH } from './bounds.ts'
import { cutCharacters } from './encoded-words.ts'

const convert = compile({
  wordwrap: false,
  limits: { maxDepth: HTML_DEPTH, ellipsis: '' },
  selectors: [
    { selector: 'img', format: 'skip' },
    { selector: 'a', options: { ignoreHref: true } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
})

/**
 * What a reader of the HTML sees, as plain text: without styles, images and addresses of links.
 * @returns the text, and whether HTML beyond the bound was left out
 */
export function htmlText(html: string): { readonly text: string; readonly cut: boolean } {
  const visible = withoutHidden(html)
  return { text: convert(cutCharacters(visible, HTML_CHARACTERS)).trim(), cut: visible.length > HTML_CHARACTERS }
}

/** Spans that show nothing and can be long: a word processor's style sheet alone may fill the bound. */
const HIDDEN: readonly (readonly [open: RegExp, close: RegExp])[] = [
  [/<!--/gu, /-->/gu],
  [/<style\b/giu, /<\/style\s{0,9}>/giu],
  [/<script\b/giu, /<\/script\s{0,9}>/giu],
]

/** One pass for each kind; a span that does not close stays, and so does all that follows it. */
function withoutHidden(html: string): string {
  let rest = html
  for (const [open, close] of HIDDEN) {
    let kept = ''
    let at = 0
    for (let from = indexOf(rest, open, at); from !== undefined; from = indexOf(rest, open, at)) {
      if (indexOf(rest, close, from.end) === undefined) break
      kept += rest.slice(at, from.start)
      at = close.lastIndex
    }
    rest = kept + rest.slice(at)
  }
  return rest
}

/** Where a global pattern is found next; leaves its lastIndex behind the match. */
function indexOf(text: string, pattern: RegExp, from: number): { start: number; end: number } | undefined {
  pattern.lastIndex = from
  const found = pattern.exec(text)
  return found === null ? undefined : { start: found.index, end: pattern.lastIndex }
}
