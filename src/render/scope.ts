import { dateWords } from './date-words.ts'
import type { Scope } from './liquid.ts'
import type { Direction } from './locale.ts'
import type { NoticeOrder } from './order.ts'
import { oneLine } from './safe-text.ts'

/** Code points; longer names are no names. */
const NAME_CHARACTERS = 100
/** Code points of the customer's subject that we repeat. */
const SUBJECT_CHARACTERS = 150

/** `Re:` as mail programs of our customers' languages write it; `Fwd:` says something and stays. */
const REPLY_PREFIX =
  /^ ?(?:re|aw|antw|sv|vs|odp|ynt|res|rif|rv|απ|σχετ|回复|回覆|答复|答覆|返信)(?:\[\d{1,3}\])? ?[:\u{FF1A}] ?/iu
/** Our own form of a tag (mail/tag.ts): a subject must not carry another ticket's name into a notice. */
const TAG = /\[#(?:[A-Z]{1,16}-)?[0-9A-Z]{7}\]/giu

/** The customer's subject as we repeat it: one line, no stacked Re:, no ticket tags; '' where nothing is left. */
export function bareSubject(subject: string): string {
  let bare = oneLine(subject, SUBJECT_CHARACTERS).replace(TAG, '').replace(/\s+/gu, ' ').trim()
  while (REPLY_PREFIX.test(bare)) bare = bare.replace(REPLY_PREFIX, '')
  return bare.trim()
}

/** The order as the variables of the table in variables.ts; absent ones are left out, so that asking for them fails. */
export function scopeOf(order: NoticeOrder, text: { readonly locale: string; readonly dir: Direction }): Scope {
  const words = (at: NoticeOrder['receivedAt']): string => dateWords(at, text.locale, order.timezone)
  const { notice } = order
  return {
    customer: present({ name: oneLine(notice.customerName, NAME_CHARACTERS) }),
    ticket: present({ id: order.ticketId ?? '', tag: order.ticketTag ?? '' }),
    ...present({ subject: bareSubject(notice.subject) }),
    received_at: words(order.receivedAt),
    ...present({ expected_reply: order.expectedReply === undefined ? '' : words(order.expectedReply) }),
    mailbox: { name: oneLine(order.mailboxName, NAME_CHARACTERS), address: notice.from },
    organization: { name: oneLine(order.organization, NAME_CHARACTERS) },
    resources: order.resources.map(({ title, url }) => ({ title: oneLine(title, NAME_CHARACTERS), url })),
    locale: text.locale,
    dir: text.dir,
  }
}

function present(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}
