import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ControlParts, openControl, type Receipt } from '../../../src/admin/control.ts'
import { callControl } from '../../../src/admin/control-client.ts'
import type { Service } from '../../../src/admin/http.ts'
import type { Envelope } from '../../../src/mail/envelope.ts'
import { SILENT_LOG } from '../../../src/ops/events.ts'

let folder: string
let path: string
let parts: ControlParts
let service: Service | undefined
let envelopes: Envelope[]

/** Reads all and says how much it was. */
const reading: ControlParts['receive'] = async (stream, envelope) => {
  envelopes.push(envelope)
  let octets = 0
  for await (const chunk of stream) octets += chunk.length
  return { kind: 'accepted', id: `${octets} octets` }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replyd-control-'))
  path = join(folder, 'replyd.sock')
  envelopes = []
  const well = { state: 'well' } as const
  parts = {
    receive: reading,
    reload: async () => ({ ok: true }),
    health: async () => ({ live: { loop: well }, ready: { ledger: well } }),
    command: async (command) => ({ ok: command.kind === 'arm', text: command.kind, facts: { ...command } }),
    log: SILENT_LOG,
  }
})
afterEach(async () => {
  await service?.close()
  service = undefined
  rmSync(folder, { recursive: true })
})
const open = async (more: Partial<ControlParts> = {}): Promise<void> => {
  service = await openControl(path, { ...parts, ...more })
}

const TO = '/receive?mail-from=maria@customer.example&rcpt-to=support@acme.example'
const MEBIBYTE = Buffer.alloc(1024 * 1024, 'x')
function* mebibytes(count: number): Generator<Buffer> {
  for (let i = 0; i < count; i += 1) yield MEBIBYTE
}
const send = async (to: string, body: AsyncIterable<Uint8Array>): Promise<{ status: number; receipt: Receipt }> => {
  const answer = await callControl(path, { method: 'POST', path: to, body })
  if (answer.kind === 'no-daemon') throw new Error('there is no daemon')
  return { status: answer.status, receipt: JSON.parse(answer.text) as Receipt }
}

describe('the socket', () => {
  test('is for our own user alone, and gone after closing', async () => {
    await open()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await service?.close()
    expect(await callControl(path, { method: 'GET', path: '/health' })).toEqual({ kind: 'no-daemon' })
    expect(() => statSync(path)).toThrow('ENOENT')
  })
  test('left behind by a killed daemon it is nobody to a command, and no hindrance to the next daemon', async () => {
    spawnSync('python3', ['-c', 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])', path])
    expect(await callControl(path, { method: 'GET', path: '/health' })).toEqual({ kind: 'no-daemon' })
    await open()
    expect(await callControl(path, { method: 'GET', path: '/health' })).toMatchObject({ kind: 'answer', status: 200 })
  })
  test('of a daemon that runs is not taken from it', async () => {
    await open()
    await expect(openControl(path, parts)).rejects.toThrow('another program listens there')
    expect(await callControl(path, { method: 'GET', path: '/health' })).toMatchObject({ status: 200 })
  })
})

describe('an order', () => {
  const order = async (body: string) => {
    const answer = await callControl(path, { method: 'POST', path: '/command', body: Readable.from([body]) })
    if (answer.kind === 'no-daemon') throw new Error('there is no daemon')
    return { status: answer.status, text: answer.text }
  }
  test('is carried out as it was read, and a no is told from a yes', async () => {
    await open()
    expect(await order('{"kind":"arm"}')).toMatchObject({ status: 200 })
    const refused = await order('{"kind":"never-remove","pattern":"*@Partner.example"}')
    expect(refused.status).toBe(409)
    expect(JSON.parse(refused.text)).toMatchObject({ ok: false, facts: { pattern: '*@partner.example' } })
  })
  test.each(['', 'null', '[]', '{"kind":"rm"}', '{"kind":"send"}', 'x'.repeat(20_000)])(
    'that is none is refused, and nothing done: %.30s',
    async (body) => {
      await open()
      expect((await order(body)).status).toBeGreaterThanOrEqual(400)
    },
  )
})

