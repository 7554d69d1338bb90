import { type Address, parseAddress, type ReversePath } from '../../src/mail/address.ts'
import { type Authentication, NOT_AUTHENTICATED } from '../../src/mail/authentication.ts'
import type { Envelope } from '../../src/mail/envelope.ts'
import { type MessageId, messageId } from '../../src/mail/ids.ts'
import type { Correspondent, Field, Message, Part } from '../../src/mail/message.ts'

/**
 * Letters made by hand. Everything has a sensible default: a customer writes to support@acme.example for the first
 * time. Addresses and fields are given as text, and the typed half of a Message follows from them.
 */
export type LetterLines = {
  /** `Name <local@domain>` or the bare address, as many as wanted. */
  readonly from?: string | readonly string[]
  readonly sender?: string
  readonly replyTo?: string | readonly string[]
  readonly to?: string | readonly string[]
  readonly cc?: string | readonly string[]
  /** An address, `<>` or `unknown`. */
  readonly returnPath?: string
  readonly messageId?: string | undefined
  readonly inReplyTo?: readonly string[]
  readonly references?: readonly string[]
  readonly subject?: string
  readonly date?: string
  /** Further header fields; names in any case. */
  readonly fields?: Readonly<Record<string, string | readonly string[]>>
  readonly parts?: readonly Partial<Part>[]
  readonly text?: string
  /** Envelope sender; the default is the address of From. */
  readonly mailFrom?: string
  readonly rcptTo?: string | readonly string[]
  readonly authentication?: Partial<Authentication>
  /** Last word on any property of the Message. */
  readonly message?: Partial<Message>
}

export type Letter = {
  readonly envelope: Envelope
  readonly message: Message
  readonly authentication: Authentication
}

export const CUSTOMER = 'Ann Lee <ann@customer.example>'
export const SUPPORT = 'support@acme.example'

export function address(text: string): Address {
  const read = parseAddress(text)
  if (read === undefined) throw new Error(`the test wrote ${JSON.stringify(text)} where an address belongs`)
  return read
}

export function idOf(text: string): MessageId {
  const read = messageId(text)
  if (read === undefined) throw new Error(`the test wrote ${JSON.stringify(text)} where a Message-ID belongs`)
  return read
}

export function correspondent(text: string): Correspondent {
  const found = /^(.*?)\s*<([^<>]+)>$/u.exec(text)
  return found === null
    ? { address: address(text), name: '' }
    : { address: address(found[2] ?? ''), name: (found[1] ?? '').replaceAll('"', '') }
}

export function partOf(part: Partial<Part>): Part {
  const path = part.path ?? ''
  return {
    path,
    depth: path === '' ? 0 : path.split('.').length,
    type: 'text/plain',
    parameters: {},
    disposition: 'none',
    filename: undefined,
    enclosed: false,
    ...part,
  }
}

export function letter(lines: LetterLines = {}): Letter {
  const from = texts(lines.from ?? CUSTOMER)
  const to = texts(lines.to ?? SUPPORT)
  const message = messageFrom(lines, { from, to })
  return {
    envelope: {
      reversePath: path(lines.mailFrom ?? message.from[0]?.address ?? '<>'),
      recipients: texts(lines.rcptTo ?? to.map((one) => correspondent(one).address)).map(address),
    },
    message,
    authentication: { ...NOT_AUTHENTICATED, ...lines.authentication },
  }
}

function messageFrom(lines: LetterLines, { from, to }: { from: readonly string[]; to: readonly string[] }): Message {
  const id = 'messageId' in lines ? lines.messageId : '<first@customer.example>'
  const fields = fieldsOf(lines, { from, to, id })
  const parts = lines.parts ?? [{}]
  return {
    fields,
    from: from.map(correspondent),
    sender: lines.sender === undefined ? undefined : correspondent(lines.sender),
    replyTo: texts(lines.replyTo ?? []).map(correspondent),
    to: to.map(correspondent),
    cc: texts(lines.cc ?? []).map(correspondent),
    otherRecipients: [],
    returnPath: lines.returnPath === undefined ? undefined : path(lines.returnPath),
    messageId: id === undefined ? undefined : idOf(id),
    inReplyTo: (lines.inReplyTo ?? []).map(idOf),
    references: (lines.references ?? []).map(idOf),
    subject: lines.subject ?? 'My printer does not print',
    autoSubmitted: fields.find((one) => one.name === 'auto-submitted')?.value.toLowerCase(),
    contentLanguage: fields.find((one) => one.name === 'content-language')?.value,
    parts: parts.map(partOf),
    text: lines.text ?? 'Hello, my printer does not print. Ann',
    returned: [],
    language: undefined,
    defects: [],
    ...lines.message,
  }
}

function fieldsOf(
  lines: LetterLines,
  said: { from: readonly string[]; to: readonly string[]; id: string | undefined },
): readonly Field[] {
  const given = Object.entries(lines.fields ?? {}).flatMap(([name, value]) =>
    texts(value).map((one) => ({ name: name.toLowerCase(), value: one })),
  )
  return [
    { name: 'received', value: 'from mail.customer.example by mx.acme.example; Mon, 2 Nov 2026 10:00:00 +0000' },
    { name: 'from', value: said.from.join(', ') },
    { name: 'to', value: said.to.join(', ') },
    { name: 'date', value: lines.date ?? 'Mon, 2 Nov 2026 10:00:00 +0000' },
    { name: 'subject', value: lines.subject ?? 'My printer does not print' },
    ...(said.id === undefined ? [] : [{ name: 'message-id', value: said.id }]),
    ...given,
  ]
}

function texts(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value
}

function path(text: string): ReversePath {
  return text === '<>' || text === 'unknown' ? text : address(text)
}
