import { folded } from '../../mail/address.ts'
import { isMisspelt } from '../explain-issue.ts'
import { knownKeys } from '../json-schema.ts'
import type { CrossCheck, Finding } from './found.ts'

/**
 * Mail that comes in over SMTP, LMTP or standard input must go on to somebody, or it would be accepted and seen by
 * nobody; mail that is watched over IMAP lies with the team already, and handing it on would double it (DESIGN 4).
 */
export const handedOnExactlyOnce: CrossCheck = (readable, file) => {
  const watched = watchedMailboxes(file)
  return readable.mailboxes.flatMap(({ at, parsed }): readonly Finding[] => {
    const written = handOnWritten(file, at)
    if (watched.has(folded(parsed.address))) return written === undefined ? [] : [watchedAndHandedOn(at)]
    if (written === 'none') return [handedToNobody(at)]
    const isThere = written !== undefined || isMisspelt(['mailboxes', at, 'hand_on'], { value: file }, knownKeys)
    return isThere ? [] : [handOnMissing(at)]
  })
}

/** Asked of the file itself, because a key that is wrong is still there. */
function handOnWritten(file: Readonly<Record<string, unknown>>, at: number): unknown {
  const mailbox: unknown = Array.isArray(file.mailboxes) ? file.mailboxes[at] : undefined
  return typeof mailbox === 'object' && mailbox !== null && 'hand_on' in mailbox ? mailbox.hand_on : undefined
}

/** Folded addresses of the mailboxes that an account of receive.imap watches, be the account otherwise right or not. */
function watchedMailboxes(file: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const { receive } = file
  const imap: unknown = typeof receive === 'object' && receive !== null && 'imap' in receive ? receive.imap : undefined
  const accounts: readonly unknown[] = Array.isArray(imap) ? imap : []
  return new Set(
    accounts.flatMap((one) =>
      typeof one === 'object' && one !== null && 'mailbox' in one && typeof one.mailbox === 'string'
        ? [one.mailbox.toLowerCase()]
        : [],
    ),
  )
}

const EXAMPLES = '"maildir:var/mail/support" or "smtp://mail.acme.example"'

function handOnMissing(at: number): Finding {
  return {
    path: ['mailboxes', at],
    message: 'the key "hand_on" is missing, so nobody would see the mail',
    hint: `wanted where the team reads it, such as ${EXAMPLES}`,
  }
}

function handedToNobody(at: number): Finding {
  return {
    path: ['mailboxes', at, 'hand_on'],
    message: 'with none, mail would be accepted and seen by nobody',
    hint: `wanted where the team reads it, such as ${EXAMPLES}`,
  }
}

function watchedAndHandedOn(at: number): Finding {
  return {
    path: ['mailboxes', at, 'hand_on'],
    message: 'this mailbox is watched over IMAP (receive.imap), so its mail lies with the team already',
    hint: 'leave hand_on out',
  }
}
