import type { SignRow, ValueTest } from './sign-row.ts'

/**
 * What mail services, scripts and servers stamp on everything they send. People write through them as well (a CRM, a
 * shop's contact form, a redirecting mailbox), so each is weak, and nothing on the mail of somebody we know.
 */

const PRESENT: ValueTest = { kind: 'present' }

type Line = readonly [code: string, name: string, shows: 'automatic' | 'bulk' | 'list', source: string]

const SERVICES: readonly Line[] = [
  ['feedback-id', 'feedback-id', 'automatic', 'mail services; on helpdesk mail of people, too'],
  ['x-ses-outgoing', 'x-ses-outgoing', 'automatic', 'Amazon SES'],
  ['x-mailgun', 'x-mailgun-*', 'automatic', 'Mailgun'],
  ['x-sg-eid', 'x-sg-eid', 'automatic', 'SendGrid'],
  ['x-mc-user', 'x-mc-user', 'automatic', 'Mailchimp'],
  ['x-mandrill-user', 'x-mandrill-user', 'automatic', 'Mandrill'],
  ['x-mailjet', 'x-mj-*', 'automatic', 'Mailjet'],
  ['x-pm-message-id', 'x-pm-message-id', 'automatic', 'Postmark'],
  ['x-sfmc-stack', 'x-sfmc-stack', 'automatic', 'Salesforce Marketing Cloud'],
  ['x-sib-id', 'x-sib-id', 'automatic', 'Brevo'],
  ['x-msfbl', 'x-msfbl', 'automatic', 'SparkPost'],
  ['x-report-abuse', 'x-report-abuse*', 'bulk', 'mail services'],
  ['x-csa-complaints', 'x-csa-complaints', 'bulk', 'Certified Senders Alliance'],
  ['x-job', 'x-job*', 'bulk', 'mail services number their runs'],
  ['errors-to', 'errors-to', 'list', 'list servers; RFC 1123 5.2.13 obsolete'],
  ['bounces-to', 'bounces-to', 'bulk', 'mail services'],
]

/** Hosts of mail services, as a Message-ID ends in them. */
const SERVICE_ID =
  /@(?:[^@>]{0,200}\.)?(?:amazonses\.com|sendgrid\.(?:net|info)|mailgun\.(?:org|net)|mandrillapp\.com|mcsv\.net|mcdlv\.net|rsgsv\.net|mailchimpapp\.net|mailjet\.com|mtasv\.net|postmarkapp\.com|sparkpostmail\.com|sendinblue\.com|brevo\.com|exacttarget\.com|mktomail\.com|mktdns\.com|hubspotemail\.net|constantcontact\.com|createsend\.com|cmail\d{1,3}\.com|responsys\.net|rsys\d\.net|e-?dialog\.com|bluehornet\.com|emarsys\.net|klaviyomail\.com|sendpulse\.com|mailerlite\.com|getresponse\.com|acems\d\.com|icontact\.com|dotmailer\.com|elasticemail\.com|imakenews\.(?:com|net))>?$/iu

/** Libraries by which web servers write; a contact form's mail comes by them as well. */
const SCRIPT =
  /^(?:php(?:mailer)?\b|swift ?mailer|mime::lite|mime-?tools|perl|python|javamail|nodemailer|mailtool|cdosys|asp ?mail|jmail|sendmail)/iu

/** Helpdesks name themselves on acknowledgements as well as on what their people write. */
const HELPDESK =
  /^(?:otrs|znuny|zammad|osticket|freescout|zendesk|kayako|happyfox|freshdesk|help ?scout|deskpro|glpi|itop|request tracker|vtiger|spiceworks|jitbit|helpspot|hesk|chatwoot|front mailer|zoho desk)\b/iu

export const RELAY_SIGNS: readonly SignRow[] = [
  ...SERVICES.map(([code, name, shows, source]) => stamp(code, { names: [name], test: PRESENT }, { source, shows })),
  stamp(
    'message-id-service',
    { names: ['message-id'], test: { kind: 'pattern', pattern: SERVICE_ID } },
    { source: 'mail services; on mail of people, too', shows: 'automatic' },
  ),
  stamp(
    'x-mailer-script',
    { names: ['x-mailer', 'user-agent'], test: { kind: 'pattern', pattern: SCRIPT } },
    { source: 'libraries of web servers; contact forms of people, too', shows: 'automatic' },
  ),
  {
    ...stamp(
      'x-mailer-helpdesk',
      { names: ['x-mailer'], test: { kind: 'pattern', pattern: HELPDESK } },
      { source: 'helpdesks; on letters of their people, too', shows: 'automatic' },
    ),
    borneOutBy: ['text', 'subject-acknowledgement'],
  },
  {
    code: 'return-to-bounces',
    class: 'weak',
    family: 'relay',
    look: { kind: 'local-part', of: ['reverse-path'], pattern: /^bounces?(?:$|[-_.+=\d])/u },
    source: 'mail services; on mail of people, too',
    shows: 'automatic',
    mailService: true,
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
    mailService: true,
  },
  {
    // the account that a web server or a list of jobs runs under: nobody reads what comes back
    code: 'return-to-account',
    class: 'weak',
    family: 'relay',
    look: {
      kind: 'local-part',
      of: ['reverse-path'],
      pattern: /^(?:nobody|www(?:-data|run)?|apache\d?|httpd?|nginx|daemon|root|anonymous|webserver|wwwuser)$/u,
    },
    source: 'accounts of web servers; contact forms of people, too',
    shows: 'automatic',
  },
  {
    code: 'inbox-rules-loop',
    class: 'weak',
    family: 'relay',
    look: { kind: 'field', names: ['x-ms-exchange-inbox-rules-loop'], test: PRESENT },
    source: 'Exchange; on redirected mail of people, too',
    shows: 'automatic',
    borneOutBy: ['subject', 'text'],
  },
  {
    code: 'parent-message-id',
    class: 'weak',
    family: 'relay',
    look: { kind: 'field', names: ['x-ms-exchange-parent-message-id'], test: PRESENT },
    source: 'Exchange; on redirected mail of people, too',
    shows: 'automatic',
    borneOutBy: ['subject', 'text'],
  },
]

function stamp(
  code: string,
  { names, test }: { readonly names: readonly string[]; readonly test: ValueTest },
  { source, shows }: Pick<SignRow, 'source' | 'shows'>,
): SignRow {
  const look: SignRow['look'] = { kind: 'field', names, test }
  return { code, class: 'weak', family: 'relay', look, source, shows, mailService: true }
}
