import { Buffer } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import { type ClassifyContext, classify } from '../../src/classify/classify.ts'
import { type Address, type ReversePath, UNKNOWN_PATH } from '../../src/mail/address.ts'
import { type Authentication, NOT_AUTHENTICATED } from '../../src/mail/authentication.ts'
import type { Message } from '../../src/mail/message.ts'
import type { Nature } from '../../src/mail/nature.ts'
import { parse } from '../../src/parse/parse.ts'
import { CONTEXT } from '../unit/classify/context.ts'
import { SUPPORT } from '../unit/letters.ts'
import { NEAR_MISSES } from './near-misses.ts'

export type Mail = { readonly code: string; readonly octets: Buffer; readonly message: Message }

/** Every mail of this project is authentic; who forges is told elsewhere. */
const AUTHENTIC: Authentication = { ...NOT_AUTHENTICATED, dmarc: 'pass', source: 'checked' }

const ORDINARY = [
  'Return-Path: <ann@customer.example>',
  'Received: from mail.customer.example ([192.0.2.9]) by mx.acme.example with ESMTPS; Mon, 2 Nov 2026 10:00:00 +0000',
  'From: Ann Lee <ann@customer.example>',
  'To: support@acme.example',
  'Subject: My printer does not print',
  'Date: Mon, 2 Nov 2026 10:00:00 +0000',
  'Message-ID: <first@customer.example>',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: 8bit',
  '',
  'Hello, my printer does not print. What can I do? Ann',
]

export function parsed(octets: Uint8Array): Promise<Message> {
  return parse(octets, { complete: true })
}

async function mail(code: string, octets: Buffer): Promise<Mail> {
  return { code, octets, message: await parsed(octets) }
}

/** The mails of a folder beside this file, by their codes. */
export function mailsIn(folder: string): Promise<readonly Mail[]> {
  const at = new URL(`${folder}/`, import.meta.url)
  return Promise.all(
    readdirSync(at)
      .filter((name) => name.endsWith('.eml'))
      .map((name) => mail(name.slice(0, -'.eml'.length), readFileSync(new URL(name, at)))),
  )
}

/** The ordinary letter of a person, with other lines in the place of its own. */
export function letterWith(lines: readonly string[]): Buffer {
  const header = upTo(lines)
  const replaced = new Set(header.map(nameOf))
  const kept = upTo(ORDINARY).filter((line) => !replaced.has(nameOf(line)))
  const text = lines.length > header.length ? lines.slice(header.length + 1) : ORDINARY.slice(upTo(ORDINARY).length + 1)
  return Buffer.from([...kept, ...header, '', ...text, ''].join('\n'))
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase()
}

function upTo(lines: readonly string[]): readonly string[] {
  const end = lines.indexOf('')
  return end < 0 ? lines : lines.slice(0, end)
}

/** The near misses of the table. */
export function tabledMisses(): Promise<readonly Mail[]> {
  return Promise.all(Object.entries(NEAR_MISSES).map(([code, lines]) => mail(code, letterWith(lines))))
}

/** The nature of a mail in a file, where nobody told us the envelope unless it is said here. */
export function natureOf(
  message: Message,
  context: Partial<ClassifyContext> = {},
  reversePath: ReversePath = UNKNOWN_PATH,
): Nature {
  const envelope = { reversePath, recipients: [SUPPORT as Address] }
  return classify({ envelope, message, authentication: AUTHENTIC }, { ...CONTEXT, ...context })
}

export function codesOf(nature: Nature): readonly string[] {
  return nature.signs.map((sign) => sign.code)
}

const INDENTED = /^/gmu

/** A person sends the mail on as an attachment. */
export function attached({ octets }: Mail): Buffer {
  const head = letterWith(['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="a-person-forwards"', ''])
  return Buffer.concat([
    head,
    Buffer.from('--a-person-forwards\nContent-Type: text/plain; charset=utf-8\n\nWhat is this? Ann\n'),
    Buffer.from('--a-person-forwards\nContent-Type: message/rfc822\nContent-Disposition: attachment\n\n'),
    octets,
    Buffer.from('\n--a-person-forwards--\n'),
  ])
}

/** A person sends the mail on without a word, so that it is all there is. */
export function attachedAlone({ octets }: Mail): Buffer {
  return Buffer.concat([letterWith(['Content-Type: message/rfc822', '']), octets])
}

/** A person copies the mail, header and all, into a letter of another subject, as mail programs quote. */
export function quoted({ octets }: Mail): Buffer {
  return letterWith(['', 'What is this? Ann', '', octets.toString().replace(INDENTED, '> ')])
}

/** A person sends the mail on in a letter, as mail programs forward. */
export function forwardedInline({ octets, message }: Mail): Buffer {
  const said = ['What is this? Ann', '', '---------- Forwarded message ----------', octets.toString()]
  return letterWith([`Subject: Fwd: ${message.subject}`, '', ...said])
}
