import type { Address } from '../mail/address.ts'
import { folded, withoutDetail } from '../mail/address.ts'
import type { Facts, Occasion } from '../mail/facts.ts'
import type { NoticeKind } from '../mail/notice.ts'
import { mailboxOf, reversePathOf } from '../mail/reverse-path.ts'
import type { Recipient } from './recipient.ts'
import { suppressedBy } from './suppression.ts'

/** The notice that would go out if nothing speaks against it, and its one recipient, if there is one. */
export type Candidate = { readonly kind: NoticeKind; readonly to: Address | undefined }

const ABSENCE: readonly NoticeKind[] = ['holiday', 'out-of-hours', 'high-volume', 'out-of-office']

/**
 * True for texts that say nobody is there: personal responses of RFC 3834, under its stricter rules. All others answer
 * for a service.
 */
export function isAbsence(kind: NoticeKind): boolean {
  return ABSENCE.includes(kind)
}

/**
 * What is most pressing is told (DESIGN 4.9); where that is an absence and may not be told to this correspondent, the
 * plain acknowledgement takes its place.
 */
export function candidateOf(facts: Facts, recipient: Recipient): Candidate {
  const service = recipient.kind === 'known' ? recipient.to : undefined
  const [occasion] = facts.occasions
  if (occasion === undefined) return { kind: 'acknowledgement', to: service }
  if (!isAbsence(occasion.notice)) return { kind: occasion.notice, to: service }
  const to = absenceRecipient(facts)
  const maybeTold = to !== undefined && namesUs(facts) && !isTold(occasion, facts)
  return maybeTold && suppressedBy(facts.message.fields, 'absence') === undefined
    ? { kind: occasion.notice, to }
    : { kind: 'acknowledgement', to: service }
}

/** The Return-Path and nothing else, not even where it is missing (RFC 3834 4). */
export function absenceRecipient(facts: Pick<Facts, 'envelope' | 'message'>): Address | undefined {
  return mailboxOf(reversePathOf(facts))
}

/** RFC 3834 2, RFC 5230 4.5: an address of ours stands in a field for recipients; a list or a Bcc does not ask who is in. */
function namesUs({ message, policy }: Facts): boolean {
  return [...message.to, ...message.cc, ...message.otherRecipients].some(
    ({ address }) => policy.ownAddresses.has(folded(address)) || policy.ownAddresses.has(withoutDetail(address)),
  )
}

/** RFC 5230 4.2: the same response to the same sender once in the quiet period; told apart before variables are filled. */
function isTold(occasion: Occasion, { findings, policy, addressed, now }: Facts): boolean {
  const mailbox = addressed[0]?.mailbox.address
  return findings.told.some(
    (one) =>
      one.notice === occasion.notice &&
      one.occasion === occasion.id &&
      mailbox !== undefined &&
      folded(one.mailbox) === folded(mailbox) &&
      one.at > now - policy.quietPeriodMs,
  )
}
