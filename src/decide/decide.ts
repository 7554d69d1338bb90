import type { Address } from '../mail/address.ts'
import type { Decision, Reply } from '../mail/decision.ts'
import type { Facts } from '../mail/facts.ts'
import { composeNotice } from './compose.ts'
import { consider } from './consider.ts'
import type { Considered } from './considered.ts'
import { VETOES } from './vetoes.ts'

/**
 * What is done about one message: where it is filed, whether and what we write, and which mailboxes it is handed on to.
 * Pure and total. Vetoes are monotone: one more fact that speaks against a notice never makes one.
 */
export function decide(facts: Facts): Decision {
  const considered = consider(facts)
  const { disposition, threading } = considered
  return { disposition, threading, reply: replyTo(considered), handOn: handedOn(facts) }
}

function replyTo(considered: Considered): Reply {
  const { facts, candidate } = considered
  const [first, ...rest] = VETOES.flatMap((veto) => veto(considered) ?? [])
  if (first !== undefined) return { kind: 'silence', because: [first, ...rest] }
  // both are vetoed above; said again for the compiler, with the reason they would have
  if (candidate.to === undefined) return { kind: 'silence', because: [{ code: 'no-sender-address' }] }
  const notice = composeNotice(facts, { kind: candidate.kind, to: candidate.to })
  if (notice === undefined) return { kind: 'silence', because: [{ code: 'no-mailbox' }] }
  return { kind: facts.policy.mode === 'shadow' ? 'shadow' : 'send', notice }
}

/**
 * Every accepted message goes to every mailbox it is for, whatever its nature; of a copy that is the same to the octet,
 * only to those that have not had it.
 */
function handedOn({ addressed, findings }: Facts): readonly Address[] {
  const had = new Set<string>(findings.copy?.handedOn ?? [])
  return addressed.map((one) => one.mailbox.address).filter((address) => !had.has(address))
}
