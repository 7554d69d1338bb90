import type { Address } from '../mail/address.ts'
import type { MessageId } from '../mail/ids.ts'
import { dateField } from './date-words.ts'
import type { NoticeOrder } from './order.ts'
import { headerText } from './safe-text.ts'

export type HeaderField = readonly [name: string, value: string]

/** Message-IDs in References: the first one (the thread) and the last ones (the way to here) are kept. */
const MAX_REFERENCES = 20
/** Octets of all of References; with the bound above it only meets absurdly long ids. */
const MAX_REFERENCES_OCTETS = 4000
/** An id must fit on a folded line of its own (RFC 5322 2.1.1: 998 octets) with room for the field's name. */
const MAX_ID_OCTETS = 900
const SUBJECT_CHARACTERS = 250
const NAME_CHARACTERS = 100
const VALUE_CHARACTERS = 200
const ASCII_ID = /^[\u{21}-\u{7E}]+$/u

export type Named = { readonly name: string; readonly address: Address }

export function senderOf(order: NoticeOrder): Named {
  return { name: headerText(order.mailboxName, NAME_CHARACTERS), address: order.notice.from }
}

/** The subject as it goes out: one line, with the ticket's tag at its end (once). */
export function subjectOf(filled: string, order: NoticeOrder): string {
  const subject = headerText(filled, SUBJECT_CHARACTERS)
  const tag = order.tagInSubject ? order.ticketTag : undefined
  return tag === undefined || subject.includes(tag) ? subject : `${subject} ${tag}`.trim()
}

/** What References says (RFC 5322 3.6.4): theirs, then the mail that is answered. */
export function referencesOf(order: Pick<NoticeOrder, 'references' | 'inReplyTo'>): readonly MessageId[] {
  const all = [...order.references, ...(order.inReplyTo === undefined ? [] : [order.inReplyTo])].filter(usable)
  const each = [...new Set(all)]
  const [first, ...rest] =
    each.length <= MAX_REFERENCES ? each : [...each.slice(0, 1), ...each.slice(1 - MAX_REFERENCES)]
  if (first === undefined) return []
  let octets = first.length
  const kept: MessageId[] = []
  for (const id of rest.toReversed()) {
    octets += id.length + 1
    if (octets > MAX_REFERENCES_OCTETS) break
    kept.unshift(id)
  }
  return [first, ...kept]
}

function usable(id: MessageId): boolean {
  return id.length <= MAX_ID_OCTETS && ASCII_ID.test(id)
}

/** Every field that a letter of ours carries but the MIME ones, in order, with decoded values. */
export function headerFields(
  order: NoticeOrder,
  written: { readonly subject: string; readonly locale: string },
): readonly HeaderField[] {
  const { name, address } = senderOf(order)
  const references = referencesOf(order)
  const answered = order.inReplyTo !== undefined && usable(order.inReplyTo) ? order.inReplyTo : undefined
  return [
    ['From', name === '' ? address : `${quoted(name)} <${address}>`],
    ['To', order.notice.to],
    ...(order.replyTo === undefined ? [] : [['Reply-To', order.replyTo] as const]),
    ['Subject', written.subject],
    ['Date', dateField(order.now)],
    ['Message-ID', order.messageId],
    ...(answered === undefined ? [] : [['In-Reply-To', answered] as const]),
    ...(references.length === 0 ? [] : [['References', references.join(' ')] as const]),
    ['Auto-Submitted', 'auto-replied'],
    ['X-Auto-Response-Suppress', 'All'],
    ['X-Replyd-Loop', headerText(order.instance, VALUE_CHARACTERS)],
    ['Content-Language', written.locale],
  ]
}

/** A display name as RFC 5322 3.4 wants it: quoted where it holds a special. */
function quoted(name: string): string {
  return /[()<>[\]:;@\\,."]/u.test(name) ? `"${name.replace(/["\\]/gu, '\\$&')}"` : name
}
