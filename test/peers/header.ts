/** The header of a message in transit, field by field, as text that a relay may change. */

export type TransitField = {
  readonly name: string
  /** Unfolded, otherwise as it stands in the message. */
  readonly value: string
}

/** The fields in order, and everything after the empty line. */
export function opened(mail: string): { readonly fields: readonly TransitField[]; readonly body: string } {
  const text = mail.replace(/\r\n/gu, '\n')
  const end = text.indexOf('\n\n')
  const header = end < 0 ? text : text.slice(0, end)
  const fields = header
    .replace(/\n[ \t]+/gu, ' ')
    .split('\n')
    .filter((line) => line.includes(':'))
    .map((line) => {
      const colon = line.indexOf(':')
      return { name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }
    })
  return { fields, body: end < 0 ? '' : text.slice(end + 2) }
}

export function closed(fields: readonly TransitField[], body: string): string {
  return `${fields.map(({ name, value }) => `${name}: ${folded(value)}`).join('\n')}\n\n${body}`
}

/** RFC 5322 2.1.1: lines of more than 998 octets are not carried; folded at blanks. */
function folded(value: string): string {
  return value.replace(/(.{60,900}?) /gu, '$1\n ')
}

/** The first value of a field, encoded words as they stand; '' where there is none. */
export function fieldOf(mail: string, name: string): string {
  return opened(mail).fields.find((one) => one.name.toLowerCase() === name)?.value ?? ''
}

/** The address in a From field. */
export function authorOf(mail: string): string {
  const from = fieldOf(mail, 'from')
  return /<([^<>]+)>\s*$/u.exec(from)?.[1] ?? from
}

/** An unstructured field's text with encoded words decoded. Enough for UTF-8, which is all that our peers write. */
export function decoded(value: string): string {
  return value
    .replace(/\?=\s+=\?/gu, '?==?')
    .replace(/(?:=\?utf-8\?[bq]\?[^?]*\?=)+/giu, (words) =>
      Buffer.concat(
        [...words.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=/giu)].map(([, how, text]) =>
          how?.toLowerCase() === 'b' ? Buffer.from(text ?? '', 'base64') : quoted(text ?? ''),
        ),
      ).toString('utf8'),
    )
}

function quoted(text: string): Buffer {
  const octets = text
    .replace(/_/gu, ' ')
    .replace(/=([0-9A-F]{2})/giu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(octets, 'latin1')
}

/** The same as a field's value in ASCII: encoded words where it is not ASCII already. */
export function encoded(text: string): string {
  if (/^[\x20-\x7E]*$/u.test(text)) return text
  return (text.match(/.{1,10}/gsu) ?? []).map((some) => `=?utf-8?b?${Buffer.from(some).toString('base64')}?=`).join(' ')
}
