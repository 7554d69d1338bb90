import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { timeSortedId } from '../../../src/mail/ids.ts'
import { instant } from '../../../src/mail/instant.ts'
import { LEVELS, type Log, SILENT_LOG } from '../../../src/ops/events.ts'
import { openLoopLag } from '../../../src/ops/loop-lag.ts'
import { type Metrics, openMetrics } from '../../../src/ops/metrics.ts'

const NOW = 1_800_000_000_000
let metrics: Metrics
let log: Log
beforeEach(() => {
  metrics = openMetrics({ now: () => instant(NOW), chance: (octets) => new Uint8Array(octets) })
  log = metrics.counting(SILENT_LOG)
})
afterEach(() => metrics[Symbol.dispose]())

/** The value of a series as it is written, labels in the order of their declaration. */
async function value(series: string): Promise<number | undefined> {
  const { text } = await metrics.exposition()
  const line = text.split('\n').find((one) => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

const SETTLED = {
  id: 'A',
  nature: 'person',
  disposition: 'new-ticket',
  reply: 'send',
  reasons: [],
  ticket: null,
  ms: 30,
}
const ATTEMPT = { entry: 'E', attempt: 1, hop: 'h', detail: '', state: 'sent', ms: 5 }

describe('what is counted', () => {
  test('messages by source, from zero', async () => {
    expect(await value('replyd_messages_received_total{source="lmtp"}')).toBe(0)
    log('message.accepted', { id: 'A', source: 'smtp', from: 'a@b.example', recipients: [], octets: 1, ip: '::1' })
    expect(await value('replyd_messages_received_total{source="smtp"}')).toBe(1)
    expect(await value('replyd_last_message_timestamp_seconds')).toBe(NOW / 1000)
  })
  test('decisions once each, by their first reason', async () => {
    log('message.settled', SETTLED)
    log('message.settled', { ...SETTLED, reply: 'silence', reasons: ['list', 'bulk'] })
    expect(await value('replyd_decisions_total{disposition="new-ticket",reply="send",reason="none"}')).toBe(1)
    expect(await value('replyd_decisions_total{disposition="new-ticket",reply="silence",reason="list"}')).toBe(1)
    expect(await value('replyd_settle_seconds_count')).toBe(2)
    expect(await value('replyd_settle_seconds_bucket{le="0.025"}')).toBe(0)
    expect(await value('replyd_settle_seconds_bucket{le="0.05"}')).toBe(2)
  })
  test('attempts by cargo and outcome; the wait for an acknowledgement from the id of the message', async () => {
    const incoming = timeSortedId(NOW - 1500, new Uint8Array(16))
    log('attempt.ended', { ...ATTEMPT, incoming, cargo: 'notice', outcome: 'deferred' })
    log('attempt.ended', { ...ATTEMPT, incoming, cargo: 'hand-on', outcome: 'accepted' })
    expect(await value('replyd_ack_latency_seconds_count')).toBe(0)
    log('attempt.ended', { ...ATTEMPT, incoming, cargo: 'notice', outcome: 'accepted' })
    expect(await value('replyd_ack_latency_seconds_sum')).toBe(1.5)
    expect(await value('replyd_attempts_total{cargo="notice",outcome="deferred"}')).toBe(1)
    expect(await value('replyd_attempts_total{cargo="hand-on",outcome="accepted"}')).toBe(1)
    expect(await value('replyd_attempts_total{cargo="notice",outcome="refused"}')).toBe(0)
  })
  test('refusals, reloads, the end of a certificate, every event', async () => {
    log('recipient.refused', { session: 's', ip: '::1', recipient: 'x@y.example', code: 550, why: '' })
    log('reload.refused', { error: '' })
    log('tls.loaded', { certificate: 'tls/cert.pem', notAfter: '2027-01-01T00:00:00.000Z' })
    expect(await value('replyd_refusals_total{what="recipient",code="550"}')).toBe(1)
    expect(await value('replyd_last_reload_successful')).toBe(0)
    expect(await value('replyd_tls_cert_not_after_timestamp_seconds{certificate="tls/cert.pem"}')).toBe(1_798_761_600)
    for (const event of Object.keys(LEVELS)) expect(await value(`replyd_events_total{event="${event}"}`)).toBeDefined()
    log('reload.done', { ms: 1 })
    expect(await value('replyd_last_reload_successful')).toBe(1)
  })
  test('the log behind it gets every event unchanged', () => {
    const heard: unknown[] = []
    const counted = metrics.counting((name, fields) => void heard.push([name, fields]))
    counted('ledger.orphan', { file: 'x' })
    expect(heard).toEqual([['ledger.orphan', { file: 'x' }]])
  })
  test('what strangers choose never becomes a label', async () => {
    const stranger = 'mallory@evil.example'
    log('message.accepted', {
      id: stranger,
      source: stranger,
      from: stranger,
      recipients: [stranger],
      octets: 1,
      ip: stranger,
    })
    log('message.settled', {
      ...SETTLED,
      disposition: stranger,
      reply: stranger,
      reasons: [stranger],
      nature: stranger,
    })
    log('attempt.ended', { ...ATTEMPT, incoming: stranger, cargo: stranger, outcome: stranger, hop: stranger })
    log('session.refused', { listener: stranger, ip: stranger, code: 123_456, why: stranger })
    const { text } = await metrics.exposition()
    expect(text).not.toContain('mallory')
    expect(await value('replyd_refusals_total{what="session",code="other"}')).toBe(1)
  })
})

describe('gauges', () => {
  test('are asked for at each look, one number or one for each state', async () => {
    let waiting = 3
    metrics.gauge('backlog', 'Messages that wait.', async () => waiting)
    metrics.gauge('queue_entries', 'Entries by state.', async () =>
      waiting === 3 ? { queued: 2, held: 0 } : { held: 1 },
    )
    expect(await value('replyd_backlog')).toBe(3)
    expect(await value('replyd_queue_entries{state="queued"}')).toBe(2)
    waiting = 4
    expect(await value('replyd_backlog')).toBe(4)
    expect(await value('replyd_queue_entries{state="queued"}')).toBeUndefined()
    expect(await value('replyd_queue_entries{state="held"}')).toBe(1)
  })
  test('one that cannot be read is missing, and nothing else is', async () => {
    metrics.gauge('broken', 'Cannot be read.', () => Promise.reject(new Error('locked')))
    metrics.gauge('whole', 'Can be read.', async () => 1)
    expect(await value('replyd_broken')).toBeUndefined()
    expect(await value('replyd_whole')).toBe(1)
  })
})

const SAMPLE = /^([a-z_]+)(?:\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+\})? (?:-?\d[\d.e+-]*|\+Inf|Nan)$/u

describe('the exposition', () => {
  test('is the text format of Prometheus: each series has help and type first, counters end in _total', async () => {
    log('message.settled', SETTLED)
    log('tls.loaded', { certificate: 'a"b\\c\nd', notAfter: '2027-01-01T00:00:00.000Z' })
    const { contentType, text } = await metrics.exposition()
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
    const types = new Map<string, string>()
    for (const line of text
      .trimEnd()
      .split('\n')
      .filter((one) => one !== '')) {
      const [, type, name = ''] = /^# (TYPE|HELP) (\w+)/u.exec(line) ?? []
      if (type === 'TYPE') types.set(name, line.split(' ').at(-1) ?? '')
      if (type !== undefined) continue
      const series = SAMPLE.exec(line)?.[1] ?? ''
      const base = series.replace(/_(?:bucket|sum|count)$/u, '')
      expect(types.has(series) || types.get(base) === 'histogram', line).toBe(true)
    }
    for (const [name, type] of types) {
      expect(name, name).toMatch(/^(?:replyd|process)_/u)
      if (type === 'counter') expect(name).toMatch(/_total$/u)
    }
    expect(text).toMatch(/^replyd_build_info\{version="\d+\.\d+\.\d+",node="v\d+/mu)
    expect(await value('process_resident_memory_bytes')).toBeGreaterThan(1e7)
  })
})

describe('the lag of the event loop', () => {
  test('a block shows while it lasts and afterwards', async () => {
    using lag = openLoopLag()
    const until = performance.now() + 400
    while (performance.now() < until);
    expect(lag.lagMs()).toBeGreaterThan(100)
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(lag.lagMs()).toBeGreaterThan(100)
  })
})
