import * as z from 'zod'
import type { Send, SendAuth } from '../config.ts'
import { DEFAULTS } from '../defaults.ts'
import { ONE_AUTH, oauth2, oauth2Of } from './imap.ts'
import { choice, type IssueNote, line, text } from './leaf.ts'
import { address, domain, nextHop } from './places.ts'
import { secret } from './secret.ts'

const sendAuth = z
  .strictObject({
    user: line('the user name', 320).optional().describe('Who logs in; required with a password.'),
    password: secret.optional().describe('The password.'),
    oauth2: oauth2.optional().describe('OAuth 2.0 instead of a password.'),
  })
  .transform((value, context): SendAuth => {
    const { user, password } = value
    if (password !== undefined && value.oauth2 === undefined && user !== undefined) {
      return { kind: 'password', user, password }
    }
    if (value.oauth2 !== undefined && password === undefined)
      return { kind: 'oauth2', user, oauth2: oauth2Of(value.oauth2) }
    const params: IssueNote = { whole: true }
    const isUserMissing = password !== undefined && value.oauth2 === undefined
    context.addIssue({
      code: 'custom',
      message: isUserMissing ? 'wanted a user beside the password' : ONE_AUTH,
      params,
    })
    return z.NEVER
  })

const selector = text('a selector such as s1', (value) =>
  /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/u.test(value) ? value : undefined,
)

const dkimKey = z.strictObject({
  domain: domain.describe('Domain in whose name notices are signed.'),
  selector: selector.describe('Selector under which the public key stands in the DNS.'),
  key: secret.describe('The private key, PEM.'),
})

const keys = {
  mode: choice(['live', 'shadow', 'off']).describe(
    'live sends; shadow decides and records but sends nothing; off decides for silence.',
  ),
  via: nextHop.describe('The server that notices leave by, or maildir:FOLDER.'),
  auth: sendAuth.optional().describe('How we log in there.'),
  return_path: address.nullable().describe('Envelope sender of notices; null: the empty one, <>.'),
  dkim: z.array(dkimKey).describe('Keys that notices are signed with; leave it out where the server signs.'),
}

const { mode, via, return_path, dkim } = DEFAULTS.send

export const send = z.strictObject({
  mode: keys.mode.prefault(mode),
  via: keys.via.prefault(via),
  auth: keys.auth,
  return_path: keys.return_path.prefault(return_path),
  dkim: keys.dkim.prefault([...dkim]),
})

export const sendOverride = z.strictObject({
  mode: keys.mode.optional(),
  via: keys.via.optional(),
  auth: keys.auth,
  return_path: keys.return_path.optional(),
  dkim: keys.dkim.optional(),
})

export function sendOf(parsed: z.output<typeof send>): Send {
  return { mode: parsed.mode, via: parsed.via, auth: parsed.auth, returnPath: parsed.return_path, dkim: parsed.dkim }
}

/** What one mailbox says differently; a login belongs to its server, so another `via` does not inherit it. */
export function sendWith(general: Send, own: z.output<typeof sendOverride> | undefined): Send {
  if (own === undefined) return general
  return {
    mode: own.mode ?? general.mode,
    via: own.via ?? general.via,
    auth: own.auth ?? (own.via === undefined ? general.auth : undefined),
    returnPath: own.return_path === undefined ? general.returnPath : own.return_path,
    dkim: own.dkim ?? general.dkim,
  }
}
