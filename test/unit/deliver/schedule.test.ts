import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextState, RETRY_SCHEDULE } from '../../../src/deliver/schedule.ts'
import type { Instant } from '../../../src/mail/instant.ts'
import type { Cargo, Outcome, QueueEntry } from '../../../src/mail/queue.ts'

const HOUR = 3_600_000
const now = 1_800_000_000_000 as Instant
const middle = { now, jitter: 0.5 }

type Kind = Cargo['kind']
type Judged = Pick<QueueEntry, 'cargo' | 'attempts' | 'unknowns'>
const entry = (kind: Kind, attempts: number, unknowns = 0): Judged => ({ cargo: { kind } as Cargo, attempts, unknowns })
const outcome = (kind: Outcome['kind']): Outcome => ({ kind, detail: 'so it went' })
const last = (kind: Kind): number => RETRY_SCHEDULE[kind].length + 1

const given = (hopMessageId: string) =>
  nextState(entry('notice', 1), { kind: 'accepted', detail: '', hopMessageId }, middle).hopMessageId

describe('what an attempt makes of its entry', () => {
  test.each([
    ['notice', 1, 0, 'accepted', 'sent', 0],
    ['hand-on', 1, 0, 'accepted', 'sent', 0],
    ['notice', 1, 0, 'refused', 'failed', 0],
    ['hand-on', 1, 0, 'refused', 'failed', 0],
    ['notice', 1, 0, 'deferred', 'queued', 0],
    ['hand-on', 1, 0, 'deferred', 'queued', 0],
    ['notice', last('notice'), 0, 'deferred', 'failed', 0],
    ['hand-on', last('hand-on'), 0, 'deferred', 'held', 0],
    ['hand-on', last('notice'), 0, 'deferred', 'queued', 0],
    ['notice', 1, 0, 'unknown', 'queued', 1],
    ['notice', 2, 1, 'unknown', 'held', 1],
    ['notice', 2, 1, 'deferred', 'queued', 0],
    ['notice', last('notice'), 0, 'unknown', 'held', 1],
    ['hand-on', 9, 8, 'unknown', 'queued', 1],
    ['hand-on', last('hand-on'), 30, 'unknown', 'held', 1],
  ] as const)('%s, attempt %i, %i unknown before: %s makes it %s', (kind, attempts, unknowns, how, state, unknown) => {
    expect(nextState(entry(kind, attempts, unknowns), outcome(how), middle)).toMatchObject({ state, unknown })
  })

  test('the outcome is kept in one line, and says when we gave up', () => {
    expect(nextState(entry('notice', 1), outcome('deferred'), middle).outcome).toBe('deferred: so it went')
    expect(nextState(entry('notice', last('notice')), outcome('deferred'), middle).outcome).toBe(
      'deferred: given up after 12 attempts; the last one: so it went',
    )
  })

  test('a Message-ID that the hop gave is kept where it is one', () => {
    expect(given('<a@b>')).toBe('<a@b>')
    expect(given('not one')).toBeUndefined()
  })
})

describe('the retry schedule', () => {
  test.each([
    ['notice', 24],
    ['hand-on', 120],
  ] as const)('a %s is tried for nearly %i hours, and no longer', (kind, hours) => {
    const total = RETRY_SCHEDULE[kind].reduce((sum, wait) => sum + wait, 0)
    expect(total).toBeGreaterThan((hours - 1) * HOUR)
    expect(total).toBeLessThanOrEqual(hours * HOUR)
  })

  test('waits grow, and the first is short enough for a greylisting hop', () => {
    for (const waits of Object.values(RETRY_SCHEDULE)) {
      expect([...waits].sort((a, b) => a - b)).toEqual(waits)
      expect(waits[0]).toBe(60_000)
    }
  })

  test('the next attempt is due within a tenth of its wait, whatever the chance', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Kind>('notice', 'hand-on'),
        fc.integer({ min: 0, max: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (kind, attempts, jitter) => {
          const next = nextState(entry(kind, attempts), outcome('deferred'), { now, jitter })
          const wait = RETRY_SCHEDULE[kind][Math.max(0, attempts - 1)]
          expect(next.state === 'queued').toBe(wait !== undefined)
          if (wait !== undefined) expect(Math.abs(next.nextAttempt - now - wait)).toBeLessThanOrEqual(wait / 10 + 1)
        },
      ),
    )
  })

  test('no run of outcomes sends a notice more than twice without knowing', () => {
    const kinds = fc.constantFrom<Outcome['kind']>('deferred', 'unknown')
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 40 }), (run) => {
        let unknowns = 0
        for (const [i, kind] of run.entries()) {
          const next = nextState(entry('notice', i + 1, unknowns), outcome(kind), middle)
          unknowns += next.unknown
          if (next.state !== 'queued') break
        }
        expect(unknowns).toBeLessThanOrEqual(2)
      }),
    )
  })
})
