import { positionAt, type TemplateFinding } from './template-source.ts'

/** Elements of HTML that have no end tag, inside the text of an MJML element. */
const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr'])
/** What stands inside is not read as elements: raw HTML may be opened here and closed in another one. */
const OPAQUE = new Set(['mj-raw', 'mj-style'])
const TAG = /<!--|<(\/?)([a-zA-Z][\w:-]{0,63})/gu

type Open = { readonly name: string; readonly at: number }

/**
 * MJML compiles mis-nested elements without a word and leaves parts out, so elements are matched here first.
 * Attribute values may hold `>`; comments and the content of mj-raw and mj-style are passed over. Linear.
 */
export function nestingFindings(file: string, text: string): readonly TemplateFinding[] {
  const open: Open[] = []
  const problem = (at: number, message: string, hint: string): readonly TemplateFinding[] => [
    { severity: 'error', file, ...positionAt(text, at), message, hint },
  ]
  TAG.lastIndex = 0
  for (let found = TAG.exec(text); found !== null; found = TAG.exec(text)) {
    const [whole, slash, name = ''] = found
    const at = found.index
    if (whole === '<!--') {
      const end = text.indexOf('-->', at)
      if (end < 0) return problem(at, 'a comment is never closed', 'end it with -->')
      TAG.lastIndex = end + 3
      continue
    }
    const end = endOfTag(text, TAG.lastIndex)
    if (end === undefined) return problem(at, `<${name} is never closed`, 'end the tag with >')
    TAG.lastIndex = end
    if (slash === '/') {
      const last = open.pop()
      if (last?.name === name) continue
      const hint =
        last === undefined ? 'remove it' : `close <${last.name}> first (line ${positionAt(text, last.at).line})`
      return problem(at, `</${name}> closes nothing that is open`, hint)
    }
    if (text[end - 2] === '/' || VOID.has(name)) continue
    if (!OPAQUE.has(name)) {
      open.push({ name, at })
      continue
    }
    const close = text.indexOf(`</${name}>`, end)
    if (close < 0) return problem(at, `<${name}> is never closed`, `add </${name}>`)
    TAG.lastIndex = close + name.length + 3
  }
  const left = open.at(-1)
  return left === undefined ? [] : problem(left.at, `<${left.name}> is never closed`, `add </${left.name}>`)
}

function endOfTag(text: string, from: number): number | undefined {
  let quote = ''
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '>') return at + 1
  }
  return undefined
}
