import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Outcome } from '../mail/queue.ts'
import type { Job } from './attempt.ts'

const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
/** Room under NAME_MAX (255) for the flags that a mail reader appends. */
const UNIQUE_NAME = /^[A-Za-z0-9_+@=-][A-Za-z0-9._+@=,-]{0,199}$/u

/**
 * Puts a message into a Maildir (https://cr.yp.to/proto/maildir.html), creating it where it is missing. The file's name
 * comes from `uniqueName` alone, so a message that is already there, in `new` or with flags in `cur`, is accepted and
 * nothing changes. On accepted, file and name are on stable storage.
 * @param folder absolute, or relative to the working directory
 * @returns accepted with the file's path, or deferred: whatever is wrong with a folder, somebody can mend it
 * @throws where `uniqueName` is not of its form, which is a bug of the caller
 */
export async function storeInMaildir(
  folder: string,
  job: Pick<Job, 'octets' | 'uniqueName' | 'repeat' | 'signal'>,
): Promise<Outcome> {
  const { uniqueName } = job
  if (!UNIQUE_NAME.test(uniqueName)) throw new Error(`Cannot name a Maildir file ${JSON.stringify(uniqueName)}`)
  const unfinished = join(folder, 'tmp', uniqueName)
  const final = join(folder, 'new', uniqueName)
  try {
    await createMaildir(folder)
    const found = await present(folder, uniqueName, job.repeat)
    if (found === undefined) {
      await rm(unfinished, { force: true }) // left by a crash; nobody else uses our name
      await writeDurably(unfinished, job)
      await publish(unfinished, final)
    }
    await syncFolder(join(folder, found?.in ?? 'new')) // also where it was there: an earlier attempt may have died before
    return { kind: 'accepted', detail: found === undefined ? `stored as ${final}` : `already there as ${found.path}` }
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {})
    const why = error instanceof Error ? error.message : String(error)
    return { kind: 'deferred', detail: `cannot store in maildir:${folder}: ${why}` }
  }
}

async function createMaildir(folder: string): Promise<void> {
  for (const part of ['tmp', 'new', 'cur']) await createFolder(join(folder, part))
}

/**
 * Creates a folder and what is missing above it; every new name must survive a power cut with the mail in it. Not by
 * `recursive` of Node 24, which tries for ever where a parent can be neither found nor made, as in /proc.
 */
async function createFolder(folder: string): Promise<void> {
  const create = (): Promise<void> => mkdir(folder, { mode: FOLDER_MODE })
  try {
    await create().catch(async (error: unknown) => {
      if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error
      await createFolder(dirname(folder))
      await create()
    })
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    throw error
  }
  await syncFolder(dirname(folder))
}

type Found = { readonly path: string; readonly in: 'new' | 'cur' }

/** Looks into `cur`, which may be large, only where an earlier attempt may have got through. */
async function present(folder: string, name: string, isRepeat: boolean): Promise<Found | undefined> {
  const fresh = join(folder, 'new', name)
  if (await exists(fresh)) return { path: fresh, in: 'new' }
  if (!isRepeat) return undefined
  const seen = (await readdir(join(folder, 'cur'))).find((file) => file === name || file.startsWith(`${name}:`))
  return seen === undefined ? undefined : { path: join(folder, 'cur', seen), in: 'cur' }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    },
  )
}

async function writeDurably(path: string, job: Pick<Job, 'octets' | 'signal'>): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE)
  try {
    for await (const chunk of job.octets()) {
      job.signal?.throwIfAborted()
      await writeWhole(file, chunk)
    }
    job.signal?.throwIfAborted()
    await file.sync()
  } finally {
    await file.close()
  }
}

async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at, chunk.length - at)).bytesWritten
}

/** A link never replaces a file; file systems without links (FAT, some network ones) take a rename. */
async function publish(unfinished: string, final: string): Promise<void> {
  try {
    await link(unfinished, final)
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EOPNOTSUPP'].includes(code)) return rename(unfinished, final)
    if (code !== 'EEXIST') throw error
  }
  await rm(unfinished, { force: true })
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // some file systems cannot sync a folder and say so with these; their names are as durable as they get
    if (!['EINVAL', 'ENOTSUP', 'EISDIR'].includes(codeOf(error) ?? '')) throw error
  } finally {
    await handle.close()
  }
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
