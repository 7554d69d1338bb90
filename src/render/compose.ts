import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Letter } from './render.ts'

/** Fields that the composer writes from options of its own. */
const OWN_OPTIONS = new Set(['from', 'to', 'reply-to', 'subject', 'date', 'message-id', 'in-reply-to', 'references'])

const VISIBLE_ASCII = /^[\x20-\x7e]+$/u

/**
 * The letter as octets: text alone, or text and HTML as multipart/alternative; CRLF, no line over 998 octets. The same
 * letter gives the same octets for ever, which a repeated attempt relies on: nothing here asks clock or chance.
 */
export async function composeLetter(letter: Letter): Promise<Uint8Array> {
  const field = (name: string): string | undefined => letter.headers.find(([one]) => one.toLowerCase() === name)?.[1]
  const replyTo = field('reply-to')
  const inReplyTo = field('in-reply-to')
  const references = field('references')
  const messageId = field('message-id') ?? ''
  const composer = new MailComposer({
    disableFileAccess: true,
    disableUrlAccess: true,
    // address objects: the name of a mailbox must never be read as an address
    from: { name: letter.from.name, address: letter.from.address },
    to: { name: '', address: letter.to },
    ...(replyTo === undefined ? {} : { replyTo: { name: '', address: replyTo } }),
    subject: letter.subject,
    date: field('date'),
    messageId,
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    ...(references === undefined ? {} : { references }),
    headers: letter.headers
      .filter(([name]) => !OWN_OPTIONS.has(name.toLowerCase()))
      .map(([key, value]) => ({ key, value })),
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 24),
    newline: '\r\n',
    text: canonical(letter.text),
    ...(letter.html === null ? {} : { html: canonical(letter.html) }),
  })
  const mime = composer.compile()
  // the library encodes a quotation mark; prepared, ASCII stays as it is (RFC 5230 4.3) and is only folded
  if (VISIBLE_ASCII.test(letter.subject)) {
    mime.setHeader('subject', { prepared: true, foldLines: true, value: letter.subject })
  }
  return Uint8Array.from(Buffer.from(await mime.build()))
}

/** Text has CRLF before it is encoded (RFC 2045 6.8), or base64 would carry bare line feeds. */
function canonical(text: string): string {
  return text.replace(/\r?\n/gu, '\r\n')
}
