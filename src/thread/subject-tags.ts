import type { TicketId } from '../mail/ids.ts'
import { parseTicketId } from '../mail/tag.ts'

const MAX_SUBJECT = 8_000 // characters of a subject that are searched; RFC 5322 lines end far sooner
const MAX_TAGS = 8 // distinct tickets taken from one subject: two helpdesks that tag each other stay far below
/** Two blanks at most between the pieces: linear on any subject. */
const TAG = /\[ ?# ?(?:([\p{L}\p{N}_-]{1,32}?) ?- ?)?([0-9A-Za-z]{7}) ?\]/gu

/** As a person, a phone or an input method may have changed it: compatibility forms, invisible characters, odd blanks. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Cc}\p{Variation_Selector}]/gu, (one) => (/[\t\n\r]/u.test(one) ? ' ' : ''))
    .replace(/[\p{Zs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Pd}/gu, '-')
}

/**
 * The tickets named by tags of our own format, in the order of the subject, each once. Only form and check character
 * are judged here: a tag can be guessed or copied, so it counts from a participant only.
 * @param prefix `tickets.prefix`; a tag with another prefix, or without the one we have, is somebody else's
 */
export function subjectTags(subject: string, prefix: string): readonly { ticket: TicketId; value: string }[] {
  const wanted = plain(prefix).toLowerCase()
  const found = new Map<TicketId, string>()
  for (const match of plain(subject.slice(0, MAX_SUBJECT)).matchAll(TAG)) {
    const ticket = parseTicketId(match[2] ?? '')
    if (ticket === undefined || (match[1] ?? '').toLowerCase() !== wanted) continue
    if (!found.has(ticket)) found.set(ticket, match[0])
    if (found.size >= MAX_TAGS) break
  }
  return [...found].map(([ticket, value]) => ({ ticket, value }))
}
