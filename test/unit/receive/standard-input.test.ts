import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Address, NULL_PATH } from '../../../src/mail/address.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { SILENT_LOG } from '../../../src/ops/events.ts'
import { crlfLines } from '../../../src/receive/line-ends.ts'
import { type Received, receiveMessage } from '../../../src/receive/standard-input.ts'
import { admission } from './fixture.ts'
import { type MemoryIntake, memoryIntake } from './memory-intake.ts'

async function* chunked(text: string, size: number): AsyncGenerator<Uint8Array> {
  const octets = Buffer.from(text)
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size)
}

async function made(text: string, size = 1_000): Promise<string> {
  let out = ''
  for await (const chunk of crlfLines(chunked(text, size))) out += Buffer.from(chunk).toString('latin1')
  return out
}

describe('line ends from a pipe', () => {
  test.each([
    ['LF', 'a\nb\n', 'a\r\nb\r\n'],
    ['CRLF', 'a\r\nb\r\n', 'a\r\nb\r\n'],
    ['CR CR LF, as some programs double them', 'a\r\r\nb\r\r\n', 'a\r\nb\r\n'],
    ['no end of the last line', 'a\nb', 'a\r\nb\r\n'],
    ['a CR within a line: no header field comes of it', 'Subject: x\rBcc: y\n', 'Subject: x Bcc: y\r\n'],
    ['nothing at all', '', ''],
    ['empty lines', '\n\n', '\r\n\r\n'],
  ])('%s', async (_, text, expected) => {
    for (const size of [1, 2, 3, 1_000]) expect(await made(text, size)).toBe(expected)
  })
  test('a leading mbox line is no part of the mail; one further on is', async () => {
    const mail = 'From maria@customer.example Sun Nov 22 10:00:00 2026\nSubject: x\n\nFrom here on\n'
    for (const size of [1, 2, 4, 5, 6, 1_000]) expect(await made(mail, size)).toBe('Subject: x\r\n\r\nFrom here on\r\n')
    for (const size of [1, 3, 1_000]) expect(await made('From: a@b.example\n', size)).toBe('From: a@b.example\r\n')
    for (const size of [1, 3, 1_000]) expect(await made('Fro', size)).toBe('Fro\r\n')
  })
  test('whatever comes in, only whole CRLFs come out, and doing it again changes nothing', async () => {
    const part = fc.constantFrom('\r', '\n', '\r\n', 'a', 'From ', ' ')
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), async (parts, size) => {
        const once = await made(`Subject: x\n${parts.join('')}`, size)
        expect(once.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/u)
        expect(await made(once, size)).toBe(once)
      }),
    )
  })
})

const receive = (text: string, to = 'support@acme.example', intake: MemoryIntake = memoryIntake()): Promise<Received> =>
  receiveMessage(
    chunked(text, 1_000),
    { reversePath: NULL_PATH, recipients: to.split(',') as Address[] },
    {
      intake,
      world: WORLD,
      log: SILENT_LOG,
      hostname: 'mx.acme.example',
      maxMessageOctets: 50_000,
      recipient: admission,
    },
  )

describe('one message from a pipe', () => {
  test('is kept with CRLF and a trace field that names no client', async () => {
    const intake = memoryIntake()
    const received = await receive('Subject: x\n\nHello\n', 'support@acme.example,Support@acme.example', intake)
    expect(received).toMatchObject({ kind: 'accepted', id: intake.kept[0]?.incoming.id })
    expect(intake.kept[0]?.incoming).toMatchObject({ source: 'stdin', peer: { ip: undefined, helo: undefined } })
    expect(intake.kept[0]?.text).toMatch(
      /^Received: by mx\.acme\.example with local\r\n\tid \S+\r\n\tfor <support@acme\.example>;\r\n\t.* \+0000\r\nSubject: x\r\n\r\nHello\r\n$/u,
    )
  })
  test.each([
    ['an unknown recipient', 'x\n', 'support@acme.example,nobody@acme.example', 'unknown-recipient', /nobody@acme/u],
    ['a foreign recipient', 'x\n', 'maria@customer.example', 'unknown-recipient', /do not relay/u],
    ['a message that is too large', 'x\n'.repeat(20_000), 'support@acme.example', 'message', /larger than the 50000/u],
    ['a loop', 'Received: by a\n'.repeat(101), 'support@acme.example', 'message', /loop/u],
  ])('%s is refused, and nothing stays open', async (_, text, to, why, words) => {
    const intake = memoryIntake()
    const received = await receive(text, to, intake)
    expect(received).toMatchObject({ kind: 'refused', why, text: expect.stringMatching(words) })
    expect([intake.kept.length, intake.open()]).toEqual([0, 0])
  })
  test('a full disk and a pipe that breaks are trouble: it may go better later', async () => {
    const full = memoryIntake({ roomOctets: 1_000 })
    expect(await receive('x\n'.repeat(2_000), 'support@acme.example', full)).toMatchObject({ kind: 'trouble' })
    const intake = memoryIntake()
    const broken = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('Subject: x\n')
      throw new Error('EIO')
    })()
    const envelope = { reversePath: NULL_PATH, recipients: ['support@acme.example' as Address] } as const
    const parts = {
      intake,
      world: WORLD,
      log: SILENT_LOG,
      hostname: 'mx',
      maxMessageOctets: 1_000,
      recipient: admission,
    }
    expect(await receiveMessage(broken, envelope, parts)).toEqual({
      kind: 'trouble',
      text: 'standard input broke off after 12 octets',
    })
    expect([full.open(), intake.open(), intake.kept.length]).toEqual([0, 0, 0])
  })
})
