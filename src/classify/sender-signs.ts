import type { Letter, Sighting, SignRow } from './sign-row.ts'
import { tokensOf } from './values.ts'

/**
 * Who a message says it is from. Every local part is compared whole (`grass-root` is not `root`) or by its tokens
 * (`calendar-noreply`), never by a piece of a word.
 */

const ROLES = 'RFC 3834 2, RFC 5230 4.6'

/** "Do not answer", as programs write it in their address. */
const NO_ANSWER = [
  'no[-_.]?(?:reply|response|answer|contest(?:ar|e)|respond(?:er|a))',
  'do[-_.]?not[-_.]?(?:reply|respond|answer)',
  'dont[-_.]?reply',
  'never[-_.]?reply',
  'keine?[-_.]?antwort(?:en)?',
  'nicht[-_.]?(?:be)?antworten',
  'ne[-_.]?pas[-_.]?repondre',
  'pas[-_.]?de[-_.]?reponse',
  'non[-_.]?risp(?:ondere|ondete|osta)',
  'n[aã]o[-_.]?respond(?:a|er)',
  'niet[-_.]?(?:be)?antwoorden',
  'geen[-_.]?antwoord',
  'svara[-_.]?(?:inte|ej)',
  '(?:ikke|ej)[-_.]?svar',
  'svar[-_.]?ikke',
  'ala[-_.]?vastaa',
  'ei[-_.]?vastausta',
  'nie[-_.]?odpowiadaj',
  'neodpov[ií]d(?:at|ejte)',
  'nu[-_.]?raspunde(?:ti)?',
  'ne[-_.]?otvecha(?:t|yte|ite)',
  'yanitlama(?:yin)?',
  'min[-_.]?apantate',
  'unmonitored',
  'dev[-_.]?null',
].join('|')
const NO_REPLY = new RegExp(`(?:^|[-_.+])(?:${NO_ANSWER})(?:$|[-_.+\\d])|[a-z](?:noreply|donotreply)$`, 'u')

const BARE_DAEMON = ['mailer-daemon', '<mailer-daemon>', '<>']

/** A daemon on the same host writes no domain, so that its From holds no address we could read. */
function bareDaemon({ message }: Letter): Sighting | undefined {
  if (message.from.length > 0) return undefined
  const field = message.fields.find(
    (one) => one.name === 'from' && tokensOf(one.value).some((token) => BARE_DAEMON.includes(token)),
  )
  return field === undefined ? undefined : { where: 'from', value: field.value }
}

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
    code: 'mailer-daemon-bare',
    class: 'strong',
    family: 'sender',
    look: { kind: 'letter', find: bareDaemon },
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
]
