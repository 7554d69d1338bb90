import { Buffer } from 'node:buffer'
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Trouble } from '../mail/trouble.ts'
import type { World } from './clock.ts'

const OWNER_ONLY = 0o600
const FOLDER_OWNER_ONLY = 0o700
const ANYBODY = 0o007
/** A token or a few dozen keys; anything longer is another file. */
const MAX_OCTETS = 64 * 1024
const NAME_OCTETS = 8

/** Keys by which we know our own marks again; `all` holds `current` too. */
export type Keys = {
  readonly current: { readonly id: string; readonly secret: Uint8Array }
  readonly all: ReadonlyMap<string, Uint8Array>
}

/** An id stands in addresses and Message-IDs, where case may get lost. */
const KEY_ID = /^[a-z0-9]{1,8}$/u
const ID_CHARACTERS = '0123456789abcdefghjkmnpqrstvwxyz'
const NEW_ID_LENGTH = 4
const NEW_SECRET_OCTETS = 32
const MIN_SECRET_OCTETS = 16
const BASE64URL = /^[A-Za-z0-9_-]+$/u

/**
 * Reads a secret, or makes it where the file is missing. It is there whole or not at all, readable by us alone, and of
 * several processes that make it at once one wins and all get its secret.
 * @param path absolute; missing folders are made
 * @param makeSecret the octets to write into a new file
 * @throws Trouble (permanent) where it cannot be read or made, anybody may read it, or it is too long
 */
export async function secretFile(path: string, makeSecret: () => Uint8Array, world: World): Promise<Uint8Array> {
  const found = await read(path)
  if (found !== undefined) return found
  try {
    await make(path, makeSecret(), world)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw new Trouble(`make the secret ${path}`, 'permanent', error)
  }
  const made = await read(path)
  if (made === undefined) throw new Trouble(`read the secret ${path}`, 'permanent', new Error('it is gone again'))
  return made
}

async function read(path: string): Promise<Uint8Array | undefined> {
  const refuse = (why: unknown): never => {
    throw new Trouble(`read the secret ${path}`, 'permanent', why)
  }
  const found = await stat(path).catch((error: unknown) => (codeOf(error) === 'ENOENT' ? undefined : refuse(error)))
  if (found === undefined) return undefined
  if (!found.isFile()) return refuse(new Error('it is not a file'))
  if ((found.mode & ANYBODY) !== 0)
    return refuse(new Error(`anybody on this machine may use it; run chmod 600 ${path}`))
  if (found.size > MAX_OCTETS) return refuse(new Error(`it has ${found.size} octets, at most ${MAX_OCTETS} are wanted`))
  return readFile(path).catch(refuse)
}

async function make(path: string, secret: Uint8Array, world: World): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: FOLDER_OWNER_ONLY })
  const temporary = `${path}.${Buffer.from(world.chance(NAME_OCTETS)).toString('hex')}.new`
  try {
    const file = await open(temporary, 'wx', OWNER_ONLY)
    try {
      await file.writeFile(secret)
      await file.sync()
    } finally {
      await file.close()
    }
    // unlike rename, link does not replace what another process made meanwhile
    await link(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(folder)
}

/** The entry of a new file is lost in a power cut unless its folder is synced as well. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * The keys of our marks: `{"current": "id", "keys": {"id": "secret in base64url"}}`, made with one key where there is none.
 * @param path of the file, see `secretFile`
 * @throws Trouble (permanent) that says what is wrong with the file
 */
export async function loadOrCreateKeys(path: string, world: World): Promise<Keys> {
  const octets = await secretFile(path, () => Buffer.from(`${JSON.stringify(newKeys(world), null, 2)}\n`), world)
  const keys = parseKeys(Buffer.from(octets).toString('utf8'))
  if (typeof keys !== 'string') return keys
  const why = new Error(
    `${keys}. Restore it from a backup: without its keys, marks in mail sent so far are not known again`,
  )
  throw new Trouble(`use the keys in ${path}`, 'permanent', why)
}

function newKeys(world: World): object {
  const id = [...world.chance(NEW_ID_LENGTH)].map((octet) => ID_CHARACTERS[octet & 31]).join('')
  return { current: id, keys: { [id]: Buffer.from(world.chance(NEW_SECRET_OCTETS)).toString('base64url') } }
}

/** @returns a sentence that says what was found and wanted, where the text holds no keys */
function parseKeys(text: string): Keys | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'It is no JSON'
  }
  if (!isMapping(value) || typeof value.current !== 'string' || !isMapping(value.keys)) {
    return 'It is not {"current": ID, "keys": {ID: SECRET}}'
  }
  const all = new Map<string, Uint8Array>()
  for (const [id, written] of Object.entries(value.keys)) {
    if (!KEY_ID.test(id)) return `The key id ${JSON.stringify(id)} is not 1 to 8 characters of a-z and 0-9`
    const secret =
      typeof written === 'string' && BASE64URL.test(written) ? Buffer.from(written, 'base64url') : Buffer.alloc(0)
    if (secret.length < MIN_SECRET_OCTETS)
      return `The key ${id} is not ${MIN_SECRET_OCTETS} octets or more in base64url`
    all.set(id, secret)
  }
  const secret = all.get(value.current)
  return secret === undefined
    ? `Its current key ${JSON.stringify(value.current)} is not among its keys`
    : { current: { id: value.current, secret }, all }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
