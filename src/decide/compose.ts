import { type Address, folded } from '../mail/address.ts'
import type { Facts } from '../mail/facts.ts'
import type { Message } from '../mail/message.ts'
import type { Notice, NoticeKind } from '../mail/notice.ts'
import { chooseLocale } from './locale.ts'
import { customerName, safeSubject } from './stranger.ts'

/**
 * The notice in all but its words: from the first mailbox that the message is for, under the address written to.
 * @returns undefined where the message is for no mailbox of ours
 */
export function composeNotice(facts: Facts, { kind, to }: { kind: NoticeKind; to: Address }): Notice | undefined {
  const { message, policy, findings } = facts
  const [speaker] = facts.addressed
  if (speaker === undefined) return undefined
  const { mailbox, alias } = speaker
  const isAuthentic = facts.authentication.dmarc === 'pass'
  return {
    kind,
    to,
    from: alias,
    mailbox: mailbox.address,
    locale: chooseLocale({
      remembered: findings.language,
      detected: message.language,
      contentLanguage: message.contentLanguage,
      offered: mailbox.locales,
      fallback: mailbox.locales[0] ?? policy.defaultLocale,
    }),
    customerName: customerName(nameOf(facts)),
    subject: isLegible(message, 'subject') ? safeSubject(message.subject, isAuthentic, policy.ownPrefixes) : '',
  }
}

/** Who wrote: behind a web form that is the customer in Reply-To, never the form. */
function nameOf({ message, policy }: Facts): string {
  const [from] = message.from
  const isForm = from !== undefined && policy.forms.has(folded(from.address))
  const name = (isForm ? message.replyTo[0] : from)?.name ?? ''
  return isLegible(message, isForm ? 'reply-to' : 'from') ? name : ''
}

/** False where octets of the field are no letters to us: the rest of a word is not what they wrote, so it is not repeated. */
function isLegible({ fields }: Message, name: string): boolean {
  return !fields.some((field) => field.name === name && field.value.includes('\uFFFD'))
}
