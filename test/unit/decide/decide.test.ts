import { describe, expect, test } from 'vitest'
import { fingerprintOf } from '../../../src/decide/fingerprint.ts'
import { after as later } from '../../../src/mail/instant.ts'
import type { Recent } from '../../../src/mail/limits.ts'
import { NATURES } from '../../../src/mail/nature.ts'
import { REASONS, type ReasonCode } from '../../../src/mail/reason.ts'
import { address } from '../letters.ts'
import {
  ago,
  copyOf,
  decided,
  type FactLines,
  factsOf,
  MAILBOX,
  NOW,
  natureOf,
  noticeOf,
  reasonsOf,
  threadOf,
  ticketOf,
} from './facts.ts'

const SALES = { ...MAILBOX, address: address('sales@acme.example'), aliases: [] }
const RATE_MS = 3_600_000
const LIMITS = {
  perCorrespondent: { count: 10, windowMs: RATE_MS },
  perDomain: { count: 11, windowMs: RATE_MS },
  perMailbox: { count: 12, windowMs: RATE_MS },
  global: { count: 13, windowMs: RATE_MS },
}
const PRINT = fingerprintOf(factsOf().message)
const RECENT: Recent = { at: ago(RATE_MS), answer: 'notice', subject: 'Something else', fingerprint: '' }
const times = (count: number, change: Partial<Recent>) =>
  Array.from({ length: count }, () => ({ ...RECENT, ...change }))
const ANN = { 'ann@customer.example': 'requester' } as const

const locale = (remembered?: string, detected?: string, field?: string) =>
  noticeOf(decided({ findings: { language: remembered }, message: { language: detected, contentLanguage: field } }))
    .locale

describe('a customer writes for the first time', () => {
  test('and gets a ticket and one acknowledgement, from the address written to', () => {
    expect(decided()).toEqual({
      disposition: 'new-ticket',
      threading: { kind: 'new' },
      reply: {
        kind: 'send',
        notice: {
          kind: 'acknowledgement',
          to: 'ann@customer.example',
          from: 'support@acme.example',
          mailbox: 'support@acme.example',
          locale: 'en',
          customerName: 'Ann Lee',
          subject: 'My printer does not print',
        },
      },
      handOn: ['support@acme.example'],
    })
  })
  test('in shadow mode it is decided and not sent; switched off it is silence', () => {
    expect(decided({ policy: { mode: 'shadow' } }).reply.kind).toBe('shadow')
    const off = decided({ policy: { mode: 'off' } })
    expect(reasonsOf(off)).toEqual(['sending-off'])
    expect(off.disposition).toBe('new-ticket')
  })
  test('to two mailboxes: the first one speaks, both get the mail', () => {
    const addressed = [
      { mailbox: SALES, alias: SALES.address, named: 'to' as const },
      { mailbox: MAILBOX, alias: address('help@acme.example'), named: 'cc' as const },
    ]
    const decision = decided({ facts: { addressed } })
    expect(noticeOf(decision)).toMatchObject({ from: 'sales@acme.example', mailbox: 'sales@acme.example' })
    expect(decision.handOn).toEqual(['sales@acme.example', 'support@acme.example'])
  })
  test('to an alias: the alias answers for its mailbox', () => {
    const addressed = [{ mailbox: MAILBOX, alias: address('help@acme.example'), named: 'to' as const }]
    expect(noticeOf(decided({ facts: { addressed } }))).toMatchObject({
      from: 'help@acme.example',
      mailbox: 'support@acme.example',
    })
  })
  test('in Greek: the language remembered beats the one detected, which beats the field', () => {
    expect(locale('el', 'en', 'zh-TW')).toBe('el')
    expect(locale(undefined, 'el', 'en')).toBe('el')
    expect(locale(undefined, undefined, 'zh-TW')).toBe('zh-Hant')
    expect(locale(undefined, 'fr')).toBe('en')
  })
})

describe('only a person is answered, and every mail is handed on', () => {
  test.each(NATURES.filter((kind) => kind !== 'person'))('%s', (kind) => {
    const decision = decided({ nature: natureOf(kind) })
    expect(reasonsOf(decision)).toContain(kind)
    expect(decision.disposition).toBe('file-only')
    expect(decision.threading).toEqual({ kind: 'new' })
    expect(decision.handOn).toEqual(['support@acme.example'])
  })
  test('a reason tells what in this message made it apply', () => {
    const { reply } = decided({ nature: natureOf('automatic') })
    expect(reply).toMatchObject({ because: [{ code: 'automatic', detail: 'x: y' }] })
  })
})

