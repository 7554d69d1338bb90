import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Delivery, DeliveryOptions } from '../../../src/deliver/attempt.ts'
import type { Address } from '../../../src/mail/address.ts'
import type { Log } from '../../../src/ops/events.ts'
import { type Script, type Sink, startSink } from '../../peers/scripted-sink.ts'
import { ADDRESS, delivery, hopTo, jobFor, MESSAGE, octetsOf } from './fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'deliver-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string): string => join(folder, name)

async function peers(
  script: Script,
  changed: Partial<DeliveryOptions> = {},
  log?: Log,
): Promise<{ sink: Sink; out: Delivery }> {
  const sink = await startSink(script)
  const out = delivery(changed, log)
  onTestFinished(async () => {
    await out.close()
    await sink.close()
  })
  return { sink, out }
}

describe('what the next hop gets', () => {
  test('is the message octet for octet, and the same one on a retry', async () => {
    const { sink, out } = await peers({ dot: (times) => (times === 0 ? 'drop' : '250 ok') })
    const job = jobFor(hopTo(sink))
    expect(await out.attempt(job)).toMatchObject({ kind: 'unknown' })
    expect(await out.attempt(job)).toMatchObject({ kind: 'accepted', detail: '250 ok' })
    expect(sink.received.map(({ octets }) => octets.toString())).toEqual([MESSAGE, MESSAGE])
  })

  test('is a large message in small pieces, whole', async () => {
    const { sink, out } = await peers({})
    const text = `Subject: big\r\n\r\n${'.0123456789\r\n'.repeat(50_000)}`
    const octets = (): AsyncIterable<Uint8Array> => octetsOf(text, 30_001)
    expect(await out.attempt(jobFor(hopTo(sink), { octets, size: undefined }))).toMatchObject({ kind: 'accepted' })
    expect(sink.received[0]?.octets.toString('latin1') === text).toBe(true)
  })

  test('has the null sender, one recipient, and no parameters that it did not offer', async () => {
    const { sink, out } = await peers({})
    await out.attempt(jobFor(hopTo(sink)))
    expect(sink.commands.slice(0, 4)).toEqual(['EHLO mx.acme.example', 'MAIL FROM:<>', `RCPT TO:<${ADDRESS}>`, 'DATA'])
  })

  test('asks for no delivery report, and tells the size, where that is offered', async () => {
    const { sink, out } = await peers({ extensions: ['DSN', 'SIZE 1000', '8BITMIME'] })
    await out.attempt(jobFor(hopTo(sink)))
    await out.attempt(jobFor(hopTo(sink), { notifyNever: false, size: undefined }))
    const envelopes = sink.received.map(({ mail, rcpt }) => [mail, ...rcpt])
    expect(envelopes).toEqual([
      [`MAIL FROM:<> BODY=8BITMIME SIZE=${MESSAGE.length}`, `RCPT TO:<${ADDRESS}> NOTIFY=NEVER`],
      ['MAIL FROM:<> BODY=8BITMIME', `RCPT TO:<${ADDRESS}>`],
    ])
  })

  test('is addressed to the recipient that the hop names, if it names one', async () => {
    const { sink, out } = await peers({})
    await out.attempt(jobFor(hopTo(sink, { recipient: 'team@acme.example' as Address })))
    expect(sink.received[0]?.rcpt).toEqual(['RCPT TO:<team@acme.example>'])
  })

  test('reports the Message-ID that the hop gives instead of ours', async () => {
    const given = '<abc@x.prod.outlook.com>'
    const { sink, out } = await peers({ dot: `250 2.0.0 OK ${given} [Hostname=x.prod.outlook.com]` })
    expect(await out.attempt(jobFor(hopTo(sink)))).toMatchObject({ kind: 'accepted', hopMessageId: given })
  })
})

