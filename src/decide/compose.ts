import type { Address } from '../mail/address.ts'
import type { Facts } from '../mail/facts.ts'
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
    customerName: customerName(message.from[0]?.name ?? ''),
    subject: safeSubject(message.subject, facts.authentication.dmarc === 'pass'),
  }
}
