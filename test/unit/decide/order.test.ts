import { describe, expect, test } from 'vitest'
import { judgeOrder, type OrderJudged } from '../../../src/decide/order.ts'
import type { EntryId, TicketId } from '../../../src/mail/ids.ts'
import { after } from '../../../src/mail/instant.ts'
import { type Before, NO_CONSEQUENCES, type Order } from '../../../src/mail/ledger-port.ts'
import type { Limits } from '../../../src/mail/limits.ts'
import { NATURES } from '../../../src/mail/nature.ts'
import type { QueueEntry } from '../../../src/mail/queue.ts'
import { ago, copyOf, type FactLines, factsOf, MAILBOX, NOW, natureOf, threadOf, ticketOf } from './facts.ts'

const RATE = { count: 1, windowMs: 3_600_000 }
const LIMITS: Limits = { perCorrespondent: RATE, perDomain: RATE, perMailbox: RATE, global: RATE }
const SEND: Order = { kind: 'send', notice: 'acknowledgement' }
const MUTE = { correspondent: MAILBOX.address, since: NOW, until: after(NOW, 1), because: 'a storm' }

type Lines = { ticket?: TicketId; notices?: readonly EntryId[]; as?: Partial<QueueEntry> }

function beforeOf({ ticket, notices = [], as = {} }: Lines = {}): Before {
  const { envelope } = factsOf()
  const id = '01J00000000000000000000000' as Before['record']['incoming']['id']
  const peer = { ip: undefined, helo: undefined, tls: undefined }
  const incoming = { id, source: 'smtp', envelope, peer, receivedAt: NOW, octets: 1, bodyDigest: '' } as const
  const line = {
    id,
    state: 'processed',
    receivedAt: NOW,
    source: 'smtp',
    from: undefined,
    subject: '',
    ticket,
  } as const
  const unsaid = { nature: undefined, disposition: undefined, reply: undefined, reasons: [], marked: undefined }
  const record = { incoming, line: { ...line, ...unsaid }, settledAt: NOW, account: undefined, orders: [] }
  return {
    record: { ...record, entries: [], attempts: [] },
    notices: notices.map((one) => ({ id: one, state: 'sent', unknowns: 0, ...as }) as QueueEntry),
  }
}

const judged = (lines: FactLines, order: Order = SEND, before = beforeOf()) => judgeOrder(factsOf(lines), before, order)
function done(...given: Parameters<typeof judged>): OrderJudged {
  const result = judged(...given)
  if ('refused' in result) throw new Error(`refused: ${result.refused.map((one) => one.code).join(', ')}`)
  return result
}
function refusals(...given: Parameters<typeof judged>): readonly string[] {
  const result = judged(...given)
  return 'refused' in result ? result.refused.map((one) => one.code) : []
}

