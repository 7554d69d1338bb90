import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFileCache } from '../../../src/ops/file-cache.ts'
import { readFolder } from '../../../src/ops/folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replyd-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(path: string, text: string | Buffer): void {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), text)
}

describe('the file cache', () => {
  const key = 'a'.repeat(64)
  test('keeps a text under its key, also for the next one who opens it', async () => {
    const cache = openFileCache(join(folder, 'deep', 'cache'))
    expect(await cache.get(key)).toBeUndefined()
    expect(await cache.put(key, 'Γεια\n')).toBe('kept')
    expect(await cache.put(key, 'Γεια σας\n')).toBe('kept')
    expect(await openFileCache(join(folder, 'deep', 'cache')).get(key)).toBe('Γεια σας\n')
    expect(readdirSync(join(folder, 'deep', 'cache'))).toEqual([key])
  })
  test.each([
    ['cut off', (text: string) => text.slice(0, -1)],
    ['changed', (text: string) => text.replace('x', 'y')],
    ['empty', () => ''],
    ['foreign', () => 'hello'],
  ])('an entry that is %s is a miss, and can be written anew', async (_name, damage) => {
    const cache = openFileCache(folder)
    await cache.put(key, 'some text x')
    writeFileSync(join(folder, key), damage(readFileSync(join(folder, key), 'utf8')))
    expect(await cache.get(key)).toBeUndefined()
    expect(await cache.put(key, 'some text x')).toBe('kept')
    expect(await cache.get(key)).toBe('some text x')
  })
  test('a folder that cannot be used keeps nothing and fails nothing', async () => {
    writeFileSync(join(folder, 'file'), '')
    const cache = openFileCache(join(folder, 'file', 'cache'))
    expect(await cache.put(key, 'x')).toBe('not-kept')
    expect(await cache.get(key)).toBeUndefined()
  })
  test('a key that would be a path is a bug of the caller', async () => {
    await expect(openFileCache(folder).get('../../etc/passwd')).rejects.toThrow(RangeError)
  })
  test('many writers of one key leave one whole entry', async () => {
    const cache = openFileCache(folder)
    const text = 'long '.repeat(50_000)
    await Promise.all(Array.from({ length: 20 }, () => cache.put(key, text)))
    expect(await cache.get(key)).toBe(text)
    expect(readdirSync(folder)).toEqual([key])
  })
  test('what was used longest ago goes when there is too much', async () => {
    const cache = openFileCache(folder)
    for (let index = 0; index < 1005; index += 1) writeFileSync(join(folder, `${index}.new`), '')
    await cache.put(key, 'x')
    expect(readdirSync(folder)).toHaveLength(1000)
    expect(await cache.get(key)).toBe('x')
  })
})

describe('reading a folder', () => {
  const limits = { maxOctets: 100, maxFiles: 10, extensions: ['.md'] }
  test('gives the wanted files of all its folders, in one order everywhere', async () => {
    for (const path of ['zh/b.md', 'B.md', 'a.md', 'zh/a.md', '.git/x.md', 'a.txt', 'zh/.a.md.swp']) put(path, path)
    const { files, unread } = await readFolder(folder, limits)
    expect(files.map(({ path }) => path)).toEqual(['B.md', 'a.md', 'zh/a.md', 'zh/b.md'])
    expect(files[2]).toEqual({ path: 'zh/a.md', text: 'zh/a.md', file: join(folder, 'zh/a.md') })
    expect(unread).toEqual([])
  })
  test('says of each file it does not read why', async () => {
    put('big.md', 'x'.repeat(101))
    put('bad.md', Buffer.from([0x66, 0xff]))
    put('full.md', 'x'.repeat(100))
    symlinkSync('/etc/hostname', join(folder, 'out.md'))
    symlinkSync(join(folder, 'nowhere'), join(folder, 'loose.md'))
    const { files, unread } = await readFolder(folder, limits)
    expect(files.map(({ path }) => path)).toEqual(['full.md'])
    expect(unread.map(({ path, why }) => `${path}: ${why}`)).toEqual([
      'bad.md: it is not UTF-8',
      'big.md: it has 101 octets, more than the 100 allowed',
      expect.stringContaining('loose.md: ENOENT'),
      'out.md: it is a link that leads out of the folder',
    ])
  })
  test('follows links inside, as a Kubernetes volume has them, and none out or in a circle', async () => {
    put('..data/en/a.md', 'x')
    symlinkSync('..data/en', join(folder, 'en'))
    symlinkSync('/etc', join(folder, 'etc'))
    symlinkSync('.', join(folder, 'again'))
    const { files } = await readFolder(folder, limits)
    expect(files.map(({ path }) => path)).toEqual(['en/a.md'])
  })
  test('too many files, no folder, a folder that is not ours to read: a trouble that names it', async () => {
    for (let index = 0; index < 11; index += 1) put(`${index}.md`, 'x')
    await expect(readFolder(folder, limits)).rejects.toThrow('it holds more than 10 files')
    await expect(readFolder(join(folder, 'none'), limits)).rejects.toThrow(
      `Cannot read the folder ${join(folder, 'none')}`,
    )
    await expect(readFolder(join(folder, '0.md'), limits)).rejects.toMatchObject({ kind: 'permanent' })
  })
  test('a file that may not be read is told of (root may read everything)', async () => {
    put('closed.md', 'x')
    chmodSync(join(folder, 'closed.md'), 0o000)
    const { files, unread } = await readFolder(folder, limits)
    expect([...files, ...unread].map(({ path }) => path)).toEqual(['closed.md'])
  })
})
