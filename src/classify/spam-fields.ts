import type { SignRow, ValueTest } from './sign-row.ts'

/**
 * What spam filters said. Believed only in the fields that hosts we trust wrote: below, anybody may write them. Hard,
 * because an answer to spam goes to somebody whose address was misused.
 */

type Line = readonly [code: string, names: readonly string[], test: ValueTest, source: string]

const YES: ValueTest = { kind: 'token', oneOf: ['yes', 'true', 'spam'] }

const VERDICTS: readonly Line[] = [
  ['x-spam-flag', ['x-spam-flag'], YES, 'SpamAssassin and others'],
  ['x-spam-status', ['x-spam-status'], { kind: 'pattern', pattern: /^yes\b/iu }, 'SpamAssassin'],
  ['x-spam', ['x-spam'], YES, 'Rspamd'],
  ['x-spamd-result', ['x-spamd-result'], { kind: 'pattern', pattern: /^\w{1,40}: ?true\b/iu }, 'Rspamd'],
  [
    'x-spam-action',
    ['x-spam-action', 'x-rspamd-action'],
    { kind: 'pattern', pattern: /^(?:reject|add header|rewrite subject|quarantine|discard)\b/iu },
    'Rspamd',
  ],
  ['x-ses-spam-verdict', ['x-ses-spam-verdict'], { kind: 'token', oneOf: ['fail'] }, 'Amazon SES'],
  ['x-ses-virus-verdict', ['x-ses-virus-verdict'], { kind: 'token', oneOf: ['fail'] }, 'Amazon SES'],
  [
    'exchange-scl',
    ['x-ms-exchange-organization-scl', 'x-scl'],
    { kind: 'pattern', pattern: /^[5-9]$/u },
    'Exchange: spam confidence level of 5 or more',
  ],
  [
    'x-forefront-antispam-report',
    ['x-forefront-antispam-report'],
    { kind: 'token', oneOf: ['sfv:spm', 'sfv:skb', 'sfv:sks', 'scl:5', 'scl:6', 'scl:7', 'scl:8', 'scl:9'] },
    'Exchange Online Protection',
  ],
  ['x-barracuda-spam-flag', ['x-barracuda-spam-flag'], YES, 'Barracuda'],
  ['x-bogosity', ['x-bogosity'], YES, 'Bogofilter'],
  ['x-dspam-result', ['x-dspam-result'], YES, 'DSPAM'],
  ['x-crm114-status', ['x-crm114-status'], YES, 'CRM114'],
  ['x-mailscanner-spamcheck', ['x-mailscanner-spamcheck'], { kind: 'pattern', pattern: /^spam\b/iu }, 'MailScanner'],
  [
    'x-proofpoint-spam-details',
    ['x-proofpoint-spam-details'],
    { kind: 'pattern', pattern: /^rule=spam\b/iu },
    'Proofpoint',
  ],
  ['x-vr-spamstate', ['x-vr-spamstate', 'x-ovh-spam-status'], YES, 'Vade, OVH'],
  ['x-klms-antispam-status', ['x-klms-antispam-status'], YES, 'Kaspersky'],
]

export const SPAM_FIELDS: readonly SignRow[] = VERDICTS.map(([code, names, test, source]) => ({
  code,
  class: 'hard',
  family: 'field',
  look: { kind: 'field', names, test, by: 'trusted-hops' },
  source,
  shows: 'spam',
}))
