import { describe, expect, onTestFinished, test } from 'vitest'
import type { Delivery } from '../../../src/deliver/attempt.ts'
import { NULL_PATH } from '../../../src/mail/address.ts'
import type { Outcome } from '../../../src/mail/queue.ts'
import { type Act, type Script, type Sink, startSink, type Verb } from '../../peers/scripted-sink.ts'
import { type ADDRESS, delivery, hopTo, jobFor, MESSAGE, octetsOf } from './fixture.ts'

const SENDER = 'bounces@acme.example' as typeof ADDRESS
/** Long enough for a reply on loopback on a busy machine. */
const SILENCE_MS = 400

async function peers(
  script: Script,
  timeoutMs = 5_000,
): Promise<{ sink: Sink; out: Delivery; protocol: 'smtp' | 'lmtp' }> {
  const sink = await startSink(script)
  const out = delivery({ timeoutMs })
  onTestFinished(async () => {
    await out.close()
    await sink.close()
  })
  return { sink, out, protocol: script.protocol ?? 'smtp' }
}

async function outcomeWith(script: Script, timeoutMs?: number): Promise<Outcome> {
  const { sink, out, protocol } = await peers(script, timeoutMs)
  return out.attempt(jobFor(hopTo(sink, { kind: protocol }), { envelopeFrom: SENDER }))
}

async function* broken(): AsyncIterable<Uint8Array> {
  yield* octetsOf(MESSAGE)
  throw new Error('the spool is gone')
}

const BEFORE: readonly Verb[] = ['greeting', 'ehlo', 'mail', 'rcpt', 'data']

describe.each(['smtp', 'lmtp'] as const)('an attempt over %s ends', (protocol) => {
  const expected: [Verb, Act, Outcome['kind']][] = [
    ...BEFORE.flatMap((verb): [Verb, Act, Outcome['kind']][] => [
      [verb, '451 4.3.0 later', 'deferred'],
      [verb, '421 4.3.2 closing', 'deferred'],
      [verb, 'drop', 'deferred'],
    ]),
    ['greeting', '554 5.3.2 go away', 'deferred'],
    ['ehlo', '550 5.7.1 go away', 'deferred'],
    ['mail', '550 5.7.1 your domain is not welcome', 'refused'],
    ['mail', '552 5.3.4 too big', 'refused'],
    ['rcpt', '550 5.1.1 no such user', 'refused'],
    ['rcpt', '550-5.1.1 no such\r\n550 5.1.1 user', 'refused'],
    ['data', '554 5.6.0 not this', 'refused'],
    ['dot', '451 4.3.0 later', 'deferred'],
    ['dot', '421 4.3.2 closing', 'deferred'],
    ['dot', '550 5.7.1 spam', 'refused'],
    ['dot', 'drop', 'unknown'],
    ['dot', 'hello?', 'unknown'],
    ['dot', '354 again?', 'unknown'],
    ['dot', '250 2.0.0 ok', 'accepted'],
  ]
  test.each(expected)('when %s meets %j: %s', async (verb, act, kind) => {
    for (const extensions of [[], ['PIPELINING', 'SIZE 1000', '8BITMIME']]) {
      const outcome = await outcomeWith({ [verb]: act, extensions, protocol })
      expect(outcome).toMatchObject({ kind })
      if (/^[245]/u.test(act)) expect(outcome.detail).toContain(act.slice(0, 9))
    }
  })

  test('when the hop falls silent: unknown after the final dot, deferred before it', async () => {
    const verbs: readonly Verb[] = [...BEFORE, 'dot']
    const outcomes = await Promise.all(verbs.map((verb) => outcomeWith({ [verb]: 'stall', protocol }, SILENCE_MS)))
    expect(outcomes.map(({ kind }) => kind)).toEqual([...BEFORE.map(() => 'deferred'), 'unknown'])
  })
})

test('after the final dot the hop gets twice the time: hanging up early is what makes duplicates', async () => {
  const { sink, out } = await peers({ dot: 'stall' }, SILENCE_MS)
  const began = Date.now()
  expect(await out.attempt(jobFor(hopTo(sink)))).toMatchObject({ kind: 'unknown' })
  expect(Date.now() - began).toBeGreaterThanOrEqual(2 * SILENCE_MS - 10)
})

test('nobody listens: deferred, and the detail names the hop', async () => {
  const sink = await startSink()
  await sink.close()
  const outcome = await delivery().attempt(jobFor(hopTo(sink)))
  expect(outcome).toMatchObject({ kind: 'deferred', detail: expect.stringContaining(`smtp://127.0.0.1:${sink.port}`) })
  expect(outcome.detail).toContain('ECONNREFUSED')
})

test('a host name that does not exist: deferred', async () => {
  const hop = hopTo({ port: 25 }, { host: 'no-such-host.invalid' })
  expect(await delivery({ timeoutMs: 1_000 }).attempt(jobFor(hop))).toMatchObject({ kind: 'deferred' })
})

