import type { IncomingId } from '../mail/ids.ts'
import type { Instant } from '../mail/instant.ts'
import type { MessageRecord, Order } from '../mail/ledger-port.ts'
import type { Store } from './store.ts'

type OrderRow = { readonly at: Instant; readonly ordered: string }

export function insertOrder(store: Store, incoming: IncomingId, { at, order }: { at: Instant; order: Order }): void {
  store.run(
    'INSERT INTO orders (incoming, at, kind, ordered) VALUES (?, ?, ?, ?)',
    incoming,
    at,
    order.kind,
    JSON.stringify(order),
  )
}

export function ordersOf(store: Store, incoming: IncomingId): MessageRecord['orders'] {
  return store
    .all<OrderRow>('SELECT at, ordered FROM orders WHERE incoming = ? ORDER BY id', incoming)
    .map(({ at, ordered }) => ({ at, order: JSON.parse(ordered) as Order }))
}
