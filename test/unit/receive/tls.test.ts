import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Instant } from '../../../src/mail/instant.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { type Client, introduced } from './client.ts'
import { type Door, MAIL, openDoor } from './fixture.ts'

const run = promisify(execFile)
let folder: string
let door: Door
let now = WORLD.now()
const clients: Client[] = []
const file = (name: string): string => join(folder, name)

/** A self-signed certificate for ten days. */
async function issue(name: string): Promise<void> {
  const subject = ['-subj', `/CN=${name}.example`, '-days', '10']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file(`${name}.key`)]
  await run('openssl', ['req', '-x509', ...key, '-out', file(`${name}.pem`), ...subject])
}

async function use(certificate: string, key: string): Promise<void> {
  await cp(file(certificate), file('mx.pem'))
  await cp(file(key), file('mx.key'))
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'receive-tls-'))
  await Promise.all([issue('old'), issue('new')])
  await use('old.pem', 'old.key')
  door = await openDoor({
    tls: { certificate: file('mx.pem'), key: file('mx.key') },
    world: { ...WORLD, now: () => now },
  })
})
afterAll(async () => {
  for (const client of clients) client.close()
  await door.listener.close(0)
  await rm(folder, { recursive: true })
})

async function meet(): Promise<Client> {
  const client = await introduced(door.listener.address)
  clients.push(client)
  return client
}

/** Upgrades. @returns the common name that the server's certificate shows */
async function upgrade(client: Client): Promise<unknown> {
  expect(await client.say('STARTTLS')).toMatch(/^220 /u)
  return (await client.startTls()).getPeerCertificate().subject.CN
}

describe('STARTTLS', () => {
  test('is offered, and what came over it is marked so in trace and peer', async () => {
    const client = await meet()
    expect(await client.say('EHLO client.example')).toContain('STARTTLS')
    expect(await upgrade(client)).toBe('old.example')
    expect(await client.say('MAIL FROM:<>')).toMatch(/^503 /u) // RFC 3207 4.2: what was said before does not count
    expect(await client.say('EHLO client.example')).not.toContain('STARTTLS')
    expect(await client.send(MAIL)).toMatch(/^250 /u)
    expect(door.intake.kept.at(-1)?.incoming.peer.tls).toMatch(/^TLSv1\.3 TLS_/u)
    expect(door.intake.kept.at(-1)?.text).toMatch(/\tby mx\.acme\.example with ESMTPS \(TLSv1\.3 TLS_\w+\)\r\n/u)
  })
  test('drops commands that were injected in the clear behind it', async () => {
    const client = await meet()
    const before = door.intake.kept.length
    const injected = `EHLO evil.example\r\nMAIL FROM:<ceo@acme.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\n${MAIL}.\r\n`
    client.write(`STARTTLS\r\n${injected}`)
    expect(await client.reply()).toMatch(/^220 /u)
    await client.startTls()
    expect(await client.say('EHLO client.example')).toMatch(/^250-mx\.acme\.example/u)
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK')
    expect(door.intake.kept).toHaveLength(before)
  })
})

const refused = (): readonly string[] => door.log.filter((one) => one.name === 'tls.refused').map((one) => one.error)

describe('reload', () => {
  test('serves the new certificate to new sessions and leaves the others alone', async () => {
    const staying = await meet()
    await upgrade(staying)
    await use('new.pem', 'new.key')
    expect(await door.listener.reloadTls()).toBe('loaded')
    expect(await upgrade(await meet())).toBe('new.example')
    await staying.say('EHLO client.example')
    expect(await staying.send(MAIL)).toMatch(/^250 /u)
  })
  test('keeps the certificate in use where the new pair does not belong together', async () => {
    await use('old.pem', 'new.key')
    expect(await door.listener.reloadTls()).toBe('kept')
    expect(refused().at(-1)).toMatch(/belongs to another certificate/u)
  })
  test('keeps it where a file is broken or gone', async () => {
    await writeFile(file('mx.pem'), 'not a certificate')
    expect(await door.listener.reloadTls()).toBe('kept')
    expect(refused().at(-1)).toContain(file('mx.pem'))
    await rm(file('mx.pem'))
    expect(await door.listener.reloadTls()).toBe('kept')
    expect(refused().at(-1)).toMatch(/Cannot read the certificate .*ENOENT/u)
  })
  test('keeps it where the new one has expired', async () => {
    await use('old.pem', 'old.key')
    const today = now
    now = (now + 11 * 86_400_000) as Instant
    expect(await door.listener.reloadTls()).toBe('kept')
    expect(refused().at(-1)).toMatch(/expired/u)
    now = today
    expect(await upgrade(await meet())).toBe('new.example')
  })
})

const start = (): Promise<Door> => openDoor({ tls: { certificate: file('mx.pem'), key: file('mx.key') } })

describe('at the start', () => {
  test('a pair that does not belong together is an error that names both files', async () => {
    await use('old.pem', 'new.key')
    await expect(start()).rejects.toThrow(new RegExp(`${file('mx.pem')}.*${file('mx.key')}`, 'u'))
  })
  test('an expired certificate is served all the same, with an error in the log: mail must flow', async () => {
    await use('old.pem', 'old.key')
    const later = await openDoor({
      tls: { certificate: file('mx.pem'), key: file('mx.key') },
      world: { ...WORLD, now: () => (WORLD.now() + 11 * 86_400_000) as Instant },
    })
    expect(later.log).toContainEqual(expect.objectContaining({ name: 'tls.expired' }))
    await later.listener.close(0)
  })
})
