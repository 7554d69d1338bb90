import type { Address } from '../mail/address.ts'
import type { Findings, Inquiry } from '../mail/facts.ts'
import type { IncomingId, TicketId } from '../mail/ids.ts'
import type { Instant } from '../mail/instant.ts'
import type { Before, MessageRecord, OrderAccount, Ordered, OrderRefused } from '../mail/ledger-port.ts'
import type { Participant } from '../mail/ticket.ts'
import { Trouble } from '../mail/trouble.ts'
import { applyConsequences } from './consequences.ts'
import { entriesOf, insertEntry, noticesThatMayBeSent, withdrawNotices } from './entry-rows.ts'
import { type Gathering, gather } from './findings.ts'
import { insertOrder } from './order-rows.ts'
import { recordOf } from './record.ts'
import { refusePromise } from './refuse-promise.ts'
import type { Store } from './store.ts'
import { openTicket, rememberMessageId } from './tickets.ts'

export type PersonsOrder = {
  readonly inquiry: Inquiry
  readonly now: Instant
  readonly judge: (findings: Findings, before: Before) => OrderAccount | OrderRefused
}

/** What a person ordered, the message it is about, and what is known now. */
type Carried = {
  readonly record: MessageRecord
  readonly inquiry: Inquiry
  readonly now: Instant
  readonly findings: Findings
  readonly account: OrderAccount
}

/**
 * Judges and records an order. Runs inside a transaction, and throws what `judge` throws. A refused order leaves no trace.
 * @throws Trouble (temporary) where the message is not settled yet
 */
export function carryOut(store: Store, { inquiry, now, judge }: PersonsOrder, gathering: Gathering): Ordered {
  const record = recordOf(store, inquiry.incoming)
  if (record === undefined) return { kind: 'unknown' }
  if (record.account === undefined) {
    const why = 'it was accepted and is not settled yet; try again when it is'
    throw new Trouble(`carry out an order about ${inquiry.incoming}`, 'temporary', new Error(why))
  }
  const findings = gather(store, { inquiry, now }, gathering)
  const judged = judge(findings, { record, notices: noticesThatMayBeSent(store, inquiry.incoming) })
  refusePromise(judged)
  if ('refused' in judged) return { kind: 'refused', because: judged.refused }
  const ticket = recordOrder(store, { record, inquiry, now, findings, account: judged })
  const made = new Set(judged.entries.map((entry) => entry.id))
  return { kind: 'done', ticket, entries: entriesOf(store, inquiry.incoming).filter((entry) => made.has(entry.id)) }
}

/** @returns the ticket of the message: the one it has, or the one that was opened for it */
function recordOrder(store: Store, carried: Carried): TicketId | undefined {
  const { account, inquiry, now, record } = carried
  const { incoming } = inquiry
  insertOrder(store, incoming, { at: now, order: account.order })
  const ticket = account.ticket === 'opens' ? openFor(store, carried) : record.line.ticket
  if (account.pending === 'withdraw') withdrawNotices(store, incoming, { now, outcome: outcomeOf(account) })
  for (const entry of account.entries) {
    insertEntry(store, entry, { incoming, ticket })
    if (ticket !== undefined) rememberMessageId(store, ticket, entry.messageId)
  }
  applyConsequences(store, account.consequences, { correspondent: inquiry.correspondent, now })
  return ticket
}

function outcomeOf({ order }: OrderAccount): string {
  const what = order.kind === 'mark' ? `the message was marked ${order.nature}` : 'another notice was ordered'
  return `withdrawn: ${what}`
}

/** Opens the fresh ticket for a message that had none when it was settled. */
function openFor(store: Store, { record, findings, account, now }: Carried): TicketId {
  const { incoming, line } = record
  if (line.ticket !== undefined) throw new Error(`Cannot open a ticket for ${incoming.id}: it has ${line.ticket}`)
  const id = findings.freshTicket
  const requester: readonly Participant[] = line.from === undefined ? [] : [{ address: line.from, role: 'requester' }]
  openTicket(store, { id, mailbox: mailboxOf(record, account), linked: undefined, participants: requester }, now)
  giveTicket(store, incoming.id, id)
  if (record.account?.messageId !== undefined) rememberMessageId(store, id, record.account.messageId)
  return id
}

/** As for a settlement: the mailbox that speaks, else the first one that the mail was handed on to. */
function mailboxOf({ incoming, account }: MessageRecord, { entries }: OrderAccount): Address {
  const speaking = entries.flatMap(({ cargo }) => (cargo.kind === 'notice' ? [cargo.notice.mailbox] : []))[0]
  const named = speaking ?? account?.decision.handOn[0] ?? incoming.envelope.recipients[0]
  if (named === undefined) throw new Error(`Cannot open a ticket for ${incoming.id}: it is for no mailbox of ours`)
  return named
}

function giveTicket(store: Store, incoming: IncomingId, ticket: TicketId): void {
  store.run('UPDATE settlements SET ticket = ? WHERE incoming = ?', ticket, incoming)
}
