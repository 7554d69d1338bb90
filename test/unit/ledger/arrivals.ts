/** Arrivals, accounts and entries as the pipeline would make them, small enough to read. */
import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { type Address, parseAddress } from '../../../src/mail/address.ts'
import { NOT_AUTHENTICATED } from '../../../src/mail/authentication.ts'
import type { Decision } from '../../../src/mail/decision.ts'
import type { Findings, Inquiry } from '../../../src/mail/facts.ts'
import {
  type EntryId,
  type IncomingId,
  type MessageId,
  messageId,
  type TicketId,
  timeSortedId,
} from '../../../src/mail/ids.ts'
import type { Arrival, Incoming } from '../../../src/mail/incoming.ts'
import { type Instant, instant } from '../../../src/mail/instant.ts'
import {
  type Account,
  type Intake,
  type Ledger,
  type NewEntry,
  NO_CONSEQUENCES,
  type Settled,
} from '../../../src/mail/ledger-port.ts'

export const NOW: Instant = instant(Date.UTC(2026, 9, 5, 9, 30))

export function address(text: string): Address {
  const parsed = parseAddress(text)
  if (parsed === undefined) throw new Error(`${text} is no address`)
  return parsed
}

export const SUPPORT = address('support@acme.example')
export const BILLING = address('billing@acme.example')
export const MARIA = address('Maria@customer.example')

let tick = 0
function freshId(): string {
  tick += 1
  return timeSortedId(NOW + tick, randomBytes(16))
}

export const newIncomingId = (): IncomingId => freshId() as IncomingId
export const newEntryId = (): EntryId => freshId() as EntryId

export function mid(text: string): MessageId {
  const id = messageId(`<${text}>`)
  if (id === undefined) throw new Error(`<${text}> is no Message-ID`)
  return id
}

export function arrival(changes: Partial<Arrival> = {}): Arrival {
  return {
    id: newIncomingId(),
    source: 'smtp',
    envelope: { reversePath: MARIA, recipients: [SUPPORT] },
    peer: { ip: '192.0.2.7', helo: 'client.example', tls: undefined },
    receivedAt: NOW,
    ...changes,
  }
}

export const DIGEST = 'd'.repeat(64)

/** Accepts one message whose octets are `text`. */
export async function accept(intake: Intake, text = 'Subject: Hi\r\n\r\nHello\r\n', changes: Partial<Arrival> = {}) {
  const deposit = intake.deposit()
  await deposit.write(Buffer.from(text))
  return deposit.commit(arrival(changes), DIGEST)
}

export function inquiry(incoming: Incoming, changes: Partial<Inquiry> = {}): Inquiry {
  return {
    incoming: incoming.id,
    copyKey: incoming.id,
    bodyDigest: incoming.bodyDigest,
    claims: [],
    correspondent: undefined,
    fingerprint: '',
    tallies: [],
    ...changes,
  }
}

export const NEW_TICKET: Decision = {
  disposition: 'new-ticket',
  threading: { kind: 'new' },
  reply: { kind: 'silence', because: [{ code: 'too-old' }] },
  handOn: [SUPPORT],
}

export const FILED: Decision = {
  disposition: 'file-only',
  threading: { kind: 'unknown' },
  reply: { kind: 'silence', because: [{ code: 'automatic' }] },
  handOn: [SUPPORT],
}

export function joining(ticket: TicketId, disposition: Decision['disposition'] = 'follow-up'): Decision {
  return {
    disposition,
    threading: { kind: 'follow-up', ticket },
    reply: { kind: 'silence', because: [{ code: 'follow-up' }] },
    handOn: [SUPPORT],
  }
}

export function account(changes: Partial<Account> = {}): Account {
  return {
    decision: NEW_TICKET,
    nature: { kind: 'person', signs: [] },
    authentication: NOT_AUTHENTICATED,
    messageId: undefined,
    from: MARIA,
    subject: 'Where is my parcel?',
    language: undefined,
    defects: [],
    copied: [],
    threadIds: [],
    entries: [],
    consequences: NO_CONSEQUENCES,
    ...changes,
  }
}

export function handOn(changes: Partial<NewEntry> = {}): NewEntry {
  const id = newEntryId()
  return {
    id,
    cargo: { kind: 'hand-on', mailbox: SUPPORT, recipient: SUPPORT },
    state: 'queued',
    nextAttempt: NOW,
    messageId: mid(`${id}@acme.example`),
    because: undefined,
    ...changes,
  }
}

export function notice(changes: Partial<NewEntry> = {}): NewEntry {
  return handOn({
    cargo: {
      kind: 'notice',
      notice: {
        kind: 'acknowledgement',
        to: MARIA,
        from: SUPPORT,
        mailbox: SUPPORT,
        locale: 'en',
        customerName: 'Maria',
        subject: 'Where is my parcel?',
      },
      answers: { messageId: undefined, references: [], receivedAt: NOW },
    },
    ...changes,
  })
}

export type Asked = Partial<Inquiry> & { readonly now?: Instant }

/** Accepts and settles one message, at NOW where nothing else is said. */
export async function settled(
  ledger: Ledger,
  changes: Partial<Account> = {},
  { now = NOW, ...asked }: Asked = {},
): Promise<Settled & { incoming: Incoming }> {
  const incoming = await accept(ledger)
  return { incoming, ...(await ledger.settle(inquiry(incoming, asked), now, () => account(changes))) }
}

/** What the ledger finds for a mail that asks like this; the mail itself is an automatic one that is filed. */
export async function findings(ledger: Ledger, { now = NOW, ...asked }: Asked = {}): Promise<Findings> {
  const found: Findings[] = []
  const incoming = await accept(ledger)
  await ledger.settle(inquiry(incoming, asked), now, (one) => {
    found.push(one)
    return account({ decision: FILED, nature: { kind: 'automatic', signs: [] } })
  })
  const [only] = found
  if (only === undefined) throw new Error('judge was not called')
  return only
}

/** The ticket that a settlement must have opened or joined. */
export function ticketOf(settlement: Settled): TicketId {
  if (settlement.ticket === undefined) throw new Error('no ticket was opened or joined')
  return settlement.ticket
}

export async function octetsOf(ledger: Ledger, id: IncomingId): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of ledger.stream(id)) chunks.push(chunk)
  return Buffer.concat(chunks)
}
