import type { Address } from '../mail/address.ts'
import type { Decision, Reply } from '../mail/decision.ts'
import type { Facts } from '../mail/facts.ts'
import type { Notice } from '../mail/notice.ts'
import type { Considered } from './considered.ts'
import { chooseLocale } from './locale.ts'
import { serviceRecipient } from './recipient.ts'
import { customerName, safeSubject } from './stranger.ts'
import { fileUnder } from './threading.ts'
import { VETOES } from './vetoes.ts'

/**
 * What is done about one message: where it is filed, whether and what we write, and which mailboxes it is handed on to.
 * Pure and total. Vetoes are monotone: one more fact that speaks against a notice never makes one.
 */
export function decide(facts: Facts): Decision {
  const { disposition, threading } = fileUnder(facts)
  const considered: Considered = { facts, disposition, threading, recipient: serviceRecipient(facts) }
  return { disposition, threading, reply: replyTo(considered), handOn: handedOn(facts) }
}

function replyTo(considered: Considered): Reply {
  const { facts, recipient } = considered
  const [first, ...rest] = VETOES.flatMap((veto) => veto(considered) ?? [])
  if (first !== undefined) return { kind: 'silence', because: [first, ...rest] }
  const [speaker] = facts.addressed
  // both are vetoed above; said again for the compiler, with the reason they would have
  if (speaker === undefined) return { kind: 'silence', because: [{ code: 'no-mailbox' }] }
  if (recipient.kind === 'nobody') return { kind: 'silence', because: [{ code: 'no-sender-address' }] }
  const notice = acknowledgement(facts, { to: recipient.to, from: speaker.alias })
  return { kind: facts.policy.mode === 'shadow' ? 'shadow' : 'send', notice }
}

function acknowledgement(facts: Facts, { to, from }: { readonly to: Address; readonly from: Address }): Notice {
  const { message, policy, findings } = facts
  const mailbox = facts.addressed[0]?.mailbox
  const offered = mailbox?.locales ?? [policy.defaultLocale]
  return {
    kind: 'acknowledgement',
    to,
    from,
    mailbox: mailbox?.address ?? from,
    locale: chooseLocale({
      remembered: findings.language,
      detected: message.language,
      contentLanguage: message.contentLanguage,
      offered,
      fallback: offered[0] ?? policy.defaultLocale,
    }),
    customerName: customerName(message.from[0]?.name ?? ''),
    subject: safeSubject(message.subject, facts.authentication.dmarc === 'pass'),
  }
}

/**
 * Every accepted message goes to every mailbox it is for, whatever its nature; of a copy that is the same to the octet,
 * only to those that have not had it.
 */
function handedOn({ addressed, findings }: Facts): readonly Address[] {
  const had = new Set<string>(findings.copy?.handedOn ?? [])
  return addressed.map((one) => one.mailbox.address).filter((address) => !had.has(address))
}
