import type { Reason } from '../mail/reason.ts'
import type { Considered } from './considered.ts'
import { ageVeto } from './veto-age.ts'
import { forgedVeto, unprovenVeto } from './veto-authentication.ts'
import { malformedVeto, noMailboxVeto, sendingOffVeto, suppressionVeto } from './veto-circumstance.ts'
import {
  breakerVeto,
  correspondentLimitVeto,
  domainLimitVeto,
  globalLimitVeto,
  mailboxLimitVeto,
} from './veto-limit.ts'
import { natureVeto, nullSenderVeto } from './veto-nature.ts'
import { neverAnswerVeto, recipientIsOursVeto, recipientVeto } from './veto-recipient.ts'
import { driftVeto, mutedVeto, paceVeto, repeatVeto } from './veto-storm.ts'
import { duplicateVeto, followUpVeto } from './veto-thread.ts'

/** One ground for silence: says why, or nothing. Never looks at what another veto said. */
export type Veto = (considered: Considered) => Reason | undefined

/** Only mail that opens a ticket anew is counted: what has its answer already has no need of a second reason. */
function ofRequests(veto: Veto): Veto {
  return (considered) =>
    considered.disposition === 'new-ticket' || considered.disposition === 'reopen' ? veto(considered) : undefined
}

/** Every veto is asked, and all their reasons are kept, in this order (DESIGN 4). */
export const VETOES: readonly Veto[] = [
  nullSenderVeto,
  natureVeto,
  forgedVeto,
  unprovenVeto,
  ageVeto,
  followUpVeto,
  duplicateVeto,
  malformedVeto,
  recipientVeto,
  recipientIsOursVeto,
  neverAnswerVeto,
  suppressionVeto,
  mutedVeto,
  ofRequests(repeatVeto),
  ofRequests(driftVeto),
  ofRequests(paceVeto),
  ofRequests(correspondentLimitVeto),
  ofRequests(domainLimitVeto),
  ofRequests(mailboxLimitVeto),
  ofRequests(globalLimitVeto),
  ofRequests(breakerVeto),
  noMailboxVeto,
  sendingOffVeto,
]