const CIRCUMSTANCES: readonly (readonly [ReasonCode, FactLines])[] = [
  ['null-sender', { mailFrom: '<>' }],
  ['null-sender', { mailFrom: 'unknown', returnPath: '<>' }],
  ['too-old', { facts: { receivedAt: ago(86_400_001) } }],
  ['no-sender-address', { from: ['a@x.example', 'b@x.example'] }],
  ['no-sender-address', { from: [], mailFrom: 'unknown' }],
  ['no-sender-address', { message: { defects: [{ code: 'several-from' as const }] } }],
  ['recipient-is-ours', { from: 'sales@acme.example' }],
  ['recipient-is-ours', { mailFrom: 'bounces@acme.example' }],
  ['recipient-never-answered', { policy: { neverAnswer: ['*@CUSTOMER.example'] } }],
  ['recipient-never-answered', { mailFrom: 'x@spam.example', policy: { neverAnswer: ['*@spam.example'] } }],
  ['suppression-asked', { fields: { 'X-Auto-Response-Suppress': 'All' } }],
  ['suppression-asked', { fields: { 'X-Auto-Response-Suppress': 'DR, OOF, autoreply' } }],
  ['malformed', { message: { defects: [{ code: 'no-header' as const }] } }],
  ['malformed', { message: { defects: [{ code: 'header-too-large' as const }] } }],
  ['no-mailbox', { facts: { addressed: [] } }],
  ['duplicate', { findings: { copy: copyOf(ticketOf(1)) } }],
  ['recipient-never-answered', { findings: { never: [{ pattern: '*@customer.example', since: NOW, note: '' }] } }],
  ['authentication-failed', { authentication: { dmarc: 'fail' as const } }],
  ['authentication-failed', { authentication: { spf: 'fail' as const } }],
  ['authentication-failed', { authentication: { dmarc: 'fail' as const }, policy: { gate: 'pass' as const } }],
  ['authentication-missing', { policy: { gate: 'pass' as const } }],
  ['authentication-missing', { authentication: { dmarc: 'temperror' as const }, policy: { gate: 'pass' as const } }],
  ['limit-correspondent', { findings: { used: [10, 0, 0, 0] }, policy: { limits: LIMITS } }],
  ['limit-domain', { findings: { used: [0, 11, 0, 0] }, policy: { limits: LIMITS } }],
  ['limit-mailbox', { findings: { used: [0, 0, 12, 0] }, policy: { limits: LIMITS } }],
  ['limit-global', { findings: { used: [0, 0, 0, 13] }, policy: { limits: LIMITS } }],
  ['breaker-open', { findings: { breaker: { since: NOW, until: later(NOW, 1), because: 'x' } } }],
  ['muted', { findings: { mute: { correspondent: MAILBOX.address, since: NOW, until: later(NOW, 1), because: 'x' } } }],
  ['repeats-itself', { findings: { recent: times(2, { fingerprint: PRINT }) } }],
  ['subject-drifts', { findings: { recent: times(2, { subject: 'Re: my printer does not print' }) } }],
  ['too-many-at-once', { findings: { recent: times(10, { at: ago(1) }) } }],
]
/** Shown above and below: natures, threads, a mode, a person's order, and what the spine says of a mail that fails. */
const ELSEWHERE: readonly ReasonCode[] = [
  'follow-up',
  'person-has-answered',
  'sending-off',
  'answered-before',
  'set-aside',
]

