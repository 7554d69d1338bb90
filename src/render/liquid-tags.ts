/** A Liquid output `{{ }}` or tag `{% %}` in a source, its delimiters included. */
export type LiquidTag = {
  readonly kind: 'output' | 'tag'
  readonly text: string
  readonly start: number
  readonly end: number
}

const CLOSING = { output: '}}', tag: '%}' } as const

/**
 * Every Liquid tag of a source in order, read as LiquidJS reads them (a delimiter inside quotes does not count). Ends at
 * one that is never closed: parsing as Liquid reports that. Linear in the length of the source.
 */
export function liquidTags(source: string): readonly LiquidTag[] {
  const tags: LiquidTag[] = []
  const opening = /\{\{|\{%/gu
  for (let found = opening.exec(source); found !== null; found = opening.exec(source)) {
    const kind = found[0] === '{{' ? 'output' : 'tag'
    const end = endOf(source, found.index + 2, CLOSING[kind])
    if (end === undefined) break
    tags.push({ kind, text: source.slice(found.index, end), start: found.index, end })
    opening.lastIndex = end
  }
  return tags
}

function endOf(source: string, from: number, closing: string): number | undefined {
  let quote = ''
  for (let at = from; at < source.length; at += 1) {
    const character = source[at] ?? ''
    if (quote !== '') {
      if (character === '\\') at += 1
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (source.startsWith(closing, at)) return at + closing.length
  }
  return undefined
}

/** What stands between the delimiters, without whitespace control and blanks: `customer.name`, `if subject`. */
export function innerOf(tag: Pick<LiquidTag, 'text'>): string {
  return tag.text.slice(2, -2).replace(/^-|-$/gu, '').trim()
}

/** `if`, `endfor`...: the word that a tag begins with. */
export function wordOf(tag: Pick<LiquidTag, 'text'>): string {
  return /^\w+/u.exec(innerOf(tag))?.[0] ?? ''
}

/** Where a tag stood, for messages. */
export type Origin = { readonly file: string; readonly line: number; readonly column: number }
export type Shelved = Pick<LiquidTag, 'kind' | 'text'> & { readonly origin: Origin }

/**
 * Keeps Liquid tags out of the way of Markdown and MJML: each is exchanged for a word that both leave alone, also in an
 * address or an attribute, and put back afterwards.
 */
export type Shelf = {
  put(tag: Pick<LiquidTag, 'kind' | 'text'>, origin: Origin): string
  /** The tag that a word stands for. */
  get(word: string): Shelved | undefined
  restore(text: string): string
  /** A fresh expression that finds the words. */
  words(): RegExp
  readonly all: ReadonlyMap<string, Shelved>
}

/** @param sources texts in which no word of the shelf may occur by itself */
export function openShelf(sources: readonly string[]): Shelf {
  let prefix = 'lqz'
  while (sources.some((source) => source.includes(prefix))) prefix += 'q'
  const all = new Map<string, Shelved>()
  const words = (): RegExp => new RegExp(`${prefix}\\d+x`, 'gu')
  return {
    put: (tag, origin) => {
      const word = `${prefix}${all.size}x`
      all.set(word, { kind: tag.kind, text: tag.text, origin })
      return word
    },
    get: (word) => all.get(word),
    restore: (text) => text.replace(words(), (word) => all.get(word)?.text ?? word),
    words,
    all,
  }
}