describe('addresses', () => {
  test.each([
    '"xclow3n@gmail.com x"@internal.example',
    '"a@example.net, evil"@x.example',
    'a@b.example, c@d.example',
    'user@good.example(x)evil.example',
    'a@b.example>\r\nRCPT TO:<evil@x.example',
    'a@b.example\r\nDATA',
    '<a@b.example>',
    'a b@x.example',
    '@',
    '',
  ])('the payload %j reaches no hop', async (payload) => {
    const { sink, out } = await peers({})
    for (const changed of [{ to: payload as Address }, { envelopeFrom: payload as Address }]) {
      const outcome = await out.attempt(jobFor(hopTo(sink), changed))
      if (payload === '' && 'envelopeFrom' in changed) continue // the null sender
      expect(outcome).toMatchObject({ kind: 'refused', detail: expect.stringContaining('unsupported') })
    }
    const named = sink.commands.filter((line) => /^(?:MAIL|RCPT)/u.test(line))
    expect(named.filter((line) => line !== 'MAIL FROM:<>' && line !== `RCPT TO:<${ADDRESS}>`)).toEqual([])
  })

  test('an international domain goes in A-labels, without SMTPUTF8', async () => {
    const { sink, out } = await peers({ extensions: ['SMTPUTF8'] })
    await out.attempt(jobFor(hopTo(sink), { to: 'anna@näide.ee' as Address }))
    expect(sink.received[0]).toMatchObject({ mail: 'MAIL FROM:<>', rcpt: ['RCPT TO:<anna@xn--nide-loa.ee>'] })
  })

  test('an international local part needs SMTPUTF8: asked for where offered, else refused as unsupported', async () => {
    const to = 'jõgeva@näide.ee' as Address
    const able = await peers({ extensions: ['SMTPUTF8'] })
    expect(await able.out.attempt(jobFor(hopTo(able.sink), { to }))).toMatchObject({ kind: 'accepted' })
    expect(able.sink.received[0]).toMatchObject({ mail: 'MAIL FROM:<> SMTPUTF8', rcpt: [`RCPT TO:<${to}>`] })
    const unable = await peers({})
    const outcome = await unable.out.attempt(jobFor(hopTo(unable.sink), { to }))
    expect(outcome).toMatchObject({ kind: 'refused', detail: expect.stringContaining('unsupported') })
    expect(unable.sink.commands.filter((line) => line.startsWith('MAIL'))).toEqual([])
  })
})

