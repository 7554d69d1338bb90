import { type Address, folded, withoutDetail } from '../mail/address.ts'
import { matchesGlob } from '../mail/address-glob.ts'
import type { Facts } from '../mail/facts.ts'
import type { Reason } from '../mail/reason.ts'
import { mailboxOf, reversePathOf } from '../mail/reverse-path.ts'
import type { Considered } from './considered.ts'

export function recipientVeto({ recipient }: Considered): Reason | undefined {
  return recipient.kind === 'nobody' ? { code: 'no-sender-address', detail: recipient.because } : undefined
}

/** Whom an answer would reach, and who stands behind the letter: a veto on one of them cannot be evaded by another. */
function parties({ facts, recipient }: Considered): readonly Address[] {
  const returned = mailboxOf(reversePathOf(facts))
  return [
    ...(recipient.kind === 'known' ? [recipient.to] : []),
    ...facts.message.from.map((one) => one.address),
    ...(returned === undefined ? [] : [returned]),
  ]
}

export function recipientIsOursVeto(considered: Considered): Reason | undefined {
  const ours = parties(considered).find((one) => isOurs(one, considered.facts))
  return ours === undefined ? undefined : { code: 'recipient-is-ours', detail: ours }
}

function isOurs(address: Address, { policy }: Facts): boolean {
  return policy.ownAddresses.has(folded(address)) || policy.ownAddresses.has(withoutDetail(address))
}

export function neverAnswerVeto(considered: Considered): Reason | undefined {
  for (const address of parties(considered)) {
    const glob = considered.facts.policy.neverAnswer.find((one) => matchesGlob(one, address))
    if (glob !== undefined) return { code: 'recipient-never-answered', detail: `${address} matches ${glob}` }
  }
  return undefined
}
