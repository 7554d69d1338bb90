import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WORLD } from '../../../src/ops/clock.ts'
import { loadOrCreateKeys, secretFile } from '../../../src/ops/secret-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replyd-secret-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const of = (text: string) => (): Uint8Array => Buffer.from(text)
const SECRET = Buffer.alloc(32, 7).toString('base64url')

describe('a secret in a file', () => {
  test('is made once, with its folders, for us alone, and read ever after', async () => {
    const path = join(folder, 'state', 'deep', 'token')
    expect(Buffer.from(await secretFile(path, of('first'), WORLD)).toString()).toBe('first')
    expect(Buffer.from(await secretFile(path, of('second'), WORLD)).toString()).toBe('first')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'state')).mode & 0o077).toBe(0)
    expect(readdirSync(join(folder, 'state', 'deep'))).toEqual(['token'])
  })
  test('of many who make it at once all get the same', async () => {
    const path = join(folder, 'token')
    const made = await Promise.all(Array.from({ length: 20 }, (_, n) => secretFile(path, of(`secret ${n}`), WORLD)))
    expect(new Set(made.map((one) => Buffer.from(one).toString())).size).toBe(1)
    expect(readdirSync(folder)).toEqual(['token'])
  })
  test('that another process made meanwhile is the one that counts', async () => {
    const path = join(folder, 'token')
    const late = (): Uint8Array => {
      writeFileSync(path, 'theirs', { mode: 0o600 })
      return Buffer.from('ours')
    }
    expect(Buffer.from(await secretFile(path, late, WORLD)).toString()).toBe('theirs')
    expect(readFileSync(path, 'utf8')).toBe('theirs')
  })
  test('that anybody may read is refused, with the command that mends it', async () => {
    const path = join(folder, 'token')
    writeFileSync(path, 'x')
    chmodSync(path, 0o644)
    await expect(secretFile(path, of(''), WORLD)).rejects.toThrow(
      `Cannot read the secret ${path}: anybody on this machine may use it; run chmod 600 ${path}`,
    )
  })
  test('that is a folder, too long, or in a place that cannot be, is refused by its path', async () => {
    mkdirSync(join(folder, 'a-folder'))
    writeFileSync(join(folder, 'long'), Buffer.alloc(70_000), { mode: 0o600 })
    await expect(secretFile(join(folder, 'a-folder'), of(''), WORLD)).rejects.toThrow('it is not a file')
    await expect(secretFile(join(folder, 'long'), of(''), WORLD)).rejects.toThrow('it has 70000 octets')
    await expect(secretFile(join(folder, 'long', 'token'), of(''), WORLD)).rejects.toThrow(
      /^Cannot read the secret .*ENOTDIR/u,
    )
  })
})

describe('the keys of our marks', () => {
  test('are made with one key, and read again as they were', async () => {
    const path = join(folder, 'keys.json')
    const made = await loadOrCreateKeys(path, WORLD)
    expect(made.current.id).toMatch(/^[a-z0-9]{4}$/u)
    expect(made.current.secret).toHaveLength(32)
    expect([...made.all]).toEqual([[made.current.id, made.current.secret]])
    expect(await loadOrCreateKeys(path, WORLD)).toEqual(made)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
  test('of former times stay known beside the current one', async () => {
    const path = join(folder, 'keys.json')
    const old = Buffer.alloc(16, 1).toString('base64url')
    writeFileSync(path, JSON.stringify({ current: 'new', keys: { old, new: SECRET } }), { mode: 0o600 })
    const { current, all } = await loadOrCreateKeys(path, WORLD)
    expect(current.id).toBe('new')
    expect([...all.keys()]).toEqual(['old', 'new'])
  })
  test.each([
    ['', 'It is no JSON'],
    ['{"current": "a"', 'It is no JSON'],
    ['[]', 'It is not {"current": ID, "keys": {ID: SECRET}}'],
    ['{"current": "a", "keys": null}', 'It is not {"current": ID, "keys": {ID: SECRET}}'],
    [`{"current": "b", "keys": {"a": "${SECRET}"}}`, 'Its current key "b" is not among its keys'],
    [`{"current": "a", "keys": {}}`, 'Its current key "a" is not among its keys'],
    [`{"current": "A!", "keys": {"A!": "${SECRET}"}}`, 'The key id "A!" is not 1 to 8 characters of a-z and 0-9'],
    ['{"current": "a", "keys": {"a": "c2hvcnQ"}}', 'The key a is not 16 octets or more in base64url'],
    ['{"current": "a", "keys": {"a": "****************************************"}}', 'The key a is not 16 octets'],
    ['{"current": "a", "keys": {"a": 7}}', 'The key a is not 16 octets or more in base64url'],
  ])('%s is refused and left as it is', async (text, why) => {
    const path = join(folder, 'keys.json')
    writeFileSync(path, text, { mode: 0o600 })
    await expect(loadOrCreateKeys(path, WORLD)).rejects.toThrow(`Cannot use the keys in ${path}: ${why}`)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})
