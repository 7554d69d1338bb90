import { describe, expect, test } from 'vitest'
import { consequencesOf } from '../../../src/decide/consequences.ts'
import { decide } from '../../../src/decide/decide.ts'
import { fingerprintOf } from '../../../src/decide/fingerprint.ts'
import { after as later } from '../../../src/mail/instant.ts'
import { NO_CONSEQUENCES } from '../../../src/mail/ledger-port.ts'
import type { Limits } from '../../../src/mail/limits.ts'
import { ago, type FactLines, factsOf, MAILBOX, NOW, natureOf } from './facts.ts'

const HOUR_MS = 3_600_000
const LIMITS: Limits = {
  perCorrespondent: { count: 2, windowMs: HOUR_MS },
  perDomain: { count: 3, windowMs: HOUR_MS },
  perMailbox: { count: 4, windowMs: HOUR_MS },
  global: { count: 5, windowMs: HOUR_MS },
}
const OPEN = { since: ago(60_000), until: later(NOW, 60_000), because: 'x' }
const COOLED = { since: ago(2 * HOUR_MS), until: NOW, because: 'x' }
const HOLIDAY = { notice: 'holiday', id: '2026-12-25' } as const

function of(lines: FactLines = {}) {
  const facts = factsOf({ ...lines, policy: { limits: LIMITS, ...lines.policy } })
  return consequencesOf(facts, decide(facts))
}

describe('a notice', () => {
  test('takes a place in every counter, in the order in which they are asked', () => {
    expect(of().reserve).toEqual([
      { scope: 'correspondent', key: 'ann@customer.example' },
      { scope: 'domain', key: 'customer.example' },
      { scope: 'mailbox', key: 'support@acme.example' },
      { scope: 'global', key: '' },
    ])
  })
  test('of an absence is remembered, any other is not', () => {
    expect(of({ facts: { occasions: [HOLIDAY] } }).told).toEqual({
      mailbox: MAILBOX.address,
      notice: 'holiday',
      occasion: '2026-12-25',
    })
    expect(of().told).toBeUndefined()
    expect(of({ facts: { occasions: [{ notice: 'incident', id: '1' }] } }).told).toBeUndefined()
    // the acknowledgement in its place
    expect(of({ mailFrom: 'unknown', facts: { occasions: [HOLIDAY] } }).told).toBeUndefined()
  })
})

describe('nothing is used up by', () => {
  test.each<[string, FactLines]>([
    ['a silence', { nature: natureOf('automatic') }],
    ['a silence at a limit', { findings: { used: [2, 0, 0, 0] } }],
    ['shadow mode', { policy: { mode: 'shadow' }, facts: { occasions: [HOLIDAY] } }],
    ['a silence in shadow mode', { policy: { mode: 'shadow' }, findings: { used: [0, 0, 0, 5], breaker: COOLED } }],
    ['a mode in which nothing is sent', { policy: { mode: 'off' } }],
  ])('%s', (_, lines) => {
    expect(of(lines)).toEqual(NO_CONSEQUENCES)
  })
})

describe('the breaker', () => {
  const trip = { until: later(NOW, HOUR_MS), because: '5 notices within 60 minutes' }
  test.each<[string, FactLines, unknown]>([
    ['trips at the global limit', { findings: { used: [0, 0, 0, 5] } }, trip],
    ['trips where mailbox and domain are full as well', { findings: { used: [0, 3, 4, 5] } }, trip],
    ['trips anew after its cool-down', { findings: { used: [0, 0, 0, 9], breaker: COOLED } }, trip],
    ['does not trip below it', { findings: { used: [0, 0, 0, 4] } }, undefined],
    ['does not trip twice', { findings: { used: [0, 0, 0, 5], breaker: OPEN } }, undefined],
    [
      'does not trip for mail that is never answered',
      { nature: natureOf('list'), findings: { used: [0, 0, 0, 5] } },
      undefined,
    ],
    ['does not trip for a sender at the own limit', { findings: { used: [2, 0, 0, 5] } }, undefined],
    ['stays open until then', { findings: { breaker: OPEN } }, undefined],
  ])('%s', (_, lines, expected) => {
    expect(of(lines).breaker).toEqual(expected)
  })
})

describe('a storm', () => {
  const text = 'The disk is full.'
  const one = { at: ago(60_000), answer: 'silence' as const, subject: 'Disk', fingerprint: fingerprintOf({ text }) }
  const stormy = (count: number, lines: FactLines = {}): FactLines => ({
    text,
    ...lines,
    findings: { recent: Array.from({ length: count }, () => one), ...lines.findings },
  })
  test('mutes its sender for a day', () => {
    expect(of(stormy(5)).mute).toEqual({
      until: later(NOW, 24 * HOUR_MS),
      because: '6 mails with the same text or subject within an hour',
    })
  })
  test('that begins does not yet', () => {
    expect(of(stormy(4)).mute).toBeUndefined()
  })
  test.each<[string, FactLines]>([
    ['a machine that is known for one', { nature: natureOf('automatic') }],
    ['one whose address was forged', { authentication: { dmarc: 'fail' } }],
    [
      'one who is muted',
      { findings: { mute: { correspondent: MAILBOX.address, since: NOW, until: later(NOW, 1), because: '' } } },
    ],
    ['anybody in shadow mode', { policy: { mode: 'shadow' } }],
  ])('does not mute %s', (_, lines) => {
    expect(of(stormy(9, lines)).mute).toBeUndefined()
  })
  test('mutes also one who is at the own limit by then', () => {
    expect(of(stormy(9, { findings: { used: [2] } })).mute).toBeDefined()
  })
})
