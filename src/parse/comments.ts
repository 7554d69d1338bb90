/**
 * A structured value without its comments (RFC 5322 3.2.2), nested ones included, in one pass without recursion. What is
 * quoted stays as written, quotes and backslashes too. An unclosed comment reaches to the end of the value.
 */
export function withoutComments(value: string): string {
  if (!value.includes('(')) return value.trim()
  let plain = ''
  let from = 0 // where the text begins that is not yet copied
  let depth = 0
  let quoted = false
  for (let i = 0; i < value.length; i += 1) {
    const one = value[i]
    if (one === '\\' && (quoted || depth > 0)) i += 1
    else if (one === '"' && depth === 0) quoted = !quoted
    else if (one === '(' && !quoted) {
      if (depth === 0) plain += `${value.slice(from, i)} `
      depth += 1
    } else if (one === ')' && depth > 0) {
      depth -= 1
      if (depth === 0) from = i + 1
    }
  }
  return (depth === 0 ? plain + value.slice(from) : plain).trim()
}
