import type { DefectCode } from '../mail/message.ts'
import type { Reason } from '../mail/reason.ts'
import { isAbsence } from './candidate.ts'
import type { Considered } from './considered.ts'
import { suppressedBy } from './suppression.ts'

/**
 * Octets that are no letter, or of which so little was read that a sign of a machine may have been missed
 * (RFC 3834 2: extremely malformed mail gets no response).
 */
const HOPELESS: readonly DefectCode[] = ['empty', 'unreadable', 'no-header', 'header-too-large']

export function malformedVeto({ facts }: Considered): Reason | undefined {
  const defect = facts.message.defects.find((one) => HOPELESS.includes(one.code))
  return defect === undefined ? undefined : { code: 'malformed', detail: defect.detail ?? defect.code }
}

/** Asked of the notice that would go out: the wish is about its class. */
export function suppressionVeto({ facts, candidate }: Considered): Reason | undefined {
  const value = suppressedBy(facts.message.fields, isAbsence(candidate.kind) ? 'absence' : 'service')
  return value === undefined ? undefined : { code: 'suppression-asked', detail: value.slice(0, 200) }
}

export function noMailboxVeto({ facts }: Considered): Reason | undefined {
  return facts.addressed.length === 0 ? { code: 'no-mailbox' } : undefined
}

export function sendingOffVeto({ facts }: Considered): Reason | undefined {
  return facts.policy.mode === 'off' ? { code: 'sending-off' } : undefined
}
