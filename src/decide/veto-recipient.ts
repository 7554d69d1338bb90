import { type Address, folded, isAmong } from '../mail/address.ts'
import { matchesGlob } from '../mail/address-glob.ts'
import type { Reason } from '../mail/reason.ts'
import { mailboxOf, reversePathOf } from '../mail/reverse-path.ts'
import type { Considered } from './considered.ts'

export function recipientVeto({ recipient }: Considered): Reason | undefined {
  return recipient.kind === 'nobody' ? { code: 'no-sender-address', detail: recipient.because } : undefined
}

/**
 * Whom an answer would reach, and who stands behind the letter: a veto on one of them cannot be evaded by another. Behind
 * a web form stands the customer alone: From and the reverse-path are its own, and may well be ours.
 */
function parties({ facts, recipient, candidate }: Considered): readonly Address[] {
  const reached = [
    ...(recipient.kind === 'known' ? [recipient.to] : []),
    ...(candidate.to === undefined ? [] : [candidate.to]),
  ]
  const from = facts.message.from.map((one) => one.address)
  if (from.some((one) => facts.policy.forms.has(folded(one)))) return reached
  const returned = mailboxOf(reversePathOf(facts))
  return [...reached, ...from, ...(returned === undefined ? [] : [returned])]
}

export function recipientIsOursVeto(considered: Considered): Reason | undefined {
  const ours = parties(considered).find(
    (one) => isAmong(considered.facts.policy.ownAddresses, one) && !isOwnGroup(one, considered),
  )
  return ours === undefined ? undefined : { code: 'recipient-is-ours', detail: ours }
}

/**
 * A group or forwarder of ours writes itself into the reverse-path with a detail (`support+bnc...@`); the letter is another's,
 * and nothing goes there.
 */
function isOwnGroup(address: Address, { facts, recipient, candidate }: Considered): boolean {
  const isReached = candidate.to === address || (recipient.kind === 'known' && recipient.to === address)
  return !isReached && reversePathOf(facts) === address && !facts.policy.ownAddresses.has(folded(address))
}

export function neverAnswerVeto(considered: Considered): Reason | undefined {
  const { policy, findings } = considered.facts
  const globs = [...policy.neverAnswer, ...findings.never.map((one) => one.pattern)]
  for (const address of parties(considered)) {
    const glob = globs.find((one) => matchesGlob(one, address))
    if (glob !== undefined) return { code: 'recipient-never-answered', detail: `${address} matches ${glob}` }
  }
  return undefined
}
