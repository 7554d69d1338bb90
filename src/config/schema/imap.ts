import * as z from 'zod'
import type { ImapAccount, ImapAuth, ImapMark, OAuth2 } from '../config.ts'
import { DEFAULTS } from '../defaults.ts'
import { atLeastOne, choice, type IssueNote, line, name, text } from './leaf.ts'
import { address, host, webAddress } from './places.ts'
import { duration, port } from './quantities.ts'
import { secret } from './secret.ts'

const { imap } = DEFAULTS.receive

export const oauth2 = z.strictObject({
  token_url: webAddress.describe('Where tokens are fetched.'),
  client_id: line('the client id', 500).describe('The id under which replyd is registered there.'),
  client_secret: secret.optional().describe('The secret of that registration, if it has one.'),
  refresh_token: secret.optional().describe('A refresh token; without it, client credentials are used.'),
  scope: line('the scope', 1000).optional().describe('The scope to ask for.'),
})

export function oauth2Of(parsed: z.output<typeof oauth2>): OAuth2 {
  return {
    tokenUrl: parsed.token_url,
    clientId: parsed.client_id,
    clientSecret: parsed.client_secret,
    refreshToken: parsed.refresh_token,
    scope: parsed.scope,
  }
}

const ONE_OF_TWO: IssueNote = { whole: true }
export const ONE_AUTH = 'wanted exactly one of password and oauth2'

const imapAuth = z
  .strictObject({
    password: secret.optional().describe('The password.'),
    oauth2: oauth2.optional().describe('OAuth 2.0 instead of a password.'),
  })
  .transform((value, context): ImapAuth => {
    if (value.password !== undefined && value.oauth2 === undefined)
      return { kind: 'password', password: value.password }
    if (value.oauth2 !== undefined && value.password === undefined)
      return { kind: 'oauth2', oauth2: oauth2Of(value.oauth2) }
    context.addIssue({ code: 'custom', message: ONE_AUTH, params: ONE_OF_TWO })
    return z.NEVER
  })

const mark = text<ImapMark>(
  'none, seen, flagged or move:FOLDER',
  (value) => {
    if (value === 'none' || value === 'seen' || value === 'flagged') return { kind: value }
    const folder = value.startsWith('move:') ? value.slice('move:'.length) : ''
    return folder === '' ? undefined : { kind: 'move', folder }
  },
  { pattern: '^(?:none|seen|flagged|move:.+)$' },
)

const folder = line('the name of a folder', 255)

export const imapAccount = z.strictObject({
  account: name.describe('A name for this account, used in logs and the ledger; never change it.'),
  mailbox: address.describe('The mailbox (of `mailboxes`) whose mail lies there.'),
  host: host.describe('The IMAP server.'),
  port: port.prefault(imap.port).describe('Its port; 993 speaks TLS from the start, others by STARTTLS.'),
  tls: choice(['required', 'off']).prefault(imap.tls).describe('off sends the password in the clear.'),
  user: line('the user name', 320).describe('Who logs in.'),
  auth: imapAuth.describe('How.'),
  folders: atLeastOne(folder)
    .prefault([...imap.folders])
    .describe('Folders that are watched.'),
  sent: folder.optional().describe('Where the team keeps sent mail; without it, the folder marked \\Sent.'),
  mark: mark.prefault(imap.mark).describe('What is done to a mail there once it is ours.'),
  scan_every: duration({ least: '10s', most: '1d' })
    .prefault(imap.scan_every)
    .describe('How often folders are looked through beside IDLE.'),
})

export function imapAccountOf(parsed: z.output<typeof imapAccount>): ImapAccount {
  const { scan_every, sent, ...rest } = parsed
  return { ...rest, sent, scanEveryMs: scan_every }
}