describe('a message that breaks off', () => {
  test('because its octets cannot be read is deferred, and the hop never sees a final dot', async () => {
    const { sink, out } = await peers({})
    expect(await out.attempt(jobFor(hopTo(sink), { octets: broken }))).toMatchObject({
      kind: 'deferred',
      detail: 'the message could not be read: the spool is gone',
    })
    await sink.until(() => sink.open() === 0)
    expect(sink.received).toEqual([])
  })

  test.each([
    ['drop', 'deferred'],
    ['451 4.3.0 later', 'deferred'],
    ['552 5.3.4 enough', 'refused'],
    ['250 2.0.0 thanks', 'deferred'],
  ] as const)('because the hop says %j amid the data: %s', async (act, kind) => {
    const { sink, out } = await peers({ amid: { octets: 1_000, act } })
    // it goes on only when the hop has spoken, so the dot cannot have been sent before
    const rest = Promise.withResolvers<void>()
    const octets = async function* (): AsyncIterable<Uint8Array> {
      yield Buffer.alloc(2_000, 'x\r\n')
      await rest.promise
      yield Buffer.from('rest\r\n')
    }
    const outcome = await out.attempt(jobFor(hopTo(sink), { octets, size: undefined }))
    rest.resolve()
    expect(outcome).toMatchObject({ kind })
    expect(sink.received).toEqual([])
  })

  test('because we stop is deferred before the dot and unknown after it', async () => {
    for (const [verb, kind] of [
      ['rcpt', 'deferred'],
      ['dot', 'unknown'],
    ] as const) {
      const { sink, out } = await peers({ [verb]: 'stall' })
      const stop = new AbortController()
      const attempt = out.attempt(jobFor(hopTo(sink), { signal: stop.signal }))
      await sink.until(() => (verb === 'dot' ? sink.received.length > 0 : sink.commands.some((c) => /^rcpt/iu.test(c))))
      stop.abort(new Error('replyd is stopping'))
      expect(await attempt).toMatchObject({ kind, detail: expect.stringContaining('replyd is stopping') })
      await sink.until(() => sink.open() === 0)
    }
  })

  test('because a hop drips a reply for ever is ended by the deadline', async () => {
    const sink = await startSink({ ehlo: 'stall' })
    const out = delivery({ deadlineMs: 100 })
    onTestFinished(() => sink.close())
    expect(await out.attempt(jobFor(hopTo(sink)))).toMatchObject({ kind: 'deferred', detail: /longer than 100 ms/u })
  })
})

describe('what the operator can mend is not held against the message', () => {
  const standing = [
    ['mail', '530 5.7.0 Must issue a STARTTLS command first'],
    ['mail', '530 5.7.57 Client not authenticated to send mail'],
    ['mail', '550 5.7.30 Basic authentication is not supported for Client Submission'],
    ['mail', '535 5.7.139 Authentication unsuccessful'],
    ['mail', '503 5.5.1 bad sequence'],
    ['rcpt', '554 5.7.1 <customer@there.example>: Relay access denied'],
    ['rcpt', '550 5.7.64 TenantAttribution; Relay Access Denied'],
    ['rcpt', '553 5.7.1 <bounces@acme.example>: Sender address rejected: not logged in'],
    ['dot', '550 5.7.60 SMTP; Client does not have permissions to send as this sender'],
    ['dot', '554 Message rejected: Email address is not verified.'],
  ] as const
  test.each(standing)('%s refused with %j is deferred', async (verb, act) => {
    const outcome = await outcomeWith({ [verb]: act })
    expect(outcome).toMatchObject({ kind: 'deferred', detail: expect.stringContaining(act.slice(0, 20)) })
  })

  test.each([
    ['mail', '501 Invalid MAIL FROM address provided'],
    ['mail', '501 5.1.7 Bad sender address syntax'],
    ['rcpt', '550 5.1.8 <>: Sender address rejected: null sender not allowed'],
  ] as const)(
    'a relay that refuses the empty sender at %s with %j makes us name send.return_path',
    async (verb, act) => {
      const { sink, out } = await peers({ [verb]: act })
      const outcome = await out.attempt(jobFor(hopTo(sink), { envelopeFrom: NULL_PATH }))
      expect(outcome).toMatchObject({ kind: 'deferred', detail: expect.stringContaining('send.return_path') })
    },
  )

  test('an unknown recipient stays refused under the empty sender', async () => {
    const { sink, out } = await peers({ rcpt: '550 5.1.1 no such user' })
    expect(await out.attempt(jobFor(hopTo(sink)))).toMatchObject({ kind: 'refused' })
  })
})

test('a size over the limit that the hop announced is refused without a try', async () => {
  const { sink, out } = await peers({ extensions: ['SIZE 10'] })
  expect(await out.attempt(jobFor(hopTo(sink), { size: 11 }))).toMatchObject({ kind: 'refused' })
  expect(sink.commands.filter((line) => line.startsWith('MAIL'))).toEqual([])
})

test('the detail is one line without controls and of bounded length', async () => {
  const outcome = await outcomeWith({ rcpt: `550-5.1.1 a\u001b[31m\u2028b\r\n550 5.1.1 ${'x'.repeat(5_000)}` })
  expect(outcome.detail).toMatch(/^[\x20-\x7e]{1,410}$/u)
})
