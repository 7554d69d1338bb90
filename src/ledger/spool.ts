import { mkdirSync } from 'node:fs'
import { type FileHandle, link, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { IncomingId } from '../mail/ids.ts'

/** Octets read from a file at once: what `Octets.stream` promises. */
export const CHUNK_OCTETS = 64 * 1024
/** Ends the name of a file that is being written; nothing refers to it yet. */
export const UNFINISHED = '.tmp'

/** A file of the spool that is being written. Exactly one of `keep` and `discard` ends it. */
export type SpoolFile = {
  write(octets: Uint8Array): Promise<void>
  /** Makes it durable under its final name, a row may name it then. @returns the name */
  keep(id: IncomingId): Promise<string>
  /** Never throws. */
  discard(): Promise<void>
}

export type Spool = {
  readonly folder: string
  /** @param name unique among the unfinished ones */
  create(name: string): Promise<SpoolFile>
  /** Removes a finished file that no row names. Never throws: what stays is an orphan for the next start. */
  remove(name: string): Promise<void>
  read(name: string): Promise<FileHandle>
}

/** A new name is durable only when the folder is (fsync(2), NOTES). */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function spoolFile(folder: string, path: string, handle: FileHandle): SpoolFile {
  return {
    write: async (octets) => {
      let done = 0
      while (done < octets.length) done += (await handle.write(octets, done)).bytesWritten
    },
    keep: async (id) => {
      await handle.datasync()
      await handle.close()
      await link(path, join(folder, id)) // and not rename, which would replace the octets of another message
      await unlink(path)
      await syncFolder(folder)
      return id
    },
    discard: async () => {
      await handle.close().catch(() => {}) // closed already where `keep` got that far
      await unlink(path).catch(() => {}) // gone already, or never to be seen again: an orphan for the next start
    },
  }
}

/** Opens the folder, made (0700) where it is missing. */
export function openSpool(folder: string): Spool {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return {
    folder,
    create: async (name) => {
      const path = join(folder, `${name}${UNFINISHED}`)
      return spoolFile(folder, path, await open(path, 'wx', 0o600))
    },
    remove: (name) => unlink(join(folder, name)).catch(() => {}),
    read: (name) => open(join(folder, name), 'r'),
  }
}
