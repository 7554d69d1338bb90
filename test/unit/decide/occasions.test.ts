import { describe, expect, test } from 'vitest'
import type { Occasion } from '../../../src/mail/facts.ts'
import type { Told } from '../../../src/mail/limits.ts'
import { address } from '../letters.ts'
import { ago, decided, type FactLines, MAILBOX, noticeOf, POLICY, reasonsOf } from './facts.ts'

const WEEK_MS = 7 * 86_400_000
const HOLIDAY: Occasion = { notice: 'holiday', id: '2026-12-25' }
const INCIDENT: Occasion = { notice: 'incident', id: 'outage-7' }

function on(occasions: readonly Occasion[], lines: FactLines = {}) {
  const notice = noticeOf(decided({ ...lines, facts: { ...lines.facts, occasions } }))
  return { kind: notice.kind, to: notice.to }
}
const told = (change: Partial<Told> = {}, agoMs = 1_000) => ({
  findings: {
    told: [{ mailbox: MAILBOX.address, notice: 'holiday' as const, occasion: '2026-12-25', at: ago(agoMs), ...change }],
  },
})

describe('what is most pressing is told', () => {
  test('the acknowledgement where nothing is', () => {
    expect(on([]).kind).toBe('acknowledgement')
  })
  test.each([
    [[INCIDENT, HOLIDAY], 'incident'],
    [[HOLIDAY, INCIDENT], 'holiday'],
    [[{ notice: 'out-of-hours', id: 'hours' }, HOLIDAY], 'out-of-hours'],
    [[{ notice: 'high-volume', id: '1' }], 'high-volume'],
    [[{ notice: 'out-of-office', id: '1' }], 'out-of-office'],
  ] as const)('%j: %s', (occasions, kind) => {
    expect(on(occasions).kind).toBe(kind)
  })
})

describe('an absence text', () => {
  const elsewhere = { mailFrom: 'bounces@esp.example' }
  test('T34 T35 T37 goes to the Return-Path and nowhere else; the acknowledgement goes to From', () => {
    expect(on([HOLIDAY], elsewhere)).toEqual({ kind: 'holiday', to: 'bounces@esp.example' })
    expect(on([INCIDENT], elsewhere)).toEqual({ kind: 'incident', to: 'ann@customer.example' })
    const replyTo = { ...elsewhere, replyTo: 'team@customer.example', sender: 'x@customer.example' }
    expect(on([HOLIDAY], replyTo).to).toBe('bounces@esp.example')
    expect(on([HOLIDAY], { mailFrom: 'unknown', returnPath: 'p@customer.example' }).to).toBe('p@customer.example')
    expect(on([HOLIDAY], { mailFrom: 'unknown' })).toEqual({ kind: 'acknowledgement', to: 'ann@customer.example' })
  })
  test.each([
    ['To', {}],
    ['To, with a detail', { to: 'support+x@acme.example' }],
    ['T08 another address of ours', { to: 'HELP@acme.example' }],
    ['Cc', { to: 'bob@customer.example', cc: 'support@acme.example' }],
    [
      'Bcc or Resent-To',
      { to: 'bob@x.example', message: { otherRecipients: [{ address: MAILBOX.address, name: '' }] } },
    ],
  ])('T07 T39 is told where an address of ours stands in %s', (_, lines) => {
    expect(on([HOLIDAY], { rcptTo: 'support@acme.example', ...lines }).kind).toBe('holiday')
  })
  test('T07 T39 is not told where none does: the acknowledgement may answer a Bcc or an alias', () => {
    const lines = { to: 'everybody@list.example', rcptTo: 'support@acme.example' }
    expect(on([HOLIDAY], lines).kind).toBe('acknowledgement')
    expect(on([INCIDENT], lines).kind).toBe('incident')
  })
  test('T06 is told once in the quiet period, then the acknowledgement; the period ends', () => {
    expect(on([HOLIDAY], told()).kind).toBe('acknowledgement')
    expect(on([HOLIDAY], told({}, WEEK_MS - 1)).kind).toBe('acknowledgement')
    expect(on([HOLIDAY], told({}, WEEK_MS)).kind).toBe('holiday')
    expect(on([HOLIDAY], { ...told({}, 86_400_000), policy: { quietPeriodMs: 86_400_000 } }).kind).toBe('holiday')
  })
  test.each([
    ['another absence', { occasion: '2027-01-01' }],
    ['another text', { notice: 'out-of-hours' as const }],
    ['another mailbox', { mailbox: address('sales@acme.example') }],
  ])('T42 is told though %s was', (_, change) => {
    expect(on([HOLIDAY], told(change)).kind).toBe('holiday')
  })
  test('T43 is the same whatever the subject and the name', () => {
    expect(on([HOLIDAY], { ...told(), from: 'Annie <ann@customer.example>', subject: 'Other' }).kind).toBe(
      'acknowledgement',
    )
  })
  test('told already, it does not give way to the next occasion', () => {
    expect(on([HOLIDAY, INCIDENT], told()).kind).toBe('acknowledgement')
  })
})

describe('X-Auto-Response-Suppress is a wish about a class', () => {
  const wish = (value: string, occasions: readonly Occasion[]) =>
    decided({ fields: { 'X-Auto-Response-Suppress': value }, facts: { occasions } })
  test('OOF asks for no absence text, and gets the acknowledgement', () => {
    expect(noticeOf(wish('OOF', [HOLIDAY])).kind).toBe('acknowledgement')
    expect(noticeOf(wish('OOF', [INCIDENT])).kind).toBe('incident')
  })
  test('AutoReply asks for none but absence texts', () => {
    expect(noticeOf(wish('AutoReply', [HOLIDAY])).kind).toBe('holiday')
    expect(reasonsOf(wish('AutoReply', [INCIDENT]))).toEqual(['suppression-asked'])
    expect(reasonsOf(wish('AutoReply', []))).toEqual(['suppression-asked'])
  })
  test.each(['All', 'DR, OOF, AutoReply', 'oof autoreply'])('%s asks for nothing at all', (value) => {
    expect(reasonsOf(wish(value, [HOLIDAY]))).toEqual(['suppression-asked'])
    expect(reasonsOf(wish(value, []))).toEqual(['suppression-asked'])
  })
})

test('an absence text is never sent to an address of ours, nor to one that is never answered', () => {
  const reasons = (lines: FactLines) => reasonsOf(decided({ ...lines, facts: { occasions: [HOLIDAY] } }))
  expect(reasons({ mailFrom: 'bounces@acme.example' })).toEqual(['recipient-is-ours'])
  expect(reasons({ mailFrom: 'x@esp.example', policy: { ...POLICY, neverAnswer: ['*@esp.example'] } })).toEqual([
    'recipient-never-answered',
  ])
})
