import { Buffer } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import type { IncomingId } from '../mail/ids.ts'
import type { Octets } from '../mail/ledger-port.ts'
import { CHUNK_OCTETS, type Spool } from './spool.ts'
import type { Store } from './store.ts'
import { troubleOf } from './trouble-of.ts'

type OctetsRow = { readonly here: Uint8Array | null; readonly spool: string | null }

/** Reads until `into` is full or the file ends. @returns octets read */
async function fill(handle: FileHandle, into: Uint8Array, from: number): Promise<number> {
  let done = 0
  while (done < into.length) {
    const { bytesRead } = await handle.read(into, done, into.length - done, from + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

async function headOfFile(spool: Spool, name: string, max: number): Promise<Uint8Array> {
  const handle = await spool.read(name)
  try {
    const { size } = await handle.stat()
    const head = Buffer.allocUnsafe(Math.min(max, size))
    return head.subarray(0, await fill(handle, head, 0))
  } finally {
    await handle.close()
  }
}

async function* chunksOfFile(spool: Spool, name: string): AsyncGenerator<Uint8Array> {
  const handle = await spool.read(name)
  try {
    for (let at = 0; ; ) {
      const chunk = Buffer.allocUnsafe(CHUNK_OCTETS) // a new one each time: the taker may keep it
      const read = await fill(handle, chunk, at)
      if (read > 0) yield chunk.subarray(0, read)
      if (read < CHUNK_OCTETS) return
      at += read
    }
  } finally {
    await handle.close()
  }
}

function* chunksOf(octets: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < octets.length; at += CHUNK_OCTETS) yield octets.subarray(at, at + CHUNK_OCTETS)
}

function found(row: OctetsRow | undefined, id: IncomingId): OctetsRow {
  if (row === undefined) throw new Error(`Cannot read the octets of ${id}: there is no such Incoming`)
  return row
}

function doing(id: IncomingId): string {
  return `read the octets of ${id}`
}

/** The stored octets, wherever they lie. A file that is gone or unreadable is a Trouble that names it. */
export function openOctets(store: Store, spool: Spool): Octets {
  return {
    head: async (id, max) => {
      try {
        const row = found(
          store.get<OctetsRow>('SELECT substr(here, 1, ?) AS here, spool FROM octets WHERE incoming = ?', max, id),
          id,
        )
        return row.spool === null ? (row.here ?? new Uint8Array()) : await headOfFile(spool, row.spool, max)
      } catch (error) {
        throw troubleOf(doing(id), error)
      }
    },
    stream: async function* (id) {
      try {
        const row = found(store.get<OctetsRow>('SELECT here, spool FROM octets WHERE incoming = ?', id), id)
        if (row.spool === null) yield* chunksOf(row.here ?? new Uint8Array())
        else yield* chunksOfFile(spool, row.spool)
      } catch (error) {
        throw troubleOf(doing(id), error)
      }
    },
  }
}
