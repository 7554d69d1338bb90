const SCHEMES: ReadonlySet<string> = new Set(['https:', 'http:', 'mailto:', 'tel:'])
const MAX_URL_CHARACTERS = 2000

/**
 * A value as an address to link to: percent-encoded, and only of a scheme that opens a page, a mail or a call; '' for
 * everything else. Escaping alone does not stop `javascript:`.
 */
export function safeUrl(value: unknown): string {
  const text = typeof value === 'string' ? value.slice(0, MAX_URL_CHARACTERS).replace(/\p{Cc}/gu, '') : ''
  const url = URL.parse(text)
  return url !== null && SCHEMES.has(url.protocol) && url.username === '' && url.password === '' ? url.href : ''
}

/** A value as a part of an address: everything that could end or leave that part is percent-encoded. */
export function urlPart(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return encodeURIComponent(text.slice(0, MAX_URL_CHARACTERS).toWellFormed())
}
