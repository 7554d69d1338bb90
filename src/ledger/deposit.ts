import { Buffer } from 'node:buffer'
import type { Arrival, Incoming } from '../mail/incoming.ts'
import type { Deposit } from '../mail/ledger-port.ts'
import { Trouble } from '../mail/trouble.ts'
import type { World } from '../ops/clock.ts'
import type { GroupCommit } from './group-commit.ts'
import { insertIncoming, type Stored } from './incoming-rows.ts'
import type { Spool, SpoolFile } from './spool.ts'
import type { Store } from './store.ts'
import { troubleOf } from './trouble-of.ts'

/** First size of a deposit's buffer: most mails are smaller than the largest that goes into the row. */
const FIRST_OCTETS = 4 * 1024
/** Random octets of the name of an unfinished file. */
const NAME_OCTETS = 16
const STORING = 'store the message'
const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/u

export type DepositParts = {
  readonly store: Store
  readonly group: GroupCommit
  readonly spool: Spool
  readonly world: World
  /** Messages up to so many octets lie in their row, larger ones in a file; also what a deposit holds in memory. */
  readonly inlineOctets: number
}

/** A buffer that grows to its capacity. Chunks are copied: a slice would keep the socket's whole buffer alive. */
function growing(capacity: number) {
  let buffer = Buffer.allocUnsafe(Math.min(FIRST_OCTETS, capacity))
  let used = 0
  return {
    fits: (chunk: Uint8Array) => used + chunk.length <= capacity,
    add: (chunk: Uint8Array): void => {
      if (used + chunk.length > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.min(capacity, Math.max(2 * buffer.length, used + chunk.length)))
        buffer.copy(larger, 0, 0, used)
        buffer = larger
      }
      buffer.set(chunk, used)
      used += chunk.length
    },
    held: (): Uint8Array => buffer.subarray(0, used),
    empty: (): void => {
      used = 0
    },
  }
}

/** The octets of one deposit: in memory as long as they fit, then in a file of the spool. */
function gathering({ spool, world, inlineOctets }: DepositParts) {
  const memory = growing(inlineOctets)
  let file: SpoolFile | undefined
  return {
    write: async (chunk: Uint8Array): Promise<void> => {
      if (memory.fits(chunk)) {
        memory.add(chunk)
        return
      }
      file ??= await spool.create(Buffer.from(world.chance(NAME_OCTETS)).toString('hex'))
      await file.write(memory.held())
      memory.empty()
      if (memory.fits(chunk)) memory.add(chunk)
      else await file.write(chunk)
    },
    keep: async (id: Incoming['id']): Promise<Stored> => {
      if (file === undefined) return { here: memory.held() }
      await file.write(memory.held())
      return { spool: await file.keep(id) }
    },
    discard: async (): Promise<void> => file?.discard(),
  }
}

/**
 * Records the Incoming. A file whose row was not committed goes away again; only after an error of the disk it stays, since
 * nobody knows then what the disk holds: the next start looks whether a row names it.
 */
async function recordIncoming(parts: DepositParts, incoming: Incoming, stored: Stored): Promise<void> {
  try {
    await parts.group.enqueue(STORING, () => insertIncoming(parts.store, incoming, stored))
  } catch (error) {
    const unsure = error instanceof Trouble && error.kind === 'permanent'
    if (!unsure && 'spool' in stored) await parts.spool.remove(stored.spool)
    throw error
  }
}

/** Takes one message. Octets and row are durable when `commit` resolves; before it, a crash leaves at most an orphan. */
export function openDeposit(parts: DepositParts): Deposit {
  const gathered = gathering(parts)
  let octets = 0
  let broken: unknown
  let ended = false

  function mustBeOpen(): void {
    if (broken !== undefined) throw broken
    if (ended) throw new Error('This deposit was committed or aborted already')
  }
  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      broken = troubleOf(STORING, error)
      await gathered.discard()
      throw broken
    }
  }

  return {
    write: async (chunk) => {
      mustBeOpen()
      octets += chunk.length
      await attempt(() => gathered.write(chunk))
    },
    commit: async (arrival: Arrival, bodyDigest: string) => {
      mustBeOpen()
      if (!ID.test(arrival.id)) throw new Error(`Cannot store a message as ${arrival.id}: wanted an Incoming id`)
      ended = true
      const incoming: Incoming = { ...arrival, octets, bodyDigest }
      const stored = await attempt(() => gathered.keep(arrival.id))
      await recordIncoming(parts, incoming, stored)
      return incoming
    },
    abort: async () => {
      if (ended) return
      ended = true
      await gathered.discard()
    },
  }
}