describe('receive', () => {
  test('streams the octets with the envelope', async () => {
    await open()
    const to = `/receive?${new URLSearchParams([
      ['mail-from', 'maria+x@customer.example'],
      ['rcpt-to', 'support+k7@acme.example'],
      ['rcpt-to', 'sales@acme.example'],
    ]).toString()}`
    expect(await send(to, Readable.from(mebibytes(20)))).toEqual({
      status: 200,
      receipt: { kind: 'accepted', id: '20971520 octets' },
    })
    expect(envelopes).toEqual([
      { reversePath: 'maria+x@customer.example', recipients: ['support+k7@acme.example', 'sales@acme.example'] },
    ])
  })
  test.each(['', '&mail-from=', '&mail-from=%3C%3E'])('no sender is the null sender: "%s"', async (from) => {
    await open()
    await send(`/receive?rcpt-to=support@acme.example${from}`, Readable.from([]))
    expect(envelopes[0]?.reversePath).toBe('<>')
  })
  test('hundreds of recipients fit in', async () => {
    await open()
    const all = Array.from(
      { length: 1000 },
      (_, n) => `rcpt-to=${'r'.repeat(50)}${n}@${'acme.'.repeat(20)}example`,
    ).join('&')
    expect((await send(`/receive?${all}`, Readable.from(['x']))).status).toBe(200)
    expect(envelopes[0]?.recipients).toHaveLength(1000)
  })
  test.each([
    ['/receive?rcpt-to=a@b.example&mail-from=nobody', 'mail-from: found "nobody", wanted one address or nothing'],
    ['/receive?mail-from=a@b.example', 'rcpt-to: found 0 addresses, wanted 1 to 1000'],
    ['/receive?rcpt-to=a,b@c.example', 'rcpt-to: found "a,b@c.example", wanted one address'],
  ])('%s is refused without asking anybody', async (to, text) => {
    await open()
    const { status, receipt } = await send(to, Readable.from(mebibytes(4)))
    expect([status, receipt]).toEqual([422, { kind: 'refused', why: 'message', text }])
    expect(envelopes).toEqual([])
  })
  test('an answer before the message is read arrives, however long the message is', async () => {
    const refusal: Receipt = { kind: 'refused', why: 'unknown-recipient', text: 'No such mailbox' }
    await open({ receive: async () => refusal })
    expect(await send(TO, Readable.from(mebibytes(20)))).toEqual({ status: 422, receipt: refusal })
  })
  test('an answer in the middle of the message arrives as well', async () => {
    const refusal: Receipt = { kind: 'refused', why: 'message', text: 'Too big' }
    await open({
      receive: async (stream) => {
        for await (const chunk of stream) if (chunk.length > 0) break
        return refusal
      },
    })
    expect(await send(TO, Readable.from(mebibytes(20)))).toEqual({ status: 422, receipt: refusal })
  })
  test('a command that breaks off gives an error in the stream, never an end', async () => {
    const ended = Promise.withResolvers<string>()
    await open({
      receive: async (stream) => {
        try {
          for await (const chunk of stream) if (chunk.length === 0) break
          ended.resolve('end')
        } catch (error) {
          ended.resolve((error as NodeJS.ErrnoException).code ?? 'error')
        }
        return { kind: 'trouble', text: 'broken off' }
      },
    })
    async function* breaking(): AsyncGenerator<Buffer> {
      yield* mebibytes(2)
      throw new Error('standard input is gone')
    }
    await expect(send(TO, breaking())).rejects.toThrow(
      `Cannot get an answer from the daemon over ${path}: standard input is gone`,
    )
    expect(await ended.promise).toBe('ECONNRESET')
  })
  test('trouble and faults are no success', async () => {
    await open({ receive: async () => ({ kind: 'trouble', text: 'the disk is full' }) })
    expect(await send(TO, Readable.from(['x']))).toEqual({
      status: 503,
      receipt: { kind: 'trouble', text: 'the disk is full' },
    })
    await service?.close()
    await open({ receive: () => Promise.reject(new Error('a bug')) })
    expect((await send(TO, Readable.from(['x']))).status).toBe(500)
  })
  test('closing waits for the message that is coming in', async () => {
    await open()
    const halfway = Promise.withResolvers<void>()
    async function* slow(): AsyncGenerator<Buffer> {
      yield MEBIBYTE
      await halfway.promise
      yield MEBIBYTE
    }
    const sent = send(TO, slow())
    while (envelopes.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const closing = service?.close()
    halfway.resolve()
    expect((await sent).receipt).toEqual({ kind: 'accepted', id: '2097152 octets' })
    await closing
  })
})

describe('the other calls', () => {
  test('a reload that is refused comes back with its problems', async () => {
    await open({ reload: async () => ({ ok: false, problems: ['replyd.yaml:3:1: unknown key'] }) })
    const answer = await callControl(path, { method: 'POST', path: '/reload' })
    expect(answer).toEqual({
      kind: 'answer',
      status: 422,
      text: '{"ok":false,"problems":["replyd.yaml:3:1: unknown key"]}',
    })
  })
  test('health tells every part', async () => {
    await open({ health: async () => ({ live: {}, ready: { smtp: { state: 'unwell', why: 'not listening' } } }) })
    expect(await callControl(path, { method: 'GET', path: '/health' })).toEqual({
      kind: 'answer',
      status: 503,
      text: '{"ok":false,"parts":{"smtp":{"state":"unwell","why":"not listening"}}}',
    })
  })
})

describe('a command', () => {
  test('does not touch its standard input where no daemon is', async () => {
    const body = Readable.from(['precious'])
    expect(await callControl(path, { method: 'POST', path: TO, body })).toEqual({ kind: 'no-daemon' })
    expect(await body.toArray()).toEqual(['precious'])
  })
  test.each([
    ['answers nothing', '', 'socket hang up'],
    ['answers no HTTP', 'hello\r\n\r\n', 'Parse Error'],
    ['breaks off in its answer', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', 'aborted'],
  ])('knows of nothing where the daemon %s', async (_, words, why) => {
    const server = createServer((socket) => socket.on('data', () => socket.end(words)))
    await new Promise<void>((resolve) => server.listen(path, resolve))
    await expect(callControl(path, { method: 'GET', path: '/health' })).rejects.toThrow(why)
    await new Promise((resolve) => server.close(resolve))
  })
  test('does not wait for ever', async () => {
    const server = createServer((socket) => socket.resume())
    await new Promise<void>((resolve) => server.listen(path, resolve))
    const waiting = callControl(path, { method: 'GET', path: '/health', idleMs: 50 })
    await expect(waiting).rejects.toThrow('nothing happened for 50 ms')
    await new Promise((resolve) => server.close(resolve))
  })
  test('that is killed while it sends leaves the daemon well', async () => {
    const heard = Promise.withResolvers<string>()
    await open({
      receive: async (stream, envelope) =>
        reading(stream, envelope).catch((error: unknown) => {
          heard.resolve(String(error))
          return { kind: 'trouble', text: 'gone' } as const
        }),
    })
    const socket = connect(path)
    socket.write(`POST ${TO} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf`)
    while (envelopes.length === 0) await new Promise((resolve) => setImmediate(resolve))
    socket.destroy()
    expect(await heard.promise).toContain('aborted')
    expect(await callControl(path, { method: 'GET', path: '/health' })).toMatchObject({ status: 200 })
  })
})
