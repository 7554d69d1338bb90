import { domainOf, folded, localOf } from '../mail/address.ts'
import { mailboxOf, reversePathOf } from '../mail/reverse-path.ts'
import type { Letter, Sighting, SignRow } from './sign-row.ts'

/**
 * Addresses and hosts that are named after what a program does. Named after the program alone, nobody writes from them;
 * named after a team or a job, people do, and only the way the mail came can tell.
 */

/** A product's name may stand before these (`order-notifications`). */
const NOTICES = [
  'notif(?:y|ications?|ier)',
  'notificacion(?:es)?',
  'notifica(?:zioni|coes)',
  'benachrichtigung(?:en)?',
  'alert(?:s|as?)?',
].join('|')

const MAILINGS = [
  'e?-?news-?letters?',
  'mailings?',
  'mailing-?lists?',
  'nieuwsbrief',
  'nyhetsbrev',
  'boletin',
  'infolettre',
].join('|')

const PROGRAMS = [
  'mailer',
  'rss-?(?:feeds?|2email)?',
  'feeds?',
  'robot',
  'jenkins',
  'nagios',
  'icinga2?',
  'zabbix',
  'munin',
  'alertmanager',
  'prometheus',
  'grafana',
  'sentry',
  'pingdom',
  'uptime-?robot',
  'graylog',
  'logwatch',
  'fail2ban',
  'monit',
  'cronjobs?',
  'voicemail',
  '(?:fax|scan)2(?:e?mail)',
  'fax(?:server|gateway)',
  'dmarc(?:[-_.]?reports?)?',
].join('|')

/** One's dealings with a firm, each told by a program. */
const TRANSACTIONS = [
  'orders?',
  'ship(?:ping|ment|-confirm)?',
  'delivery',
  'bestellung(?:en)?',
  'accounts?',
  'billing',
  'payments?',
  'invoices?',
  'receipts?',
  'confirm(?:ation)?s?',
  'register|registration',
  'security',
  'shop|store|mall',
  'bookings?|reservations?',
].join('|')

/** What follows a word in a local part: nothing, or a separator and anything; a dot joins a person's names. */
const END = '(?:$|[-_+=\\d])'

/**
 * The reverse-path holds a reader's address (VERP: `news-bounces+ann=customer.example@`): it was made for one of many.
 * Not where a forwarder wrote the sender's own address into it (SRS and the like), nor where a mail service did it for
 * whoever sends through it (SendGrid, Mailgun).
 */
function verp(letter: Letter): Sighting | undefined {
  const path = mailboxOf(reversePathOf(letter))
  if (path === undefined) return undefined
  const local = localOf(path).toLowerCase()
  if (FORWARDERS.test(local) || MAIL_SERVICES.test(local)) return undefined
  const reader = ENCODED.exec(local)?.[1]?.replace('=', '@')
  if (reader === undefined || letter.message.from.some((one) => folded(one.address) === reader)) return undefined
  return { where: 'reverse-path', value: path }
}

const ENCODED = /^[^=]{1,100}[-+]([^-+=]{1,64}=[a-z\d][a-z\d.-]{0,200}\.[a-z]{2,20})(?:-\d{1,20})?$/u
const FORWARDERS = /(?:^|[-+.])srs\d?=|\+caf_=|^(?:prvs|btv1)=|^msprvs1=/u
const MAIL_SERVICES = /^bounces?\+/u

function tokenAddress({ message }: Letter): Sighting | undefined {
  const found = message.from.find((one) => GENERATED.test(localOf(one.address)) && !RELAYED.has(domainOf(one.address)))
  return found === undefined ? undefined : { where: 'from', value: found.address }
}

