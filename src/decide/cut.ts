const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' })
const ELLIPSIS = '…'

/** Length in Unicode code points, which is what a reader's limit counts and a hostile cluster of marks cannot hide in. */
export function codePoints(text: string): number {
  return Array.from(text).length
}

/**
 * The text in at most `max` characters (code points), the mark of the cut among them. Never inside what a reader sees as
 * one character; at a blank, if one lies in the last third.
 */
export function cutAt(text: string, max: number): string {
  if (codePoints(text) <= max) return text
  let kept = ''
  let length = 0
  for (const { segment } of GRAPHEMES.segment(text)) {
    length += codePoints(segment)
    if (length > max - 1) break
    kept += segment
  }
  const blank = kept.lastIndexOf(' ')
  const words = blank > (kept.length * 2) / 3 && text[kept.length] !== ' ' ? kept.slice(0, blank) : kept
  return `${words.trimEnd()}${ELLIPSIS}`
}