describe('sessions', () => {
  test('one is kept for the next message, and ended with QUIT on close', async () => {
    const { sink, out } = await peers({})
    for (let i = 0; i < 12; i += 1) await out.attempt(jobFor(hopTo(sink)))
    expect(sink.sessions()).toBe(1)
    await out.close()
    await sink.until(() => sink.open() === 0)
    expect(sink.commands.at(-1)).toBe('QUIT')
  })

  test('no more than `connections` at once, and the others wait their turn', async () => {
    const { sink, out } = await peers({}, { connections: 2 })
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => out.attempt(jobFor(hopTo(sink)))))
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true)
    expect(sink.received).toHaveLength(12)
    expect(sink.peak()).toBe(2)
  })

  test('one that waits its turn gives up when told to', async () => {
    const { sink, out } = await peers({ mail: 'stall' }, { connections: 1 })
    const stop = new AbortController()
    const first = out.attempt(jobFor(hopTo(sink), { signal: stop.signal }))
    const second = out.attempt(jobFor(hopTo(sink), { signal: stop.signal }))
    await sink.until(() => sink.commands.some((line) => line.startsWith('MAIL')))
    stop.abort(new Error('enough'))
    expect((await Promise.all([first, second])).map(({ kind }) => kind)).toEqual(['deferred', 'deferred'])
  })

  test.each([
    ['was closed by the hop while idle', (sink: Sink) => sink.hangUp(), {}],
    ['gets 421 on its second message', () => {}, { mail: (n: number) => (n === 1 ? '421 4.4.2 idle' : '250 ok') }],
    ['is dropped at its second message', () => {}, { mail: (n: number) => (n === 1 ? 'drop' : '250 ok') }],
  ] as const)(
    'a kept one that %s costs nothing: the message goes over a fresh one',
    async (_how, meanwhile, script) => {
      const { sink, out } = await peers(script)
      expect(await out.attempt(jobFor(hopTo(sink)))).toMatchObject({ kind: 'accepted' })
      meanwhile(sink)
      expect(await out.attempt(jobFor(hopTo(sink)))).toMatchObject({ kind: 'accepted' })
      expect(sink.received).toHaveLength(2)
      expect(sink.sessions()).toBe(2)
    },
  )

  test('a kept one serves one message at a time', async () => {
    const { sink, out } = await peers({})
    await out.attempt(jobFor(hopTo(sink)))
    const both = await Promise.all([out.attempt(jobFor(hopTo(sink))), out.attempt(jobFor(hopTo(sink)))])
    expect(both.map(({ kind }) => kind)).toEqual(['accepted', 'accepted'])
    expect(sink.received.map(({ session }) => session).toSorted((a, b) => a - b)).toEqual([1, 1, 2])
    expect(sink.received.map(({ rcpt, octets }) => [rcpt.length, octets.toString()])).toEqual(
      Array.from({ length: 3 }, () => [1, MESSAGE]),
    )
    expect(sink.peak()).toBe(2)
  })

  test('one with a transaction that failed is not used again', async () => {
    const { sink, out } = await peers({ rcpt: (times) => (times === 0 ? '550 5.1.1 nobody' : '250 ok') })
    expect(await out.attempt(jobFor(hopTo(sink)))).toMatchObject({ kind: 'refused' })
    expect(await out.attempt(jobFor(hopTo(sink)))).toMatchObject({ kind: 'accepted' })
    expect(sink.received.map(({ session }) => session)).toEqual([2])
  })

  test('a loss after the dot is never repeated by itself, on a kept session neither', async () => {
    const { sink, out } = await peers({ dot: (times) => (times === 1 ? 'drop' : '250 ok') })
    await out.attempt(jobFor(hopTo(sink)))
    expect(await out.attempt(jobFor(hopTo(sink)))).toMatchObject({ kind: 'unknown' })
    expect(sink.received).toHaveLength(2)
  })
})

describe('LMTP', () => {
  test('over a unix socket', async () => {
    const path = join(folder, 'lmtp.sock')
    const { sink, out } = await peers({ protocol: 'lmtp', path })
    const hop = hopTo(sink, { kind: 'lmtp', host: 'localhost', port: 0, socket: path })
    expect(await out.attempt(jobFor(hop))).toMatchObject({ kind: 'accepted' })
    expect(await out.attempt(jobFor(hop))).toMatchObject({ kind: 'accepted' })
    expect(sink.commands[0]).toBe('LHLO mx.acme.example')
    expect(sink.sessions()).toBe(1)
  })

  test('a unix socket that is not there: deferred', async () => {
    const hop = hopTo({ port: 0 }, { kind: 'lmtp', socket: join(folder, 'none.sock') })
    const outcome = await delivery().attempt(jobFor(hop))
    expect(outcome).toMatchObject({ kind: 'deferred', detail: expect.stringContaining('ENOENT') })
  })
})

