import type { Facts } from '../mail/facts.ts'
import {
  type Before,
  type Consequences,
  NO_CONSEQUENCES,
  type Order,
  type OrderAccount,
  type OrderRefused,
} from '../mail/ledger-port.ts'
import type { Notice } from '../mail/notice.ts'
import type { Reason } from '../mail/reason.ts'
import { absenceRecipient, isAbsence } from './candidate.ts'
import { composeNotice } from './compose.ts'
import { sentConsequences } from './consequences.ts'
import { consider } from './consider.ts'
import type { Considered } from './considered.ts'
import { noMailboxVeto, sendingOffVeto } from './veto-circumstance.ts'
import { hardSignVeto, nullSenderVeto } from './veto-nature.ts'
import { recipientIsOursVeto, recipientVeto } from './veto-recipient.ts'
import { mutedVeto } from './veto-storm.ts'
import type { Veto } from './vetoes.ts'

/** What an order comes to; the joiner makes the queue entry of the notice. */
export type OrderJudged = {
  /** The notice ordered; undefined for a mark. In shadow mode it would be sent, and is kept as such. */
  readonly notice: Notice | undefined
  readonly ticket: OrderAccount['ticket']
  readonly pending: OrderAccount['pending']
  readonly consequences: Consequences
}

/** What even a person cannot order: an answer to a machine, to nobody, to ourselves, or to one who is muted. */
const UNBENDING: readonly Veto[] = [
  nullSenderVeto,
  hardSignVeto,
  mutedVeto,
  recipientVeto,
  recipientIsOursVeto,
  noMailboxVeto,
  sendingOffVeto,
]

/**
 * A person's order about a message that was settled before (`messages send`, `messages mark`). A notice is written as
 * `decide` would write it, of the kind asked for, and never twice. Pure and total.
 * @param facts as they are now; `before` says what became of the message
 */
export function judgeOrder(facts: Facts, before: Before, order: Order): OrderJudged | OrderRefused {
  switch (order.kind) {
    case 'send':
      return judgeSend(facts, before, order.notice)
    case 'mark':
      return {
        notice: undefined,
        ticket: order.nature === 'person' ? ticketFor(facts, before) : 'as-it-is',
        pending: order.nature === 'person' ? 'as-it-is' : 'withdraw',
        consequences: NO_CONSEQUENCES,
      }
    default:
      return order satisfies never
  }
}

function judgeSend(facts: Facts, before: Before, kind: Notice['kind']): OrderJudged | OrderRefused {
  const considered: Considered = consider(facts)
  const [first, ...rest] = [answeredBefore(before), ...UNBENDING.map((veto) => veto(considered))].filter(
    (one) => one !== undefined,
  )
  if (first !== undefined) return { refused: [first, ...rest] }
  const { recipient } = considered
  const service = recipient.kind === 'known' ? recipient.to : undefined
  const to = isAbsence(kind) ? absenceRecipient(facts) : service
  if (to === undefined) {
    return { refused: [{ code: 'no-sender-address', detail: 'an absence notice goes to the Return-Path alone' }] }
  }
  const notice = composeNotice(facts, { kind, to })
  if (notice === undefined) return { refused: [{ code: 'no-mailbox' }] }
  const isShadow = facts.policy.mode === 'shadow'
  return {
    notice,
    ticket: ticketFor(facts, before),
    pending: before.notices.length > 0 ? 'withdraw' : 'as-it-is',
    consequences: isShadow ? NO_CONSEQUENCES : sentConsequences(facts, notice),
  }
}

/** A notice that is held and cannot have arrived waits for a person, and here is one: the new notice takes its place. */
function answeredBefore({ notices }: Before): Reason | undefined {
  const one = notices.find(({ state, unknowns }) => state !== 'held' || unknowns > 0)
  return one === undefined ? undefined : { code: 'answered-before', detail: one.id }
}

/** What a person wrote, and what is answered, has a ticket, or the reply to our notice finds none. */
function ticketFor({ addressed }: Facts, { record }: Before): OrderAccount['ticket'] {
  return record.line.ticket === undefined && addressed.length > 0 ? 'opens' : 'as-it-is'
}
