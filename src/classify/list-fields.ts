import type { NatureKind } from '../mail/nature.ts'
import type { SignRow, ValueTest } from './sign-row.ts'

/** Header fields of mailing lists, bulk mail and spam filters. */

const PRESENT: ValueTest = { kind: 'present' }
const LIST_FIELDS = 'RFC 2369, RFC 2919, RFC 5230 4.6'
const FILTER = 'the verdict of a spam filter on the way'

type Line = readonly [code: string, name: string, shows: NatureKind, test: ValueTest, source: string]

const STRONG: readonly Line[] = [
  ['list-id', 'list-id', 'list', PRESENT, LIST_FIELDS],
  ['list-post', 'list-post', 'list', PRESENT, LIST_FIELDS],
  ['list-help', 'list-help', 'list', PRESENT, LIST_FIELDS],
  ['list-subscribe', 'list-subscribe', 'list', PRESENT, LIST_FIELDS],
  ['list-owner', 'list-owner', 'list', PRESENT, LIST_FIELDS],
  ['list-archive', 'list-archive', 'list', PRESENT, LIST_FIELDS],
  ['list-unsubscribe', 'list-unsubscribe', 'bulk', PRESENT, LIST_FIELDS],
  ['list-unsubscribe-post', 'list-unsubscribe-post', 'bulk', PRESENT, 'RFC 8058'],
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
  ['x-campaign', 'x-campaign*', 'bulk', PRESENT, 'newsletter services'],
  ['x-spam-flag', 'x-spam-flag', 'spam', { kind: 'token', oneOf: ['yes', 'true'] }, FILTER],
  ['x-spam-status', 'x-spam-status', 'spam', { kind: 'pattern', pattern: /^yes\b/iu }, FILTER],
  ['x-ses-spam-verdict', 'x-ses-spam-verdict', 'spam', { kind: 'token', oneOf: ['fail'] }, FILTER],
  ['x-barracuda-spam-flag', 'x-barracuda-spam-flag', 'spam', { kind: 'token', oneOf: ['yes'] }, FILTER],
  [
    'x-forefront-antispam-report',
    'x-forefront-antispam-report',
    'spam',
    { kind: 'token', oneOf: ['sfv:spm', 'sfv:skb', 'sfv:sks'] },
    FILTER,
  ],
]

const WEAK: readonly Line[] = [
  ['x-report-abuse', 'x-report-abuse*', 'bulk', PRESENT, 'mail services'],
  ['x-csa-complaints', 'x-csa-complaints', 'bulk', PRESENT, 'Certified Senders Alliance'],
  ['errors-to', 'errors-to', 'list', PRESENT, 'list servers; RFC 1123 5.2.13 obsolete'],
]

const PRECEDENCE = ['precedence', 'x-precedence']
const CUSTOM = 'RFC 3834 3.1.8; custom, in no standard'

export const LIST_FIELDS_TABLE: readonly SignRow[] = [
  ...STRONG.map((line) => row(line, 'strong', 'field')),
  precedence('precedence-list', ['list'], 'list'),
  precedence('precedence-bulk', ['bulk', 'junk'], 'bulk'),
  ...WEAK.map((line) => row(line, 'weak', 'relay')),
]

function row([code, name, shows, test, source]: Line, kind: SignRow['class'], family: SignRow['family']): SignRow {
  return { code, class: kind, family, look: { kind: 'field', names: [name], test }, source, shows }
}

function precedence(code: string, oneOf: readonly string[], shows: NatureKind): SignRow {
  const look: SignRow['look'] = { kind: 'field', names: PRECEDENCE, test: { kind: 'token', oneOf } }
  return { code, class: 'strong', family: 'field', look, source: CUSTOM, shows }
}
