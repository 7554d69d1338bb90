/** Mails as octets: a customer's first letter to support@acme.example, with any field exchanged, added or left out. */
import { Buffer } from 'node:buffer'

/** A list gives the field several times; undefined leaves it out. */
export type Fields = Readonly<Record<string, string | readonly string[] | undefined>>

const LETTER: Fields = {
  Received: 'from mail.customer.example by mx.acme.example with ESMTP; Mon, 23 Nov 2026 10:00:00 +0000',
  From: 'Ann Lee <ann@customer.example>',
  To: 'support@acme.example',
  Subject: 'My printer does not print',
  Date: 'Mon, 23 Nov 2026 09:59:58 +0000',
  'Message-ID': '<first@customer.example>',
}

export const BODY = 'Hello,\r\n\r\nit hums, it blinks, and nothing comes out. What can I do?\r\n\r\nAnn\r\n'

/**
 * @param fields names as the letter writes them; those of the default letter keep their place
 * @param body with CRLF
 */
export function mail(fields: Fields = {}, body: string = BODY): Uint8Array {
  const lines = Object.entries({ ...LETTER, ...fields }).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : (value ?? [])).map((one) => `${name}: ${one}\r\n`),
  )
  return Uint8Array.from(Buffer.from(`${lines.join('')}\r\n${body}`))
}
