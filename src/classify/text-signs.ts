import { foldedText } from './folding.ts'
import { ACKNOWLEDGEMENT_PHRASES, AUTOMATIC_PHRASES, BOUNCE_PHRASES, DO_NOT_ANSWER_PHRASES } from './machine-words.ts'
import { BROWSER_PHRASES, UNSUBSCRIBE_PHRASES } from './mailing-words.ts'
import { ABSENCE_PHRASES } from './responder-words.ts'
import type { SignRow } from './sign-row.ts'

/** Phrases in the sender's own words. All weak: people say the same, and quote it without saying so. */

type Line = Omit<SignRow, 'class' | 'family' | 'look'> & {
  readonly phrases: readonly string[]
  readonly at?: 'text' | 'opening'
}

const LINES: readonly Line[] = [
  {
    code: 'text-absence',
    phrases: ABSENCE_PHRASES,
    source: 'absence notices; people say it, too',
    shows: 'automatic',
    borneOutBy: ['subject', 'structure', 'field'],
  },
  {
    code: 'text-automatic',
    phrases: AUTOMATIC_PHRASES,
    source: 'custom of programs; people quote it',
    shows: 'automatic',
  },
  {
    code: 'text-do-not-answer',
    phrases: DO_NOT_ANSWER_PHRASES,
    source: 'custom of programs; people quote it',
    shows: 'automatic',
  },
  {
    code: 'text-acknowledgement',
    phrases: ACKNOWLEDGEMENT_PHRASES,
    source: 'helpdesks; people thank in the same words',
    shows: 'automatic',
    borneOutBy: ['subject', 'relay', 'field'],
  },
  {
    code: 'text-bounce',
    phrases: BOUNCE_PHRASES,
    source: 'qmail, Exim, sendmail, Exchange, Domino',
    shows: 'delivery-status',
  },
  { code: 'text-unsubscribe', phrases: UNSUBSCRIBE_PHRASES, source: 'newsletters; people quote it', shows: 'bulk' },
  {
    code: 'text-web-version',
    phrases: BROWSER_PHRASES,
    source: 'newsletters; people quote it',
    shows: 'bulk',
    at: 'opening',
  },
]

export const TEXT_SIGNS: readonly SignRow[] = LINES.map(({ phrases, at = 'text', ...row }) => ({
  ...row,
  class: 'weak',
  family: at,
  look: { kind: at, phrases: phrases.map(foldedPhrase) },
}))

/** Folded like the text it is looked for in, but for a blank at its end, which says that a word ends there. */
function foldedPhrase(phrase: string): string {
  return foldedText(phrase) + (phrase.endsWith(' ') ? ' ' : '')
}