describe('TLS and passwords', () => {
  const subject = ['-subj', '/CN=sink.example', '-days', '10', '-keyout', file('key.pem'), '-out', file('cert.pem')]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  execFileSync('openssl', ['req', '-x509', ...key, ...subject], { stdio: 'ignore' })
  const tls = { cert: readFileSync(file('cert.pem'), 'utf8'), key: readFileSync(file('key.pem'), 'utf8') }
  const auth = { user: 'replyd', password: 's3cret' }
  const withTls = { extensions: ['STARTTLS', 'AUTH PLAIN LOGIN'], tls }

  test('STARTTLS is used where offered, whoever signed the certificate', async () => {
    const { sink, out } = await peers(withTls)
    expect(await out.attempt(jobFor(hopTo(sink)))).toMatchObject({ kind: 'accepted' })
    expect(sink.received[0]?.isEncrypted).toBe(true)
  })

  test.each(['required', 'implicit'] as const)('where it is %s the certificate must be valid', async (wanted) => {
    const script = { ...withTls, tls: { ...tls, implicit: wanted === 'implicit' } }
    const strict = await peers(script)
    const outcome = await strict.out.attempt(jobFor(hopTo(strict.sink, { tls: wanted })))
    expect(outcome).toMatchObject({ kind: 'deferred', detail: expect.stringContaining('self-signed') })
    expect(strict.sink.received).toEqual([])
    const lenient = await peers(script, { tlsRejectUnauthorized: false })
    expect(await lenient.out.attempt(jobFor(hopTo(lenient.sink, { tls: wanted })))).toMatchObject({ kind: 'accepted' })
  })

  test('required, and not offered: deferred, nothing is sent', async () => {
    const { sink, out } = await peers({ starttls: '502 5.5.1 what?' })
    expect(await out.attempt(jobFor(hopTo(sink, { tls: 'required' })))).toMatchObject({ kind: 'deferred' })
    expect(sink.received).toEqual([])
  })

  test.each([
    ['is refused', { starttls: '454 4.7.0 not now' }, []],
    ['is too old', { tls: { ...tls, maxVersion: 'TLSv1' } }, ['hop.unencrypted']],
    ['is cut off', { starttls: 'drop' }, undefined],
  ] as const)(
    'opportunistic TLS that %s does not keep the mail back, unless the hop is gone',
    async (_how, script, told) => {
      const events: string[] = []
      const { sink, out } = await peers({ extensions: ['STARTTLS'], ...script }, {}, (name) => events.push(name))
      const outcome = await out.attempt(jobFor(hopTo(sink)))
      expect(outcome.kind).toBe(told === undefined ? 'deferred' : 'accepted')
      expect(sink.received.map(({ isEncrypted }) => isEncrypted)).toEqual(told === undefined ? [] : [false])
      expect(events).toEqual(told ?? [])
    },
  )

  test('a password is sent over valid TLS, or to a hop on this machine, and then once per session', async () => {
    const { sink, out } = await peers({ extensions: ['AUTH PLAIN'] })
    for (let i = 0; i < 2; i += 1) await out.attempt(jobFor(hopTo(sink), { auth }))
    const sent = Buffer.from('\0replyd\0s3cret').toString('base64')
    expect(sink.commands.filter((line) => line.startsWith('AUTH'))).toEqual([`AUTH PLAIN ${sent}`])
  })

  test('a password goes to no other machine in the clear', async () => {
    const { sink, out } = await peers({ extensions: ['AUTH PLAIN'] })
    // on Linux this reaches our own machine as well, but it does not look like it
    const outcome = await out.attempt(jobFor(hopTo(sink, { host: '0.0.0.0' }), { auth }))
    expect(outcome).toMatchObject({ kind: 'deferred', detail: expect.stringContaining('offers no TLS') })
    expect(sink.commands).toEqual(['EHLO mx.acme.example'])
  })

  test('a password goes to no certificate that is not valid', async () => {
    const { sink, out } = await peers(withTls)
    expect(await out.attempt(jobFor(hopTo(sink), { auth }))).toMatchObject({ kind: 'deferred' })
    expect(sink.commands.filter((line) => line.startsWith('AUTH'))).toEqual([])
  })

  test.each(['535 5.7.8 wrong', '454 4.7.0 later', 'drop'] as const)(
    'a login that ends with %j is deferred, and the password is not in the detail',
    async (act) => {
      const { sink, out } = await peers({ extensions: ['AUTH PLAIN LOGIN'], auth: act })
      const outcome = await out.attempt(jobFor(hopTo(sink), { auth }))
      expect(outcome.kind).toBe('deferred')
      expect(outcome.detail).not.toContain(auth.password)
    },
  )

  test('a user is configured, and the hop offers no AUTH: deferred, and the detail says so', async () => {
    const { sink, out } = await peers({})
    const outcome = await out.attempt(jobFor(hopTo(sink), { auth }))
    expect(outcome).toMatchObject({ kind: 'deferred', detail: expect.stringContaining('no AUTH') })
  })
})