describe('each circumstance that silences', () => {
  test('stands here: no reason of the table is without a test', () => {
    const shown = new Set<string>([...NATURES, ...CIRCUMSTANCES.map(([code]) => code), ...ELSEWHERE])
    expect(Object.keys(REASONS).filter((code) => !shown.has(code))).toEqual([])
  })
  test.each(CIRCUMSTANCES)('%s', (code, lines) => {
    expect(reasonsOf(decided(lines))).toContain(code)
  })
  test.each([
    ['a mail received just within max_age', { facts: { receivedAt: ago(86_400_000) } }],
    ['a mail whose Date lies in another century', { date: 'Thu, 1 Jan 1970 00:00:00 +0000' }],
    [
      'a wish about reports and absence notices only',
      { fields: { 'X-Auto-Response-Suppress': 'DR, NDR, RN, NRN, OOF' } },
    ],
    ['a word that contains a token', { fields: { 'X-Auto-Response-Suppress': 'NotAll' } }],
    ['an unknown reverse-path', { mailFrom: 'unknown' }],
    ['a counter that has one place left', { findings: { used: [9, 10, 11, 12] }, policy: { limits: LIMITS } }],
    [
      'an override with another limit',
      {
        findings: { used: [10] },
        policy: {
          limits: LIMITS,
          limitOverrides: [{ match: 'ann@*', perCorrespondent: 'off' as const, perDomain: { count: 11, windowMs: 1 } }],
        },
      },
    ],
    ['a breaker that has cooled down', { findings: { breaker: { since: ago(1), until: NOW, because: 'x' } } }],
    [
      'a mute that is over',
      { findings: { mute: { correspondent: MAILBOX.address, since: ago(1), until: NOW, because: 'x' } } },
    ],
    [
      'a forged sender, where the gate is off',
      { authentication: { dmarc: 'fail' as const }, policy: { gate: 'off' as const } },
    ],
    ['SPF fail behind a forwarder', { authentication: { spf: 'fail' as const, dkim: 'pass' as const } }],
    ['a check that could not be made', { authentication: { dmarc: 'temperror' as const, spf: 'temperror' as const } }],
    [
      'proof, where the gate asks for it',
      { authentication: { dmarc: 'pass' as const }, policy: { gate: 'pass' as const } },
    ],
    ['a colleague at our domain', { from: 'boss@acme.example' }],
    [
      'mendable defects',
      { message: { defects: [{ code: 'bad-mime' as const }, { code: 'bad-header-line' as const }] } },
    ],
  ])('but not %s', (_, lines) => {
    expect(decided(lines).reply.kind).toBe('send')
  })
  test('all reasons are kept, not only the first', () => {
    const decision = decided({
      nature: natureOf('list'),
      mailFrom: '<>',
      policy: { mode: 'off', neverAnswer: ['ann@*'] },
      facts: { receivedAt: ago(1e12) },
    })
    expect(reasonsOf(decision)).toEqual([
      'null-sender',
      'list',
      'too-old',
      'no-sender-address',
      'recipient-never-answered',
      'sending-off',
    ])
  })
})

describe('threads', () => {
  const open = ticketOf(1, { people: ANN })
  const join = { kind: 'follow-up', ticket: open.id }
  test.each(['stored-message-id', 'subject-tag', 'returned-message-id'] as const)(
    'a participant joins the ticket by %s; a stranger opens a linked one and is answered',
    (code) => {
      const threads = [threadOf(code, open)]
      expect(decided({ findings: { threads } })).toMatchObject({ disposition: 'follow-up', threading: join })
      expect(reasonsOf(decided({ findings: { threads } }))).toEqual(['follow-up'])
      const stranger = decided({ from: 'mallory@evil.example', findings: { threads } })
      expect(stranger).toMatchObject({
        disposition: 'new-ticket',
        threading: { kind: 'linked', ticket: open.id },
        reply: { kind: 'send' },
      })
    },
  )
  test.each(['plus-address', 'own-message-id'] as const)('%s files the mail whoever sends it', (code) => {
    const decision = decided({ from: 'colleague@customer.example', findings: { threads: [threadOf(code, open)] } })
    expect(decision).toMatchObject({ disposition: 'follow-up', threading: join })
  })
  test('a participant is known in any case; one who got in by a token alone is not yet one', () => {
    const threads = [threadOf('subject-tag', open)]
    expect(decided({ from: 'ANN@Customer.example', findings: { threads } }).disposition).toBe('follow-up')
    const unconfirmed = ticketOf(2, { people: { 'ann@customer.example': 'unconfirmed' } })
    expect(decided({ findings: { threads: [threadOf('subject-tag', unconfirmed)] } }).disposition).toBe('new-ticket')
  })
  test('of several tickets, the one that the sender belongs to', () => {
    const foreign = ticketOf(3, { people: { 'bob@x.example': 'requester' } })
    const threads = [threadOf('stored-message-id', foreign), threadOf('subject-tag', open)]
    expect(decided({ findings: { threads } }).threading).toEqual(join)
  })
  test('once a person has answered, nothing automatic speaks up', () => {
    const engaged = ticketOf(1, { state: 'engaged', people: ANN })
    expect(reasonsOf(decided({ findings: { threads: [threadOf('subject-tag', engaged)] } }))).toEqual([
      'person-has-answered',
    ])
  })
  test('a closed ticket is joined by its participant', () => {
    const closed = ticketOf(1, { state: 'closed', people: ANN })
    expect(decided({ findings: { threads: [threadOf('subject-tag', closed)] } }).disposition).toBe('follow-up')
  })
  test('automatic mail is filed in the thread it names, and opens none', () => {
    const threads = [threadOf('own-message-id', open)]
    expect(decided({ nature: natureOf('automatic'), findings: { threads } })).toMatchObject({
      disposition: 'file-only',
      threading: join,
    })
    const stranger = decided({
      nature: natureOf('automatic'),
      from: 'bot@evil.example',
      findings: { threads: [threadOf('subject-tag', open)] },
    })
    expect(stranger).toMatchObject({ disposition: 'file-only', threading: { kind: 'new' } })
  })
  test('a delivery report finds the thread by the mail it returns', () => {
    const decision = decided({
      nature: natureOf('delivery-status'),
      from: 'mailer-daemon@customer.example',
      findings: { threads: [threadOf('returned-message-id', open)] },
    })
    expect(decision).toMatchObject({ disposition: 'file-only', threading: join })
  })
  test('an agent joins whatever ticket is named; our own mail is only filed', () => {
    const threads = [threadOf('subject-tag', open)]
    const agent = decided({ nature: natureOf('agent'), from: 'eleni@acme.example', findings: { threads } })
    expect(agent).toMatchObject({ disposition: 'follow-up', threading: join })
    expect(decided({ nature: natureOf('own'), findings: { threads } }).disposition).toBe('file-only')
  })
})

