import { describe, expect, test } from 'vitest'
import { openPatience, PATIENCE } from '../../../src/authenticate/patience.ts'
import { dnsError, type Resolve } from '../../../src/authenticate/resolve.ts'
import { instant } from '../../../src/mail/instant.ts'
import { WORLD } from '../../../src/ops/clock.ts'

const FULL_MS = 10_000

/** Patience with a clock that is set by hand. */
function patience() {
  let now = 1_000_000
  const told: string[] = []
  const world = { ...WORLD, now: () => instant(now) }
  const opened = openPatience({ ...PATIENCE, fullMs: FULL_MS }, world, (to) => void told.push(to))
  const ask = async (resolve: Resolve, times = 1): Promise<void> => {
    const one = opened.listened(resolve)
    await Promise.allSettled(Array.from({ length: times }, (_, n) => one(`c${n}.example`, 'TXT')))
  }
  const pass = (ms: number): void => {
    now += ms
  }
  return { ...opened, told, ask, pass }
}

const answering: Resolve = async () => [['v=spf1 -all']]
const failing =
  (code: string): Resolve =>
  async () => {
    throw dnsError(code, code)
  }

describe('how long one message may wait for the DNS', () => {
  test('is cut short when nobody is answered any more, and no longer from the first answer on', async () => {
    const at = patience()
    await at.ask(failing('ETIMEOUT'), PATIENCE.questions)
    expect(at.limitMs()).toBe(FULL_MS)
    at.pass(PATIENCE.silentMs + 1)
    expect([at.limitMs(), at.limitMs()]).toEqual([PATIENCE.shortMs, PATIENCE.shortMs])
    await at.ask(answering)
    expect(at.limitMs()).toBe(FULL_MS)
    expect(at.told).toEqual(['silent', 'answers'])
  })
  test('is cut short by questions that hang without end as well', () => {
    const at = patience()
    void at.ask(() => new Promise(() => {}), PATIENCE.questions)
    at.pass(PATIENCE.silentMs + 1)
    expect(at.limitMs()).toBe(PATIENCE.shortMs)
  })
  test('is not cut short by the dead servers of one sender, however long ago he wrote', async () => {
    const at = patience()
    await at.ask(failing('ESERVFAIL'), PATIENCE.questions - 1)
    at.pass(3_600_000)
    expect(at.limitMs()).toBe(FULL_MS)
  })
  test.each(['ENOTFOUND', 'ENODATA'])('is not cut short by many who have no records (%s)', async (code) => {
    const at = patience()
    await at.ask(failing(code), 100)
    at.pass(PATIENCE.silentMs + 1)
    expect(at.limitMs()).toBe(FULL_MS)
    expect(at.told).toEqual([])
  })
  test('is not cut short by a storm of forgeries while others are answered', async () => {
    const at = patience()
    await at.ask(failing('ETIMEOUT'), 100)
    at.pass(PATIENCE.silentMs + 1)
    await at.ask(answering)
    await at.ask(failing('ETIMEOUT'), 100)
    expect(at.limitMs()).toBe(FULL_MS)
  })
})
