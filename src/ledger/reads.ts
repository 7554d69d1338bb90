import { type IncomingId, messageId } from '../mail/ids.ts'
import type { IncomingState, Reads } from '../mail/ledger-port.ts'
import { QUEUE_STATES, type QueueState } from '../mail/queue.ts'
import { breakerAt } from './breaker.ts'
import { connectReadOnly } from './connect.ts'
import { type EntryRow, entryOf } from './entry-rows.ts'
import { mutesAt } from './mutes.ts'
import { neverRules } from './never-list.ts'
import { renderedOf } from './outbox.ts'
import { LINES, type LineRow, lineOf, recordOf } from './record.ts'
import { type Store, storeOn } from './store.ts'
import { ticketById } from './tickets.ts'
import { reading } from './trouble-of.ts'

/** An id by its beginning: fewer characters than this name nobody, they are a slip (mail/ledger-port.ts). */
const SHORTEST_PREFIX = 6
/** Sorts after every id, which are of `0-9A-Z`. */
const LAST = '~'
const ID_PREFIX = new RegExp(`^[0-9A-Z]{${SHORTEST_PREFIX},26}$`, 'u')
const INCOMING_STATES = ['accepted', 'processed', 'set-aside'] as const satisfies readonly IncomingState[]

/** @returns undefined where nothing or more than one thing begins like that */
function findByPrefix(store: Store, of: 'incoming' | 'entries', text: string): string | undefined {
  const prefix = text.toUpperCase()
  if (!ID_PREFIX.test(prefix)) return undefined
  const found = store.all<{ id: string }>(
    `SELECT id FROM ${of} WHERE id >= ? AND id < ? LIMIT 2`,
    prefix,
    `${prefix}${LAST}`,
  )
  return found.length === 1 ? found[0]?.id : undefined
}

/** The first one that came with this Message-ID; others with it are its copies. */
function findByMessageId(store: Store, text: string): IncomingId | undefined {
  const id = messageId(text.startsWith('<') ? text : `<${text}>`)
  if (id === undefined) return undefined
  return store.get<{ incoming: IncomingId }>(
    'SELECT incoming FROM settlements WHERE message_id = ? ORDER BY incoming LIMIT 1',
    id,
  )?.incoming
}

type Tally = { readonly state: string; readonly rows: number }

function tallied<State extends string>(states: readonly State[], rows: readonly Tally[]): Record<State, number> {
  const found = new Map(rows.map((row) => [row.state, row.rows]))
  return Object.fromEntries(states.map((state) => [state, found.get(state) ?? 0])) as Record<State, number>
}

function queueRows(store: Store, state: QueueState | undefined, at: { before: string; limit: number }) {
  return state === undefined
    ? store.all<EntryRow>('SELECT * FROM entries WHERE id < ? ORDER BY id DESC LIMIT ?', at.before, at.limit)
    : store.all<EntryRow>(
        'SELECT * FROM entries WHERE state = ? AND id < ? ORDER BY id DESC LIMIT ?',
        state,
        at.before,
        at.limit,
      )
}

/** The reads for people on a connection of either kind. */
export function readsOn(store: Store): Reads {
  return {
    messages: ({ limit, before }) =>
      reading('list messages', () =>
        store
          .all<LineRow>(`${LINES} WHERE incoming.id < ? ORDER BY incoming.id DESC LIMIT ?`, before ?? LAST, limit)
          .map(lineOf),
      ),
    message: (text) =>
      reading('look up a message', () => {
        const id = (findByPrefix(store, 'incoming', text) as IncomingId | undefined) ?? findByMessageId(store, text)
        return id === undefined ? undefined : recordOf(store, id)
      }),
    queue: ({ limit, before, state }) =>
      reading('list the queue', () => queueRows(store, state, { before: before ?? LAST, limit }).map(entryOf)),
    entry: (text) =>
      reading('look up a queue entry', () => {
        const id = findByPrefix(store, 'entries', text)
        const row = id === undefined ? undefined : store.get<EntryRow>('SELECT * FROM entries WHERE id = ?', id)
        return row === undefined ? undefined : { entry: entryOf(row), letter: renderedOf(store, row.id) }
      }),
    ticket: (id) => reading('look up a ticket', () => ticketById(store, id)),
    never: () => reading('list whom we never write to', () => neverRules(store)),
    mutes: (now) => reading('list who is muted', () => mutesAt(store, now)),
    breaker: (now) => reading('look at the breaker', () => breakerAt(store, now)),
    counts: () =>
      reading('count what there is', () => ({
        incoming: tallied(
          INCOMING_STATES,
          store.all<Tally>('SELECT state, count(*) AS rows FROM incoming GROUP BY state'),
        ),
        queue: tallied(QUEUE_STATES, store.all<Tally>('SELECT state, count(*) AS rows FROM entries GROUP BY state')),
      })),
  }
}

/**
 * Opens the reads beside a running daemon, or without one, and changes nothing.
 * @throws Trouble where there is no ledger, it is newer or older than the program, or no database
 */
export function openReads(path: string): Reads & { close(): void } {
  const connection = connectReadOnly(path)
  return { ...readsOn(storeOn(connection)), close: () => void connection.close() }
}
