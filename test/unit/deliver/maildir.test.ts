import { execFile } from 'node:child_process'
import { chmod, link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Job } from '../../../src/deliver/attempt.ts'
import { delivery, jobFor, MESSAGE, octetsOf } from './fixture.ts'

const NAME = '01JXYZ.support_acme_example.replyd'
let root: string
let count = 0
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'deliver-maildir-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** A folder that does not exist, in one that does not exist either. */
function nowhere(): string {
  count += 1
  return join(root, `${count}`, 'mail', 'support')
}

const store = (folder: string, changed: Partial<Job> = {}) =>
  delivery().attempt(jobFor({ kind: 'maildir', folder }, { uniqueName: NAME, ...changed }))

async function files(folder: string): Promise<readonly string[]> {
  const found = await Promise.all(
    ['tmp', 'new', 'cur'].map(async (part) => (await readdir(join(folder, part))).map((name) => `${part}/${name}`)),
  )
  return found.flat()
}

async function* broken(): AsyncIterable<Uint8Array> {
  yield* octetsOf(MESSAGE)
  throw new Error('the spool is gone')
}

test('a message lands in new/ under its own name, octet for octet, for the owner alone', async () => {
  const folder = nowhere()
  expect(await store(folder)).toMatchObject({ kind: 'accepted', detail: expect.stringContaining(join(folder, 'new')) })
  expect(await files(folder)).toEqual([`new/${NAME}`])
  expect(await readFile(join(folder, 'new', NAME), 'latin1')).toBe(MESSAGE)
  expect((await stat(join(folder, 'new', NAME))).mode & 0o777).toBe(0o600)
  for (const part of ['', 'tmp', 'new', 'cur']) expect((await stat(join(folder, part))).mode & 0o777).toBe(0o700)
})

test.each([
  ['still new', 'new', NAME],
  ['read', 'cur', `${NAME}:2,S`],
  ['read and answered', 'cur', `${NAME}:2,RS`],
  ['moved without flags', 'cur', NAME],
] as const)('a repeat changes nothing where the message is %s', async (_how, part, name) => {
  const folder = nowhere()
  await store(folder)
  await rename(join(folder, 'new', NAME), join(folder, part, name))
  const before = await stat(join(folder, part, name))
  expect(await store(folder, { repeat: true, octets: () => octetsOf('other octets') })).toMatchObject({
    kind: 'accepted',
  })
  expect(await files(folder)).toEqual([`${part}/${name}`])
  expect((await stat(join(folder, part, name))).ino).toBe(before.ino)
})

test('a message whose name begins alike is another message', async () => {
  const folder = nowhere()
  await store(folder, { uniqueName: `${NAME}2` })
  await rename(join(folder, 'new', `${NAME}2`), join(folder, 'cur', `${NAME}2:2,S`))
  await store(folder, { repeat: true })
  expect(await files(folder)).toEqual([`new/${NAME}`, `cur/${NAME}2:2,S`])
})

test('what a crash left half written is written anew', async () => {
  const folder = nowhere()
  await store(folder, { uniqueName: 'another' })
  await writeFile(join(folder, 'tmp', NAME), 'half a mess')
  expect(await store(folder, { repeat: true })).toMatchObject({ kind: 'accepted' })
  expect(await files(folder)).toEqual([`new/${NAME}`, 'new/another'])
  expect(await readFile(join(folder, 'new', NAME), 'latin1')).toBe(MESSAGE)
})

test('a crash between link and unlink leaves one message', async () => {
  const folder = nowhere()
  await store(folder)
  await link(join(folder, 'new', NAME), join(folder, 'tmp', NAME))
  expect(await store(folder, { repeat: true })).toMatchObject({ kind: 'accepted' })
  expect((await files(folder)).filter((file) => !file.startsWith('tmp/'))).toEqual([`new/${NAME}`])
})

test('a link lying in tmp/ under the name leads nobody astray', async () => {
  const folder = nowhere()
  await store(folder, { uniqueName: 'another' })
  const victim = join(root, 'victim')
  await writeFile(victim, 'precious')
  await symlink(victim, join(folder, 'tmp', NAME))
  expect(await store(folder)).toMatchObject({ kind: 'accepted' })
  expect(await readFile(victim, 'utf8')).toBe('precious')
})

test('octets that break off leave nothing behind, and the attempt is deferred', async () => {
  const folder = nowhere()
  expect(await store(folder, { octets: broken })).toMatchObject({ kind: 'deferred', detail: /the spool is gone/u })
  expect(await files(folder)).toEqual([])
})

test('an abort leaves nothing behind', async () => {
  const folder = nowhere()
  const signal = AbortSignal.abort(new Error('replyd is stopping'))
  expect(await store(folder, { signal })).toMatchObject({ kind: 'deferred' })
  expect(await files(folder)).toEqual([])
})

test('a file where the folder should be, a link to nothing, a folder of somebody else: deferred with place and cause', async () => {
  const file = join(root, 'a-file')
  await writeFile(file, '')
  const dangling = join(root, 'dangling')
  await symlink(join(root, 'no', 'where'), dangling)
  for (const [folder, code] of [
    [file, /ENOTDIR|EEXIST/u],
    [dangling, /EEXIST|ENOENT|ENOTDIR/u],
    ['/proc/replyd', /ENOENT|EACCES/u],
  ] as const) {
    const outcome = await store(folder)
    expect(outcome.kind).toBe('deferred')
    expect(outcome.detail).toContain(folder)
    expect(outcome.detail).toMatch(code)
  }
})

test.skipIf(process.getuid?.() === 0)('a folder without permission: deferred', async () => {
  const folder = nowhere()
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o500)
  expect(await store(folder)).toMatchObject({ kind: 'deferred', detail: /EACCES/u })
})

test('a disk that takes no more: deferred, and the message is not there by halves', async () => {
  const folder = nowhere()
  // a limit on file size ends in a failed write, as a full disk does; it holds for a whole process
  const script = `
    import { storeInMaildir } from ${JSON.stringify(new URL('../../../src/deliver/maildir.ts', import.meta.url).href)}
    const octets = async function* () { for (let i = 0; i < 64; i += 1) yield Buffer.alloc(1024, 'x') }
    console.log(JSON.stringify(await storeInMaildir(${JSON.stringify(folder)}, { octets, uniqueName: 'a', repeat: false })))`
  const limited = 'trap "" XFSZ; ulimit -f 8; exec "$0" --input-type=module --eval "$1"'
  const { stdout } = await promisify(execFile)('sh', ['-c', limited, process.execPath, script])
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'deferred', detail: expect.stringMatching(/EFBIG/u) })
  expect(await files(folder)).toEqual([])
})

test.each(['../escape', 'a/b', '.hidden', 'with:colon', '', 'x'.repeat(201), 'nul\0'])(
  'the name %j is a bug of the caller, not a place to write to',
  async (uniqueName) => {
    await expect(store(nowhere(), { uniqueName })).rejects.toThrow('Cannot name a Maildir file')
  },
)
