import type { NatureKind } from '../mail/nature.ts'
import type { SignRow, ValueTest } from './sign-row.ts'

/** Header fields of mailing lists and bulk mail. */

const PRESENT: ValueTest = { kind: 'present' }
const LIST_FIELDS = 'RFC 2369, RFC 2919, RFC 5230 4.6'

/** Software that writes to many; nobody composes a letter in it. */
const BULK_MAILER =
  /(?:^|\b)(?:mailing ?list|mass ?mail(?:er|ing)?|bulk ?mail(?:er)?|news ?letters?|e-?mail ?marketing|mail ?campaign|phplist|mailchimp|accucast|maxmailer|edmail|acymailing|groupmail|sendblaster|mailpoet|dada mail|listmanager|lyris|strongmail|campaign monitor|cheetahmail|interspire|oempro|inxmail|cleverreach|rapidmail|sarbacane|mailworx|sendy|mautic|openemm|group-?mail|direct ?mail)\b/iu

type Line = readonly [code: string, name: string, shows: NatureKind, test: ValueTest, source: string]

const STRONG: readonly Line[] = [
  ['list-id', 'list-id', 'list', PRESENT, LIST_FIELDS],
  ['list-post', 'list-post', 'list', PRESENT, LIST_FIELDS],
  ['list-help', 'list-help', 'list', PRESENT, LIST_FIELDS],
  ['list-subscribe', 'list-subscribe', 'list', PRESENT, LIST_FIELDS],
  ['list-owner', 'list-owner', 'list', PRESENT, LIST_FIELDS],
  ['list-archive', 'list-archive', 'list', PRESENT, LIST_FIELDS],
  ['mailing-list', 'mailing-list', 'list', PRESENT, 'ezmlm, Yahoo Groups'],
  ['x-mailing-list', 'x-mailing-list', 'list', PRESENT, 'vger, Debian and others'],
  ['x-beenthere', 'x-beenthere', 'list', PRESENT, 'Mailman'],
  ['x-mailman-version', 'x-mailman-version', 'list', PRESENT, 'Mailman'],
  ['x-list', 'x-list-*', 'list', PRESENT, 'list servers'],
  ['x-listserver', 'x-listserver', 'list', PRESENT, 'list servers'],
  ['x-listprocessor', 'x-listprocessor-version', 'list', PRESENT, 'ListProcessor'],
  ['x-ml-name', 'x-ml-name', 'list', PRESENT, 'fml'],
  ['x-ml-count', 'x-mail-count', 'list', PRESENT, 'fml'],
  ['x-mlserver', 'x-mlserver', 'list', PRESENT, 'fml'],
  ['x-egroups', 'x-egroups-*', 'list', PRESENT, 'Yahoo Groups'],
  ['x-google-group', 'x-google-group-id', 'list', PRESENT, 'Google Groups'],
  ['delivered-to-list', 'delivered-to', 'list', { kind: 'pattern', pattern: /^mailing list\b/iu }, 'ezmlm'],
  [
    'x-mailer-bulk',
    'x-mailer',
    'bulk',
    { kind: 'pattern', pattern: BULK_MAILER },
    'software for mailings names itself',
  ],
]

/** What mailing services write as well; a list where people talk has others beside them. */
const ON_BULK: readonly string[] = ['list-id', 'list-help', 'list-subscribe', 'list-owner', 'list-archive']

/** Strong, but for somebody in a ticket with us: a CRM puts them on a letter to one person as well. */
const SERVICES: readonly Line[] = [
  ['list-unsubscribe', 'list-unsubscribe', 'bulk', PRESENT, LIST_FIELDS],
  ['list-unsubscribe-post', 'list-unsubscribe-post', 'bulk', PRESENT, 'RFC 8058'],
  ['x-campaign', 'x-campaign*', 'bulk', PRESENT, 'newsletter services'],
]

const PRECEDENCE = ['precedence', 'x-precedence']
const CUSTOM = 'RFC 3834 3.1.8; custom, in no standard'

export const LIST_FIELDS_TABLE: readonly SignRow[] = [
  ...STRONG.map((line): SignRow => (ON_BULK.includes(line[0]) ? { ...row(line), yieldsTo: 'bulk' } : row(line))),
  ...SERVICES.map((line): SignRow => ({ ...row(line), mailService: true })),
  precedence('precedence-list', ['list'], 'list'),
  precedence('precedence-bulk', ['bulk', 'junk'], 'bulk'),
]

function row([code, name, shows, test, source]: Line): SignRow {
  return { code, class: 'strong', family: 'field', look: { kind: 'field', names: [name], test }, source, shows }
}

function precedence(code: string, oneOf: readonly string[], shows: NatureKind): SignRow {
  const look: SignRow['look'] = { kind: 'field', names: PRECEDENCE, test: { kind: 'token', oneOf } }
  return { code, class: 'strong', family: 'field', look, source: CUSTOM, shows }
}
