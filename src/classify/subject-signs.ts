import { withoutAccents } from './folding.ts'
import { ABSENCE_WORDS, RESPONDER_WORDS } from './responder-words.ts'
import type { SignRow } from './sign-row.ts'
import {
  ACKNOWLEDGEMENT_SUBJECTS,
  BOUNCE_SUBJECTS,
  GATEWAY_SUBJECTS,
  NEWSLETTER_SUBJECT,
  NO_TROUBLE,
  NOTIFICATION_SUBJECTS,
} from './subject-words.ts'

/**
 * What stands in the subject. Weak, but for what no person writes: RFC 3834 3.1.5 tells us not to take a subject as proof,
 * and customers answer our own automatic replies. Patterns look at the very beginning of the folded subject, so that
 * `Re: Auto: ...` is no hit.
 */

const RESPONDER = oneOf(RESPONDER_WORDS.map(withoutAccents))
const ABSENCE = oneOf(ABSENCE_WORDS.map(withoutAccents))
/** What ends the announcement: the colon before the other's subject, a date, a dash, or nothing. */
const END =
  '\\s?(?:[:(–—]|-\\s|$|(?:re|aw|sv|antw):|until|till|from |since|bis |vom |ab |jusqu|du |hasta|fino|dal |tot |t/m|till |til |do |до |с |έως|\\d)'

function oneOf(patterns: readonly string[]): string {
  return `(?:${patterns.join('|')})`
}

export const SUBJECT_SIGNS: readonly SignRow[] = [
  {
    // a prefix that grows with every exchange is a loop that no header showed (freescout#3670 ran to seven)
    code: 'repeated-auto-prefix',
    class: 'hard',
    family: 'subject',
    look: { kind: 'subject', pattern: new RegExp(`^(?:${RESPONDER}:\\s?){2}`, 'u') },
    source: 'freescout#3670',
    shows: 'automatic',
  },
  {
    code: 'subject-responder',
    class: 'weak',
    family: 'subject',
    look: {
      kind: 'subject',
      pattern: new RegExp(
        `^(?:${RESPONDER}\\s?(?::|$|(?:re|aw|sv|antw):)|${ABSENCE}(?:[- ]{0,3}${RESPONDER})?${END})`,
        'u',
      ),
    },
    source: 'RFC 3834 3.1.5; Discourse, Sisimai',
    shows: 'automatic',
  },
  {
    code: 'subject-bounce',
    class: 'weak',
    family: 'subject',
    look: { kind: 'subject', pattern: new RegExp(`^${oneOf(BOUNCE_SUBJECTS)}`, 'u') },
    source: 'osTicket, Sisimai',
    shows: 'delivery-status',
  },
  {
    // the subject that the standard prescribes to programs: `Report Domain: d Submitter: s Report-ID: <r>`
    code: 'subject-aggregate-report',
    class: 'strong',
    family: 'subject',
    look: {
      kind: 'subject',
      pattern: /^\s{0,9}(?:\[preview\] ?)?report[- ]domain: ?\S{1,255}\s{1,3}submitter: ?\S/iu,
    },
    source: 'RFC 7489 7.2.1.1, RFC 8460 5.3',
    shows: 'feedback-report',
  },
  {
    code: 'subject-complaint-report',
    class: 'strong',
    family: 'subject',
    look: { kind: 'subject', pattern: /^\s{0,9}complaint about message from [\dA-Fx.:]{3,45}\s{0,9}$/iu },
    source: 'Microsoft Junk Mail Reporting Program',
    shows: 'feedback-report',
  },
  {
    // by number, by date, or in the brackets of a list: how issues of a newsletter are called
    code: 'subject-newsletter',
    class: 'weak',
    family: 'subject',
    look: { kind: 'subject', pattern: NEWSLETTER_SUBJECT },
    source: 'newsletters; people name them, too',
    shows: 'bulk',
  },
  {
    code: 'subject-notification',
    class: 'weak',
    family: 'subject',
    look: { kind: 'subject', pattern: new RegExp(`^${NO_TROUBLE}${oneOf(NOTIFICATION_SUBJECTS)}`, 'u') },
    source: 'shops and accounts; people take it up, too',
    shows: 'automatic',
  },
  {
    code: 'subject-gateway',
    class: 'weak',
    family: 'subject',
    look: { kind: 'subject', pattern: new RegExp(`^${oneOf(GATEWAY_SUBJECTS)}`, 'u') },
    source: 'voicemail, fax and scan gateways; monitoring',
    shows: 'automatic',
  },
  {
    // without `Re:` before it: the first mail in which a helpdesk tells its number
    code: 'subject-ticket',
    class: 'weak',
    family: 'subject',
    look: {
      kind: 'subject',
      pattern:
        /^\[[^\]]{0,40}#\s?[\w-]{3,24}\]|^\[?(?:ticket|case|request|incident|anfrage|vorgang)\s?(?:id|no\.?|nr\.?|number)?\s?[:#]\s?\d{3,}/u,
    },
    source: 'helpdesks; people name their case, too',
    shows: 'automatic',
    borneOutBy: ['text'],
  },
  {
    code: 'subject-acknowledgement',
    class: 'weak',
    family: 'subject',
    look: {
      kind: 'subject',
      pattern: new RegExp(`^${NO_TROUBLE}(?:\\[[^\\]]{1,60}\\]\\s?)?${oneOf(ACKNOWLEDGEMENT_SUBJECTS)}`, 'u'),
    },
    source: 'acknowledgements of helpdesks',
    shows: 'automatic',
  },
]
