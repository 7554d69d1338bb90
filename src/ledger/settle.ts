import type { Address } from '../mail/address.ts'
import { failureOf } from '../mail/authentication.ts'
import type { Decision } from '../mail/decision.ts'
import type { Findings, Inquiry } from '../mail/facts.ts'
import type { IncomingId, TicketId } from '../mail/ids.ts'
import type { Instant } from '../mail/instant.ts'
import type { Account, Settled } from '../mail/ledger-port.ts'
import type { Participant } from '../mail/ticket.ts'
import { applyConsequences } from './consequences.ts'
import { entriesOf, insertEntry } from './entry-rows.ts'
import { type Gathering, gather } from './findings.ts'
import { type IncomingRow, incomingOf, incomingRow } from './incoming-rows.ts'
import { refusePromise } from './refuse-promise.ts'
import { decisionOf, insertSettlement } from './settlement-rows.ts'
import type { Store } from './store.ts'
import { addParticipant, openTicket, rememberMessageId, touchTicket } from './tickets.ts'

export type Settlement = {
  readonly inquiry: Inquiry
  readonly now: Instant
  readonly judge: (findings: Findings) => Account
}

/** What was made of one message, and everything that was known when it was made. */
type Judged = {
  readonly row: IncomingRow
  readonly inquiry: Inquiry
  readonly now: Instant
  readonly findings: Findings
  readonly account: Account
}

/**
 * Gathers, judges and records one message. Runs inside a transaction, and throws what `judge` throws.
 * @returns what was recorded: by this call, or by the first one
 */
export function settleIncoming(store: Store, { inquiry, now, judge }: Settlement, gathering: Gathering): Settled {
  const row = incomingRow(store, inquiry.incoming)
  if (row === undefined) throw new Error(`Cannot settle ${inquiry.incoming}: there is no such Incoming`)
  if (row.state === 'accepted') {
    const findings = gather(store, { inquiry, now }, gathering)
    const account = judge(findings)
    refusePromise(account)
    record(store, { row, inquiry, now, findings, account })
  }
  return settledOf(store, inquiry.incoming)
}

function settledOf(store: Store, id: IncomingId): Settled {
  const { decision, ticket } = decisionOf(store, id)
  return { decision, ticket, entries: entriesOf(store, id) }
}

function record(store: Store, judged: Judged): void {
  const { account, row, now } = judged
  const { disposition } = account.decision
  const ticket = joinTicket(store, judged)
  insertSettlement(store, { incoming: row.id, inquiry: judged.inquiry, now, account, ticket })
  store.run(
    'UPDATE incoming SET state = ? WHERE id = ?',
    disposition === 'set-aside' ? 'set-aside' : 'processed',
    row.id,
  )
  for (const entry of account.entries) insertEntry(store, entry, { incoming: row.id, ticket })
  if (ticket !== undefined) rememberThread(store, ticket, account)
  // a forger must not choose the language in which somebody else is written to (RFC 3834 2)
  const isForged = failureOf(account.authentication) !== undefined
  if (account.nature.kind === 'person' && !isForged) rememberLanguage(store, judged)
  applyConsequences(store, account.consequences, { correspondent: judged.inquiry.correspondent, now })
}

/** Opens or touches the ticket that the decision names. @returns its id, or undefined where none is concerned */
function joinTicket(store: Store, judged: Judged): TicketId | undefined {
  const { account, findings, now } = judged
  const { disposition, threading } = account.decision
  if (disposition === 'new-ticket') {
    const linked = threading.kind === 'linked' ? threading.ticket : undefined
    const mailbox = mailboxOf(account.decision, judged.row)
    openTicket(store, { id: findings.freshTicket, mailbox, linked, participants: participantsOf(account) }, now)
    return findings.freshTicket
  }
  if (threading.kind !== 'follow-up') return undefined
  if (disposition === 'follow-up' || disposition === 'reopen') {
    touchTicket(store, threading.ticket, { now, reopen: disposition === 'reopen' })
    admit(store, threading.ticket, judged)
  }
  return threading.ticket
}

/** The mailbox a ticket is opened in: the one that speaks, else the first one the mail is handed on to. */
function mailboxOf(decision: Decision, row: IncomingRow): Address {
  const { reply } = decision
  const speaking = reply.kind === 'silence' ? undefined : reply.notice.mailbox
  const named = speaking ?? decision.handOn[0] ?? incomingOf(row).envelope.recipients[0]
  if (named === undefined) throw new Error(`Cannot open a ticket for ${row.id}: it is for no mailbox of ours`)
  return named
}

function participantsOf({ from, copied }: Account): readonly Participant[] {
  const confirmed = copied.map((address): Participant => ({ address, role: 'confirmed' }))
  return from === undefined ? confirmed : [{ address: from, role: 'requester' }, ...confirmed]
}

/** A person who got in by a token of the ticket is listed, and told nothing until an agent confirms (DESIGN 4.5). */
function admit(store: Store, ticket: TicketId, { account, findings }: Judged): void {
  if (account.from === undefined || account.nature.kind !== 'person') return
  const code = findings.threads.find((thread) => thread.ticket.id === ticket)?.claim.code
  if (code !== 'plus-address' && code !== 'own-message-id') return
  addParticipant(store, ticket, { address: account.from, role: 'unconfirmed' })
}

function rememberThread(store: Store, ticket: TicketId, account: Account): void {
  if (account.messageId !== undefined) rememberMessageId(store, ticket, account.messageId)
  for (const id of account.threadIds) rememberMessageId(store, ticket, id)
  for (const entry of account.entries) rememberMessageId(store, ticket, entry.messageId)
}

function rememberLanguage(store: Store, { account, inquiry, now }: Judged): void {
  if (account.language === undefined || inquiry.correspondent === undefined) return
  store.run(
    `INSERT INTO correspondents (address, language, seen_at) VALUES (?, ?, ?)
     ON CONFLICT (address) DO UPDATE SET language = excluded.language, seen_at = excluded.seen_at`,
    inquiry.correspondent,
    account.language,
    now,
  )
}
