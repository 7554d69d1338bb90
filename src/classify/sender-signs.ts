import type { SignRow } from './sign-row.ts'

/**
 * Who a message says it is from. Every local part is compared whole (`grass-root` is not `root`) or by its tokens
 * (`calendar-noreply`), never by a piece of a word.
 */

const ROLES = 'RFC 3834 2, RFC 5230 4.6'
const NO_REPLY = /(?:^|[-_.+])(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|dont[-_.]?reply|no[-_.]?answer)(?:$|[-_.+\d])/u

export const SENDER_SIGNS: readonly SignRow[] = [
  {
    code: 'mailer-daemon',
    class: 'strong',
    family: 'sender',
    look: {
      kind: 'local-part',
      of: ['from', 'sender', 'reverse-path'],
      pattern: /^(?:mailer[-_]?daemon|mail[-_]?daemon|mdaemon)$/u,
    },
    source: ROLES,
    shows: 'delivery-status',
  },
  {
    // a daemon on the same host writes no domain, so that its From holds no address we could read
    code: 'mailer-daemon-bare',
    class: 'strong',
    family: 'sender',
    look: {
      kind: 'field',
      names: ['from'],
      test: { kind: 'token', oneOf: ['mailer-daemon', '<mailer-daemon>', '<>'] },
    },
    source: ROLES,
    shows: 'delivery-status',
  },
  {
    code: 'postmaster',
    class: 'strong',
    family: 'sender',
    look: { kind: 'local-part', of: ['from', 'sender', 'reverse-path'], pattern: /^post[-_]?master$/u },
    source: ROLES,
    shows: 'automatic',
  },
  {
    code: 'no-reply',
    class: 'strong',
    family: 'sender',
    look: { kind: 'local-part', of: ['from', 'reply-to'], pattern: NO_REPLY },
    source: 'custom of programs: nobody reads this address',
    shows: 'automatic',
  },
  {
    code: 'system-account',
    class: 'strong',
    family: 'sender',
    look: {
      kind: 'local-part',
      // never Sender: a gateway or web server that submits for a person writes itself there (RFC 5322 3.6.2)
      of: ['from'],
      pattern: /^(?:root|daemon|server|abuse|cron|nobody|www-data|uucp)$/u,
    },
    source: 'accounts of programs; Exim filter specification "personal", RFC 2142',
    shows: 'automatic',
  },
  {
    code: 'autoresponder-address',
    class: 'strong',
    family: 'sender',
    look: {
      kind: 'local-part',
      of: ['from', 'sender', 'reverse-path'],
      pattern:
        /^auto(?:mated|matic)?[-_.]?(?:reply|replies|respon(?:se|der|d)|mailer|mail|confirm(?:ation)?|notif(?:ication|ications|ier|y)|messages?)$/u,
    },
    source: 'custom of programs',
    shows: 'automatic',
  },
  {
    code: 'bounce-address',
    class: 'strong',
    family: 'sender',
    look: { kind: 'local-part', of: ['from'], pattern: /^bounces?(?:$|[-_.+=\d])/u },
    source: 'RFC 3834 2',
    shows: 'automatic',
  },
  {
    code: 'list-address',
    class: 'strong',
    family: 'sender',
    look: {
      kind: 'local-part',
      of: ['from', 'sender', 'reverse-path'],
      pattern: /^(?:listserv|listproc|majordomo|mailman|sympa|owner-.+|.+-(?:request|owner|bounces?|errors))$/u,
    },
    source: 'RFC 2142 6, RFC 3834 2',
    shows: 'list',
  },
  {
    // VERP of ezmlm and others: list-return-17-reader=example.org@, list-bounces+reader=example.org@
    code: 'list-verp',
    class: 'strong',
    family: 'sender',
    look: {
      kind: 'local-part',
      of: ['reverse-path', 'sender'],
      pattern: /^.+-(?:return|bounces?|errors|owner)[-+].*\d*/u,
    },
    source: 'ezmlm, Mailman',
    shows: 'list',
  },
  {
    code: 'return-to-bounces',
    class: 'weak',
    family: 'relay',
    look: { kind: 'local-part', of: ['reverse-path'], pattern: /^bounces?(?:$|[-_.+=\d])/u },
    source: 'mail services; on mail of people, too',
    shows: 'automatic',
  },
  {
    code: 'return-to-mailing-host',
    class: 'weak',
    family: 'relay',
    look: {
      kind: 'domain',
      of: ['reverse-path'],
      pattern: /(?:^|\.)(?:bounces?|newsletters?|mailings?|notifications?|amazonses)\./u,
    },
    source: 'mail services; on mail of people, too',
    shows: 'automatic',
  },
  {
    code: 'delivery-system-name',
    class: 'strong',
    family: 'sender',
    look: {
      kind: 'display-name',
      pattern: /^(?:mail delivery (?:sub)?system|mail delivery service|mailer[- ]daemon)$/iu,
    },
    source: 'sendmail, Postfix, Exim',
    shows: 'delivery-status',
  },
  {
    code: 'cron-name',
    class: 'strong',
    family: 'sender',
    look: { kind: 'display-name', pattern: /^\(?cron daemon\)?$/iu },
    source: 'cron(8)',
    shows: 'automatic',
  },
  {
    code: 'program-address',
    class: 'weak',
    family: 'sender',
    look: {
      kind: 'local-part',
      of: ['from'],
      pattern:
        /^(?:alerts?|notif(?:y|ications?|ier)|newsletters?|news|updates?|robot|bot|system|monitor(?:ing)?|nagios|jenkins|mailer|mailing|marketing|promo(?:tions?)?|offers?|invitations?|reminders?|digest|webmaster|apache|cpanel)(?:$|[-_.+\d])/u,
    },
    source: 'custom of programs; people read some of these',
    shows: 'automatic',
  },
]
