import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Entries kept; a set of templates has some dozens. */
const MAX_ENTRIES = 1000
const KEY = /^[0-9a-f]{16,128}$/u
const DIGEST_CHARACTERS = 64

/** Texts by the hash of what they were made from. It never fails: without a usable folder it only remembers nothing. */
export type FileCache = {
  /** @returns the text kept under the key, or undefined where there is none or it is damaged */
  get(key: string): Promise<string | undefined>
  /** Keeps a text; the entry is there whole or not at all. */
  put(key: string, text: string): Promise<'kept' | 'not-kept'>
}

/**
 * A cache in a folder of its own, made when the first entry is.
 * @param folder absolute; may be missing, full or not ours to write
 */
export function openFileCache(folder: string): FileCache {
  return {
    get: async (key) => readEntry(entryPath(folder, key)),
    put: async (key, text) => {
      const path = entryPath(folder, key)
      const temporary = join(folder, `${key}.${randomBytes(6).toString('hex')}.new`)
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(temporary, `${digest(text)}\n${text}`, { mode: 0o600, flag: 'wx' })
        await rename(temporary, path)
        await prune(folder)
        return 'kept'
      } catch {
        await rm(temporary, { force: true }).catch(() => {})
        return 'not-kept'
      }
    },
  }
}

/** @throws RangeError for a key that is no lower-case hex: it would be a path */
function entryPath(folder: string, key: string): string {
  if (!KEY.test(key)) throw new RangeError(`Cannot use ${JSON.stringify(key)} as a key; wanted is lower-case hex`)
  return join(folder, key)
}

async function readEntry(path: string): Promise<string | undefined> {
  try {
    const entry = await readFile(path, 'utf8')
    const text = entry.slice(DIGEST_CHARACTERS + 1)
    if (entry.slice(0, DIGEST_CHARACTERS) !== digest(text) || entry[DIGEST_CHARACTERS] !== '\n') return undefined
    const now = new Date()
    // what is used stays: pruning goes by this time
    await utimes(path, now, now).catch(() => {})
    return text
  } catch {
    return undefined
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Removes what was not used for longest, and what a crash left half written, once there is too much. */
async function prune(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.length <= MAX_ENTRIES) return
  const aged = await Promise.all(
    names.map(async (name) => ({
      name,
      used: await stat(join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    })),
  )
  const oldest = aged.sort((a, b) => a.used - b.used).slice(0, names.length - MAX_ENTRIES)
  for (const { name } of oldest) await rm(join(folder, name), { force: true })
}
