import { mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, connectTo } from './client.ts'
import { type Door, MAIL, openDoor } from './fixture.ts'
import { memoryIntake } from './memory-intake.ts'

let folder: string
let path: string
let door: Door
let client: Client

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'receive-'))
  path = join(folder, 'lmtp.sock')
  const intake = memoryIntake({ roomOctets: 50_000 })
  door = await openDoor({ protocol: 'lmtp', listen: { kind: 'unix', path }, intake })
  client = await connectTo(door.listener.address)
})
afterAll(async () => {
  client.close()
  await door.listener.close(0)
  await rm(folder, { recursive: true })
})

const commands = (to: readonly string[]): readonly string[] => [
  'MAIL FROM:<maria@customer.example>',
  ...to.map((one) => `RCPT TO:<${one}>`),
  'DATA',
]

describe('LMTP over a unix socket', () => {
  test('greets as LMTP, wants LHLO and takes nothing before it', async () => {
    expect(await client.reply()).toBe('220 mx.acme.example LMTP')
    expect(await client.say('EHLO client.example')).toMatch(/^500 /u)
    expect(await client.say('MAIL FROM:<>')).toMatch(/^503 /u)
    expect(await client.say('LHLO client.example')).toMatch(/^250-mx\.acme\.example/u)
  })
  test('replies once for every accepted recipient, a repeated one too, and keeps one message', async () => {
    await client.pipeline(commands(['support@acme.example', 'sales@acme.example', 'SUPPORT@acme.example']))
    const replies = [await client.say(`${MAIL}.`), await client.reply(), await client.reply()]
    expect(await client.say('NOOP')).toMatch(/^250 2\.0\.0 OK/u)
    for (const reply of replies) expect(reply).toBe(`250 2.6.0 Accepted as ${door.intake.kept[0]?.incoming.id}`)
    expect(door.intake.kept).toHaveLength(1)
    expect(door.intake.kept[0]?.incoming).toMatchObject({
      source: 'lmtp',
      envelope: { recipients: ['support@acme.example', 'sales@acme.example'] },
      peer: { ip: undefined },
    })
    expect(door.intake.kept[0]?.text).toMatch(
      /^Received: from client\.example \(local socket\)\r\n\tby \S+ with LMTP\r\n/u,
    )
  })
  test.each([
    ['a full disk', `${MAIL}${'x\r\n'.repeat(20_000)}`, /^452 4\.3\.1 /u],
    ['a message that is too large', `${MAIL}${'x\r\n'.repeat(40_000)}`, /^552 5\.3\.4 /u],
    ['a bare LF', `${MAIL}one\ntwo\r\n`, /^554 5\.6\.0 /u],
  ])('%s is told to each of them', async (_, mail, expected) => {
    await client.pipeline(commands(['support@acme.example', 'support@acme.example', 'sales@acme.example']))
    expect(await client.say(`${mail}.`)).toMatch(expected)
    expect(await client.reply()).toMatch(expected)
    expect(await client.reply()).toMatch(expected)
    expect(await client.say('NOOP')).toMatch(/^250 2\.0\.0 OK/u)
  })
})

describe('the socket file', () => {
  test('is open to owner and group, and to nobody else', async () => {
    expect((await stat(path)).mode & 0o777).toBe(0o660)
  })
  test('that another listener serves is left alone, with advice', async () => {
    await expect(openDoor({ listen: { kind: 'unix', path } })).rejects.toThrow(/another program listens there/u)
    expect(await client.say('NOOP')).toMatch(/^250 /u)
  })
  test('that a killed process left behind is replaced', async () => {
    const left = join(folder, 'left.sock')
    const dead = createServer().listen(left)
    await new Promise((resolve) => dead.once('listening', resolve))
    await rename(left, `${left}.kept`)
    await new Promise((resolve) => dead.close(resolve))
    await rename(`${left}.kept`, left)
    const next = await openDoor({ listen: { kind: 'unix', path: left } })
    expect(next.listener.address).toBe(`unix:${left}`)
    await next.listener.close(0)
  })
})