describe('a person orders a notice', () => {
  test('and it is what decide would have written, of the kind asked for', () => {
    const { notice } = done({ message: { language: 'el' } }, { kind: 'send', notice: 'delayed' })
    expect(notice).toEqual({
      kind: 'delayed',
      to: 'ann@customer.example',
      from: 'support@acme.example',
      mailbox: 'support@acme.example',
      locale: 'el',
      customerName: 'Ann Lee',
      subject: 'My printer does not print',
    })
  })
  const ticket = ticketOf(1, { state: 'engaged', people: { 'ann@customer.example': 'requester' } })
  const answered = { at: ago(1), answer: 'notice' as const, subject: 'My printer does not print', fingerprint: '' }
  test.each<[string, FactLines]>([
    ['a strong sign', { nature: natureOf('automatic', 'strong') }],
    ['spam', { nature: natureOf('spam', 'strong') }],
    ['an agent', { nature: { kind: 'agent', signs: [] } }],
    ['the gate', { policy: { gate: 'pass' }, authentication: { dmarc: 'fail' } }],
    ['age', { facts: { receivedAt: ago(1e10) } }],
    ['a person who has answered', { findings: { threads: [threadOf('subject-tag', ticket)] } }],
    ['a copy', { findings: { copy: copyOf(ticket) } }],
    ['the never-answer list', { policy: { neverAnswer: ['*'] } }],
    ['X-Auto-Response-Suppress', { fields: { 'X-Auto-Response-Suppress': 'All' } }],
    ['a loop', { findings: { recent: [answered, answered, answered, answered, answered] } }],
    ['limits', { policy: { limits: LIMITS }, findings: { used: [9, 9, 9, 9] } }],
    ['the breaker', { findings: { breaker: { since: NOW, until: after(NOW, 1), because: '' } } }],
  ])('which overrides %s', (_, lines) => {
    expect(done(lines).notice).toMatchObject({ to: 'ann@customer.example' })
  })
  test.each<[string, FactLines]>([
    ['automatic', { nature: natureOf('automatic') }],
    ['list', { nature: { kind: 'person', signs: natureOf('list').signs } }],
    ['null-sender', { mailFrom: '<>' }],
    ['muted', { findings: { mute: MUTE } }],
    ['no-sender-address', { from: ['a@x.example', 'b@x.example'] }],
    ['recipient-is-ours', { from: 'sales@acme.example' }],
    ['no-mailbox', { facts: { addressed: [] } }],
    ['sending-off', { policy: { mode: 'off' } }],
  ])('but not %s', (code, lines) => {
    expect(refusals(lines)).toContain(code)
  })
  test.each<[string, Partial<QueueEntry>, boolean]>([
    ['in place of one that is held and was never attempted', { state: 'held' }, true],
    ['not beside a held one that may have arrived', { state: 'held', unknowns: 1 }, false],
    ['not beside one that waits', { state: 'queued' }, false],
    ['not beside one under way', { state: 'sending' }, false],
  ])('%s', (_what, as, isDone) => {
    const result = judged({}, SEND, beforeOf({ notices: ['01J0000000000000000000000E' as EntryId], as }))
    expect(result).toMatchObject(isDone ? { pending: 'withdraw' } : { refused: [{ code: 'answered-before' }] })
  })
  test('and never twice', () => {
    expect(judged({}, SEND, beforeOf({ notices: ['01J0000000000000000000000E' as EntryId] }))).toEqual({
      refused: [{ code: 'answered-before', detail: '01J0000000000000000000000E' }],
    })
  })
  test('and it takes its places, though they are full', () => {
    const lines = { policy: { limits: LIMITS }, findings: { used: [9, 9, 9, 9] } }
    expect(done(lines).consequences.reserve).toHaveLength(4)
  })
  test('in shadow mode it is written, and uses nothing up', () => {
    const { notice, consequences } = done({ policy: { mode: 'shadow', limits: LIMITS } })
    expect(notice).toBeDefined()
    expect(consequences).toEqual(NO_CONSEQUENCES)
  })
  test('and a message without a ticket gets one, since the notice invites a reply', () => {
    expect(done({}).ticket).toBe('opens')
    expect(done({}, SEND, beforeOf({ ticket: ticket.id })).ticket).toBe('as-it-is')
  })
})

describe('a person orders an absence text', () => {
  const holiday: Order = { kind: 'send', notice: 'holiday' }
  test('and it goes to the Return-Path, or is refused where there is none', () => {
    expect(done({ mailFrom: 'p@esp.example' }, holiday).notice?.to).toBe('p@esp.example')
    expect(refusals({ mailFrom: 'unknown' }, holiday)).toEqual(['no-sender-address'])
    expect(refusals({ mailFrom: 'bounces@acme.example' }, holiday)).toEqual(['recipient-is-ours'])
  })
  test('and what is the case is remembered as told', () => {
    const occasions = [{ notice: 'holiday', id: '2026-12-25' }] as const
    expect(done({ facts: { occasions } }, holiday).consequences.told?.occasion).toBe('2026-12-25')
    expect(done({}, holiday).consequences.told).toBeUndefined()
  })
})

describe('a person says what a message is', () => {
  const mark = (nature: (typeof NATURES)[number]): Order => ({ kind: 'mark', nature })
  test('a person: it gets a ticket if it has none, and no notice', () => {
    const lines = { nature: natureOf('automatic') }
    const nothing = { notice: undefined, pending: 'as-it-is', consequences: NO_CONSEQUENCES }
    expect(done(lines, mark('person'))).toEqual({ ...nothing, ticket: 'opens' })
    expect(done(lines, mark('person'), beforeOf({ ticket: ticketOf(1).id })).ticket).toBe('as-it-is')
  })
  test('which opens no ticket where no mailbox is there to hold it', () => {
    expect(done({ facts: { addressed: [] } }, mark('person')).ticket).toBe('as-it-is')
  })
  test.each(NATURES.filter((kind) => kind !== 'person'))('%s: a notice not tried yet is taken back', (kind) => {
    expect(done({}, mark(kind))).toEqual({
      notice: undefined,
      ticket: 'as-it-is',
      pending: 'withdraw',
      consequences: NO_CONSEQUENCES,
    })
  })
})
