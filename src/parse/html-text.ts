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
const HIDDEN: readonly (readonly [open: string, close: string])[] = [
  ['<!--', '-->'],
  ['<style', '</style'],
  ['<script', '</script'],
]

/** One pass for each kind; a span that does not close stays. */
function withoutHidden(html: string): string {
  let rest = html
  for (const [open, close] of HIDDEN) {
    const lower = rest.toLowerCase()
    if (lower.length !== rest.length) return rest // a letter that changes its length; positions would not agree
    let kept = ''
    let at = 0
    for (let from = lower.indexOf(open); from >= 0; from = lower.indexOf(open, at)) {
      const end = lower.indexOf(close, from + open.length)
      if (end < 0) break
      kept += rest.slice(at, from)
      at = end + close.length
    }
    rest = kept + rest.slice(at)
  }
  return rest
}
