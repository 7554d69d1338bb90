import type { Address } from '../mail/address.ts'
import type { Decision } from '../mail/decision.ts'
import type { IncomingId, TicketId } from '../mail/ids.ts'
import type { MessageLine, MessageRecord } from '../mail/ledger-port.ts'
import type { NatureKind } from '../mail/nature.ts'
import { entriesOf } from './entry-rows.ts'
import { type IncomingRow, incomingOf } from './incoming-rows.ts'
import { ordersOf } from './order-rows.ts'
import { settlementOf } from './settlement-rows.ts'
import type { Store } from './store.ts'

export type LineRow = IncomingRow & {
  readonly sender: Address | null
  readonly subject: string | null
  readonly nature: NatureKind | null
  readonly decision: string | null
  readonly ticket: TicketId | null
  readonly marked: NatureKind | null
}

export function lineOf(row: LineRow): MessageLine {
  const decision = row.decision === null ? undefined : (JSON.parse(row.decision) as Decision)
  const reply = decision?.reply
  return {
    id: row.id,
    state: row.state,
    receivedAt: row.received_at,
    source: row.source,
    from: row.sender ?? undefined,
    subject: row.subject ?? '',
    nature: row.nature ?? undefined,
    disposition: decision?.disposition,
    reply: reply?.kind,
    reasons: reply?.kind === 'silence' ? reply.because.map((reason) => reason.code) : [],
    marked: row.marked ?? undefined,
    ticket: row.ticket ?? undefined,
  }
}

export const LINES = `SELECT incoming.*, sender, subject, nature, decision, ticket,
    (SELECT ordered ->> 'nature' FROM orders WHERE orders.incoming = incoming.id AND kind = 'mark'
     ORDER BY orders.id DESC LIMIT 1) AS marked
  FROM incoming LEFT JOIN settlements ON settlements.incoming = incoming.id`

/** Everything we know of one message, or undefined where there is none. */
export function recordOf(store: Store, id: IncomingId): MessageRecord | undefined {
  const row = store.get<LineRow>(`${LINES} WHERE incoming.id = ?`, id)
  if (row === undefined) return undefined
  const settlement = settlementOf(store, id)
  return {
    line: lineOf(row),
    incoming: incomingOf(row),
    settledAt: settlement?.settledAt,
    account: settlement?.account,
    orders: ordersOf(store, id),
    entries: entriesOf(store, id),
    attempts: store.all<MessageRecord['attempts'][number]>(
      `SELECT entry, at, outcome FROM attempts WHERE entry IN (SELECT id FROM entries WHERE incoming = ?) ORDER BY id`,
      id,
    ),
  }
}
