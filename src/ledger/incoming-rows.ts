import type { Address, ReversePath } from '../mail/address.ts'
import type { IncomingId } from '../mail/ids.ts'
import type { Incoming } from '../mail/incoming.ts'
import type { Instant } from '../mail/instant.ts'
import type { IncomingState } from '../mail/ledger-port.ts'
import type { Store } from './store.ts'

/** A row of `incoming` as SQLite gives it. */
export type IncomingRow = {
  readonly id: IncomingId
  readonly state: IncomingState
  readonly source: Incoming['source']
  readonly reverse_path: ReversePath
  readonly recipients: string
  readonly peer_ip: string | null
  readonly peer_helo: string | null
  readonly peer_tls: string | null
  readonly received_at: Instant
  readonly octets: number
  readonly body_digest: string
}

/** Where the octets of a new Incoming lie. */
export type Stored = { readonly here: Uint8Array } | { readonly spool: string }

export function incomingOf(row: IncomingRow): Incoming {
  return {
    id: row.id,
    source: row.source,
    envelope: { reversePath: row.reverse_path, recipients: JSON.parse(row.recipients) as readonly Address[] },
    peer: { ip: row.peer_ip ?? undefined, helo: row.peer_helo ?? undefined, tls: row.peer_tls ?? undefined },
    receivedAt: row.received_at,
    octets: row.octets,
    bodyDigest: row.body_digest,
  }
}

export function incomingRow(store: Store, id: string): IncomingRow | undefined {
  return store.get<IncomingRow>('SELECT * FROM incoming WHERE id = ?', id)
}

export function insertIncoming(store: Store, incoming: Incoming, stored: Stored): void {
  const { envelope, peer } = incoming
  store.run(
    `INSERT INTO incoming (id, state, source, reverse_path, recipients, peer_ip, peer_helo, peer_tls, received_at, octets,
       body_digest) VALUES (?, 'accepted', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    incoming.id,
    incoming.source,
    envelope.reversePath,
    JSON.stringify(envelope.recipients),
    peer.ip ?? null,
    peer.helo ?? null,
    peer.tls ?? null,
    incoming.receivedAt,
    incoming.octets,
    incoming.bodyDigest,
  )
  store.run(
    'INSERT INTO octets (incoming, here, spool) VALUES (?, ?, ?)',
    incoming.id,
    'here' in stored ? stored.here : null,
    'spool' in stored ? stored.spool : null,
  )
}

export function unsettledRows(store: Store, after: IncomingId | undefined, limit: number): readonly IncomingRow[] {
  return store.all<IncomingRow>(
    "SELECT * FROM incoming WHERE state = 'accepted' AND id > ? ORDER BY id LIMIT ?",
    after ?? '',
    limit,
  )
}

/** Counts one more failure. @returns how often in all, or undefined where there is no such Incoming */
export function countStumble(store: Store, id: IncomingId, why: string): number | undefined {
  return store.get<{ stumbles: number }>(
    'UPDATE incoming SET stumbles = stumbles + 1, last_stumble = ? WHERE id = ? RETURNING stumbles',
    why,
    id,
  )?.stumbles
}
