import { stringify } from 'yaml'
import { type Address, domainOf, localOf } from '../mail/address.ts'
import { configJsonSchema } from './json-schema.ts'

export type InitialAnswers = {
  /** The address customers write to. */
  readonly mailbox: Address
  /** The organization's name, one line of at most 100 characters. */
  readonly name: string
  /** An IANA time zone name. */
  readonly timezone: string
  /** shadow decides and records, but sends nothing: for a mailbox that is in use already. */
  readonly mode: 'live' | 'shadow'
}

export type InitialFile = { readonly path: string; readonly text: string }

/**
 * The files that `replyd init DIR` writes: a configuration that loads as it is, with comments that say what to change.
 * @returns paths relative to DIR
 */
export function initialFiles(answers: InitialAnswers): readonly InitialFile[] {
  return [
    { path: 'replyd.yaml', text: configText(answers) },
    { path: SCHEMA_FILE, text: `${JSON.stringify(configJsonSchema(), null, 2)}\n` },
  ]
}

const SCHEMA_FILE = 'replyd.schema.json'

/** A value as YAML that reads back as the same text, whatever it holds. */
function quoted(value: string): string {
  return stringify(value, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 }).trimEnd()
}

const MODES = {
  live: 'live sends notices; shadow decides and records what would be sent, and sends nothing',
  shadow: 'set this to live when `replyd messages list` shows what you want; live starts with new mail only',
} as const

function configText({ mailbox, name, timezone, mode }: InitialAnswers): string {
  const local = localOf(mailbox).replace(/[^A-Za-z0-9_-]/gu, '_')
  return `# yaml-language-server: $schema=./${SCHEMA_FILE}
# $schema: ./${SCHEMA_FILE}
#
# The configuration of replyd. After a change: \`replyd check\`, then \`replyd reload\`.
# The two lines above give your editor completion and checking; \`replyd schema\` prints that file anew after an upgrade.
# Data (var/..., maildir:...) lies below $STATE_DIRECTORY, else below the folder that replyd is started in;
# files you write (templates, certificates, secrets) are looked for beside this file.

organization:
  name: ${quoted(name)} # shown in every notice
  timezone: ${timezone} # in which notices state times
  locale: en # where nothing better is known of a customer
  locales: [en, el, zh-Hant] # languages of your notices, best first

receive:
  smtp:
    listen: ["127.0.0.1:2525"] # as an MX: "0.0.0.0:25" and "[::]:25", or fd:smtp from a systemd socket
    hostname: ${quoted(`mx.${domainOf(mailbox)}`)} # what we call ourselves
    # tls: {certificate: tls/cert.pem, key: tls/key.pem}
  # lmtp:                       # for a Postfix or Dovecot on this machine
  #   listen: ["127.0.0.1:2524"]

mailboxes:
  - address: ${quoted(mailbox)}
    name: ${quoted(`${name} Support`.slice(0, 100))} # the name in From
    # aliases: [help@acme.example]
    hand_on: ${quoted(`maildir:var/mail/${local}`)} # or smtp://mail.acme.example, lmtp://unix:/run/dovecot/lmtp
    reply_within: 24h # how soon a person answers; notices state it
    # resources:
    #   - {title: Help centre, url: "https://help.acme.example/"}

send:
  mode: ${mode} # ${MODES[mode]}
  via: "maildir:var/outbox" # or smtp://mail.acme.example:587, with auth:
  # auth: {user: replyd, password: {file: secrets/smtp}}   # or {credential: NAME}, {env: NAME}

admin:
  listen: "127.0.0.1:8025" # health and metrics; never open it to the internet

# Many more keys: opening hours, limits, rules, agents... config/README.md has the table.
`
}