/** Three pieces or more, the second one a long number: made anew for each mailing. */
const GENERATED = /^[\w#+-]{1,40}\.\d{4,12}\.[\w#+.-]{1,60}$/u
/** Services that give people an address of this look, to hide their own. */
const RELAYED: ReadonlySet<string> = new Set([
  'privaterelay.appleid.com',
  'mozmail.com',
  'duck.com',
  'reply.craigslist.org',
  'sneakemail.com',
  'users.noreply.github.com',
])

/** Codes of subjects in which a program tells of what it did. */
const ANNOUNCEMENTS = ['subject-notification', 'subject-acknowledgement', 'subject-gateway']

export const PROGRAM_SENDERS: readonly SignRow[] = [
  {
    code: 'machine-address',
    class: 'strong',
    family: 'sender',
    look: {
      kind: 'local-part',
      of: ['from'],
      pattern: new RegExp(`^(?:(?:[a-z\\d]{1,30}[-_.])?(?:${NOTICES})|(?:${PROGRAMS}))${END}`, 'u'),
    },
    source: 'addresses named after a program; nobody writes from them',
    shows: 'automatic',
  },
  {
    code: 'mailing-address',
    class: 'strong',
    family: 'sender',
    look: {
      kind: 'local-part',
      of: ['from'],
      pattern: new RegExp(`^(?:[a-z\\d]{1,30}[-_.])?(?:${MAILINGS})${END}`, 'u'),
    },
    source: 'addresses named after a mailing; nobody writes from them',
    shows: 'bulk',
  },
  {
    code: 'from-mailing-host',
    class: 'strong',
    family: 'sender',
    look: {
      kind: 'host',
      of: ['from'],
      pattern:
        /(?:^|\.)(?:e?-?news-?letters?|mailings?|notif(?:y|ications?)|alerts?|bounces?|campaigns?|promo(?:tion)?s?|enews|emailing)(?:$|\.)/u,
    },
    source: 'hosts named after the mailing service that they are',
    shows: 'bulk',
  },
  {
    // with DMARC, list servers write their own address into From
    code: 'from-list-host',
    class: 'strong',
    family: 'sender',
    look: {
      kind: 'domain',
      of: ['from'],
      pattern:
        /^(?:lists?|listserv|mailman|groups)\.[^.]+\..|(?:^|\.)(?:yahoogroups\.com|googlegroups\.com|groups\.io|freelists\.org|egroups\.com|listbox\.com|simplelists\.(?:com|net))$/u,
    },
    source: 'hosts of list servers',
    shows: 'list',
  },
  {
    code: 'verp',
    class: 'strong',
    family: 'envelope',
    look: { kind: 'letter', find: verp },
    source: 'Bernstein: Variable Envelope Return Paths; ezmlm, Mailman, Postfix',
    shows: 'bulk',
    mailService: true,
  },
  {
    code: 'program-address',
    class: 'weak',
    family: 'sender',
    look: {
      kind: 'local-part',
      of: ['from'],
      pattern: new RegExp(
        `^(?:news|updates?|bot|system|monitor(?:ing)?|marketing|promo(?:tions?)?|offers?|specials?|deals?|invitations?|reminders?|digest|announce(?:ments?)?|webmaster|apache|cpanel|lists?|(?:[a-z]{1,20}[-_.]?)?list|subscri(?:be|ptions?)|wordpress|editors?|redaktion|members?|pbx|asterisk|fax|scan(?:ner)?|copier|printer|mfp|calendar)${END}`,
        'u',
      ),
    },
    source: 'custom of programs; people read some of these',
    shows: 'automatic',
  },
  {
    code: 'transaction-address',
    class: 'weak',
    family: 'sender',
    look: {
      kind: 'local-part',
      of: ['from'],
      pattern: new RegExp(`^(?:[a-z]{1,20}[-_.])?(?:${TRANSACTIONS})${END}`, 'u'),
    },
    source: 'addresses of shops and accounts; people write from them, too',
    shows: 'automatic',
    borneOutBy: ['relay', ...ANNOUNCEMENTS],
  },
  {
    code: 'role-address',
    class: 'weak',
    family: 'sender',
    look: {
      kind: 'local-part',
      of: ['from'],
      pattern: new RegExp(
        `^(?:[a-z]{1,20}[-_.])?(?:info|admin(?:istrator)?|support|services?|sales|customer-?(?:service|care)|kundenservice|servicio|hello|team|contact|help|helpdesk)${END}`,
        'u',
      ),
    },
    source: 'addresses of teams; people write from them, and programs',
    shows: 'automatic',
    borneOutBy: ANNOUNCEMENTS,
  },
  {
    code: 'token-address',
    class: 'weak',
    family: 'sender',
    look: { kind: 'letter', find: tokenAddress },
    source: 'addresses made for each mailing, so that answers can be counted',
    shows: 'bulk',
    borneOutBy: ['text', 'opening', 'relay'],
  },
  {
    code: 'from-mail-host',
    class: 'weak',
    family: 'sender',
    look: { kind: 'host', of: ['from'], pattern: /^(?:e-?mail|em\d{0,4}|e|news|updates?|marketing|mkt|ml|edm)$/u },
    source: 'hosts from which firms send their mailings; people, too',
    shows: 'bulk',
    borneOutBy: ['text', 'opening', 'subject'],
  },
]
