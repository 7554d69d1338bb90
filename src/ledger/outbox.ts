import type { EntryId, MessageId, TicketId } from '../mail/ids.ts'
import type { NextState, Outbox } from '../mail/ledger-port.ts'
import type { QueueState } from '../mail/queue.ts'
import { Trouble } from '../mail/trouble.ts'
import type { World } from '../ops/clock.ts'
import { type EntryRow, entryOf } from './entry-rows.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Store } from './store.ts'
import { rememberMessageId } from './tickets.ts'
import { reading } from './trouble-of.ts'

type Leased = { readonly id: EntryId; readonly rendered: Uint8Array | undefined }

/** @throws Trouble where the entry is not queued any more: somebody held or withdrew it after it was found due */
function leaseOne(store: Store, { id, rendered }: Leased): void {
  const changed = store.run(
    "UPDATE entries SET state = 'sending', attempts = attempts + 1 WHERE id = ? AND state = 'queued'",
    id,
  )
  if (changed === 0) {
    const found = store.get<{ state: QueueState }>('SELECT state FROM entries WHERE id = ?', id)
    throw new Trouble(`begin an attempt for ${id}`, 'temporary', new Error(`it is ${found?.state ?? 'unknown'} now`))
  }
  if (rendered === undefined) return
  // the octets of the first attempt stay: a second text under the same Message-ID would be another letter
  store.run('INSERT INTO rendered (entry, octets) VALUES (?, ?) ON CONFLICT DO NOTHING', id, rendered)
}

function concludeOne(store: Store, id: EntryId, next: NextState & { readonly at: number }): void {
  const found = store.get<{ ticket: TicketId | null }>(
    `UPDATE entries SET state = ?, next_attempt = ?, unknowns = unknowns + ?, last_outcome = ?,
       hop_message_id = coalesce(?, hop_message_id)
     WHERE id = ? RETURNING ticket`,
    next.state,
    next.nextAttempt,
    next.unknown,
    next.outcome,
    next.hopMessageId ?? null,
    id,
  )
  if (found === undefined) throw new Error(`Cannot conclude ${id}: there is no such queue entry`)
  store.run('INSERT INTO attempts (entry, at, outcome) VALUES (?, ?, ?)', id, next.at, next.outcome)
  rememberHopMessageId(store, found.ticket, next.hopMessageId)
}

/** Some next hops put a Message-ID of their own in place of ours; customers then answer that one. */
function rememberHopMessageId(store: Store, ticket: TicketId | null, id: MessageId | undefined): void {
  if (ticket !== null && id !== undefined) rememberMessageId(store, ticket, id)
}

/** As the index `entries_due` has it: '' for notices, else the mailbox. */
const LANE = "coalesce(json_extract(cargo, '$.mailbox'), '')"

/** The outbound queue. Writes go through the group commit; reads see what is committed. */
export function openOutbox(store: Store, group: GroupCommit, world: World): Outbox {
  return {
    due: (now, limit) =>
      reading('read what is due', () =>
        store
          .all<EntryRow>(
            `WITH RECURSIVE lanes (lane) AS (
               SELECT min(${LANE}) FROM entries INDEXED BY entries_due WHERE state = 'queued'
               UNION ALL
               SELECT (SELECT min(${LANE}) FROM entries INDEXED BY entries_due
                       WHERE state = 'queued' AND ${LANE} > lanes.lane)
               FROM lanes WHERE lane IS NOT NULL)
             SELECT entries.* FROM lanes JOIN entries ON entries.id IN (
               SELECT id FROM entries INDEXED BY entries_due
               WHERE state = 'queued' AND ${LANE} = lanes.lane AND next_attempt <= ?
               ORDER BY next_attempt, id LIMIT ?)
             ORDER BY next_attempt, entries.id`,
            now,
            limit,
          )
          .map(entryOf),
      ),
    lease: (entries) =>
      group.enqueue('begin attempts', () => {
        for (const entry of entries) leaseOne(store, entry)
      }),
    conclude: (id, next) => group.enqueue('end an attempt', () => concludeOne(store, id, { ...next, at: world.now() })),
    interrupted: () =>
      reading('read what was interrupted', () =>
        store.all<EntryRow>("SELECT * FROM entries WHERE state = 'sending' ORDER BY id").map(entryOf),
      ),
    rendered: (id) => reading('read a composed notice', () => renderedOf(store, id)),
  }
}

/** The octets of a notice that are kept, if there are any. */
export function renderedOf(store: Store, id: EntryId): Uint8Array | undefined {
  return store.get<{ octets: Uint8Array }>('SELECT octets FROM rendered WHERE entry = ?', id)?.octets
}
