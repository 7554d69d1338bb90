/** What one method found, e.g. `dkim` `pass` with `header.d` = `example.com`; all but values in lower case. */
export type MethodResult = {
  readonly method: string
  readonly result: string
  readonly properties: ReadonlyMap<string, string>
}

export type ResultsField = {
  /** Lower case: the name of the host or service that speaks (RFC 8601 2.5). */
  readonly authservId: string
  readonly results: readonly MethodResult[]
}

/** Characters of one field that are read; a field with a dozen signatures has some 2,000. */
const MAX_CHARACTERS = 16 * 1024
/** Results of one field that are kept. */
const MAX_RESULTS = 100
const SEPARATORS = new Set([';', '='])

/**
 * Reads the value of an Authentication-Results field (RFC 8601 2.2), or of an ARC one without its instance.
 * Comments say nothing, and what stands between quotes is one word, so neither can pass for a result.
 * @returns undefined where the value is anything else, not closed, too long, or without an authserv-id
 */
export function readResultsField(value: string): ResultsField | undefined {
  if (value.length > MAX_CHARACTERS) return undefined
  const tokens = tokensOf(value)
  if (tokens === undefined) return undefined
  const [head = [], ...statements] = statementsOf(tokens)
  const [id, version, ...rest] = head.map((token) => token.text)
  const isHeadGood = head.length > 0 && rest.length === 0 && head.every((token) => token.kind === 'word')
  if (!isHeadGood || id === undefined || id === '' || (version !== undefined && !/^[0-9]+$/u.test(version))) {
    return undefined
  }
  const results = statements.slice(0, MAX_RESULTS).flatMap((one) => resultOf(joined(one)) ?? [])
  return { authservId: id.toLowerCase(), results }
}

type Token = { readonly kind: 'word' | 'separator'; readonly text: string }

function tokensOf(value: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  let word: string | undefined
  const close = (): void => {
    if (word !== undefined) tokens.push({ kind: 'word', text: word })
    word = undefined
  }
  for (let at = 0; at < value.length; at += 1) {
    const one = value.charAt(at)
    if (one === '(') {
      close()
      const end = commentEnd(value, at)
      if (end === undefined) return undefined
      at = end
    } else if (one === '"') {
      const quoted = quotedAt(value, at)
      if (quoted === undefined) return undefined
      word = (word ?? '') + quoted.text
      at = quoted.end
    } else if (SEPARATORS.has(one)) {
      close()
      tokens.push({ kind: 'separator', text: one })
    } else if (/\s/u.test(one)) close()
    else word = (word ?? '') + one
  }
  close()
  return tokens
}

/** @returns index of the parenthesis that closes the comment (RFC 5322 3.2.2, nested and with quoted pairs) */
function commentEnd(value: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < value.length; at += 1) {
    const one = value.charAt(at)
    if (one === '\\') at += 1
    else if (one === '(') depth += 1
    else if (one === ')') {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return undefined
}

function quotedAt(value: string, start: number): { readonly text: string; readonly end: number } | undefined {
  let text = ''
  for (let at = start + 1; at < value.length; at += 1) {
    const one = value.charAt(at)
    if (one === '"') return { text, end: at }
    if (one === '\\') at += 1
    text += value.charAt(at)
  }
  return undefined
}

function statementsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'separator' && token.text === ';') statements.push([])
    else statements.at(-1)?.push(token)
  }
  return statements
}

/** Blanks and comments may stand around the dot of a property and the slash of a version. */
function joined(statement: readonly Token[]): readonly Token[] {
  const whole: Token[] = []
  let isOpen = false // a dot or slash that stood alone came last
  for (const token of statement) {
    const last = whole.at(-1)
    const isSign = token.text === '.' || token.text === '/'
    if ((isSign || isOpen) && token.kind === 'word' && last?.kind === 'word') {
      whole[whole.length - 1] = { kind: 'word', text: last.text + token.text }
    } else whole.push(token)
    isOpen = isSign
  }
  return whole
}

/** `method=result reason="..." ptype.property=value ...`; undefined for `none` and for what begins otherwise. */
function resultOf(statement: readonly Token[]): MethodResult | undefined {
  const [method, equals, result] = statement
  if (method?.kind !== 'word' || equals?.text !== '=' || equals.kind !== 'separator' || result?.kind !== 'word') {
    return undefined
  }
  const properties = new Map<string, string>()
  for (let at = 3; at + 2 < statement.length; at += 1) {
    const [name, sign, value] = statement.slice(at, at + 3)
    const isProperty = name?.kind === 'word' && sign?.kind === 'separator' && value?.kind === 'word'
    if (!isProperty || properties.has(name.text.toLowerCase())) continue
    properties.set(name.text.toLowerCase(), value.text)
    at += 2
  }
  // a version may stand behind the method: dkim/1 (RFC 8601 2.2)
  const [bare = ''] = method.text.toLowerCase().split('/')
  return { method: bare, result: result.text.toLowerCase(), properties }
}
