import type { Incoming } from '../mail/incoming.ts'
import type { Deposit, Ledger } from '../mail/ledger-port.ts'
import type { World } from '../ops/clock.ts'
import type { Log } from '../ops/events.ts'
import { openDeposit } from './deposit.ts'
import { openGroupCommit } from './group-commit.ts'
import { openHand } from './hand.ts'
import { countStumble, incomingOf, unsettledRows } from './incoming-rows.ts'
import { openNeverList } from './never-list.ts'
import { openOctets } from './octets.ts'
import { openOutbox } from './outbox.ts'
import { pruningOn } from './prune.ts'
import { readsOn } from './reads.ts'
import { settleIncoming } from './settle.ts'
import { openShadow } from './shadow.ts'
import type { Spool } from './spool.ts'
import { type Connection, type Store, storeOn } from './store.ts'
import { reading } from './trouble-of.ts'

export type LedgerParts = {
  readonly connection: Connection
  readonly spool: Spool
  readonly inlineOctets: number
  readonly world: World
  readonly log: Log
  /** Called last, when the connection is closed. */
  readonly onClosed: () => void
}

/** Remembers what is under way, so that closing can wait for it. */
function underWay() {
  const all = new Set<Promise<unknown>>()
  return {
    track: async <T>(promise: Promise<T>): Promise<T> => {
      all.add(promise)
      try {
        return await promise
      } finally {
        all.delete(promise)
      }
    },
    ended: async (): Promise<void> => {
      while (all.size > 0) await Promise.allSettled(all)
    },
  }
}

async function closeConnection({ connection, log, onClosed }: LedgerParts): Promise<void> {
  try {
    connection.pragma('wal_checkpoint(TRUNCATE)')
  } catch (error) {
    // nothing is lost: what is committed lies in the log, and the next open reads it there
    log('ledger.trouble', { doing: 'checkpoint', error: String(error) })
  }
  connection.close()
  onClosed()
}

function stumble(store: Store, id: Incoming['id'], why: string): number {
  const times = countStumble(store, id, why)
  if (times === undefined) throw new Error(`Cannot note a failure of ${id}: there is no such Incoming`)
  return times
}

/** The port of mail/ledger-port.ts on a connection that is open, migrated and under our lock. */
export function ledgerOn(parts: LedgerParts): Ledger {
  const { connection, world, log } = parts
  const store = storeOn(connection)
  const never = openNeverList(store)
  const group = openGroupCommit(connection, log, () => never.forget())
  const gathering = { never, chance: (octets: number) => world.chance(octets) }
  const pruneNowAndThen = pruningOn(store, group, log)
  const deposits = underWay()
  let closing: Promise<void> | undefined

  function deposit(): Deposit {
    const one = openDeposit({ ...parts, store, group })
    return { ...one, commit: (arrival, digest) => deposits.track(one.commit(arrival, digest)) }
  }
  async function close(): Promise<void> {
    await deposits.ended()
    await group.close()
    await closeConnection(parts)
  }

  return {
    deposit,
    ...openOutbox(store, group, world),
    ...openOctets(store, parts.spool),
    ...openShadow(store, group),
    ...openHand(store, group, gathering),
    ...readsOn(store),
    unsettled: (after, limit) =>
      reading('read what waits to be settled', () => unsettledRows(store, after, limit).map(incomingOf)),
    settle: (inquiry, now, judge) => {
      const settled = group.enqueue('settle the message', () =>
        settleIncoming(store, { inquiry, now, judge }, gathering),
      )
      pruneNowAndThen(now)
      return settled
    },
    stumbled: (id, why) => group.enqueue('note a failure', () => stumble(store, id, why)),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}