describe('copies', () => {
  const first = ticketOf(1, { people: ANN })
  const both = [MAILBOX, SALES].map((mailbox) => ({ mailbox, alias: mailbox.address, named: 'to' as const }))
  test('lie in the ticket of the first one and go only to mailboxes that have not had it', () => {
    const decision = decided({ facts: { addressed: both }, findings: { copy: copyOf(first) } })
    expect(decision).toMatchObject({
      disposition: 'duplicate',
      threading: { kind: 'follow-up', ticket: first.id },
      handOn: ['sales@acme.example'],
    })
    expect(reasonsOf(decision)).toEqual(['duplicate'])
  })
  test('with another body go to every mailbox', () => {
    const decision = decided({ facts: { addressed: both }, findings: { copy: copyOf(first, []) } })
    expect(decision.handOn).toEqual(['support@acme.example', 'sales@acme.example'])
  })
  test("a person's copy of a mail that got no ticket gets one, but no second notice", () => {
    const decision = decided({ findings: { copy: copyOf(undefined, []) } })
    expect(decision.disposition).toBe('new-ticket')
    expect(reasonsOf(decision)).toEqual(['duplicate'])
    expect(decided({ nature: natureOf('list'), findings: { copy: copyOf(undefined) } }).disposition).toBe('duplicate')
  })
})

test('without a mailbox there is nowhere to open a ticket', () => {
  expect(decided({ facts: { addressed: [] } })).toMatchObject({ disposition: 'file-only', handOn: [] })
})

describe('the customer is greeted', () => {
  const greeted = (lines: FactLines) => noticeOf(decided(lines)).customerName
  test('by the name in From, behind a web form by the one in Reply-To, never by that of the form', () => {
    expect(greeted({ replyTo: 'Team <team@customer.example>' })).toBe('Ann Lee')
    const policy = { forms: new Set(['web@shop.example']) }
    const form = { from: 'Web Shop <web@shop.example>', policy }
    expect(greeted({ ...form, replyTo: 'Cara <cara@client.example>' })).toBe('Cara')
    expect(greeted({ ...form, replyTo: 'cara@client.example' })).toBe('')
  })
  test('and told the subject only where every letter of it could be read', () => {
    const spoilt = (name: string) => ({ message: { fields: [{ name, value: 'R\uFFFDckfrage' }], subject: 'Rckfrage' } })
    expect(noticeOf(decided(spoilt('subject')))).toMatchObject({ subject: '', customerName: 'Ann Lee' })
    expect(noticeOf(decided(spoilt('from')))).toMatchObject({ subject: 'Rckfrage', customerName: '' })
  })
})

describe('a web form of ours', () => {
  const form = {
    from: 'Website <sales@acme.example>',
    mailFrom: 'www@acme.example',
    replyTo: 'Cara <cara@client.example>',
    policy: { forms: new Set(['sales@acme.example']), neverAnswer: ['sales@*', 'www@*'] },
  }
  test('writes as an address of ours, and its customer is answered', () => {
    expect(noticeOf(decided(form)).to).toBe('cara@client.example')
    expect(noticeOf(decided({ ...form, mailFrom: 'bounces@acme.example' })).to).toBe('cara@client.example')
  })
  test('is not believed about an address of ours or one that is never answered', () => {
    expect(reasonsOf(decided({ ...form, replyTo: 'help@acme.example' }))).toEqual(['recipient-is-ours'])
    const never = { ...form, policy: { ...form.policy, neverAnswer: ['cara@*'] } }
    expect(reasonsOf(decided(never))).toEqual(['recipient-never-answered'])
  })
  test('that is not listed is our own mail', () => {
    expect(reasonsOf(decided({ ...form, policy: {} }))).toEqual(['recipient-is-ours'])
  })
})
