import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classify } from '../../src/classify/classify.ts'
import { consequencesOf } from '../../src/decide/consequences.ts'
import { codePoints } from '../../src/decide/cut.ts'
import { decide } from '../../src/decide/decide.ts'
import { fingerprintOf } from '../../src/decide/fingerprint.ts'
import { customerName, safeSubject } from '../../src/decide/stranger.ts'
import { NULL_PATH, parseAddress } from '../../src/mail/address.ts'
import type { Facts, Occasion } from '../../src/mail/facts.ts'
import { after as later } from '../../src/mail/instant.ts'
import type { Limits, Recent } from '../../src/mail/limits.ts'
import { DEFECT_CODES } from '../../src/mail/message.ts'
import { NATURES } from '../../src/mail/nature.ts'
import { REASONS } from '../../src/mail/reason.ts'
import { reversePathOf } from '../../src/mail/reverse-path.ts'
import { isOwnMessageId, mintMessageId } from '../../src/thread/message-id.ts'
import { CONTEXT } from '../unit/classify/context.ts'
import { ago, copyOf, factsOf, MAILBOX, NOW, natureOf, POLICY, threadOf, ticketOf } from '../unit/decide/facts.ts'
import { address, type LetterLines, letter } from '../unit/letters.ts'
import { KEYS, ticket } from '../unit/thread/keys.ts'

const people = fc.constantFrom(
  'ann@customer.example',
  'Bob <bob@customer.example>',
  'x@partner.example',
  'sales@acme.example',
)
const ticketArbitrary = fc
  .record({
    seed: fc.nat(5),
    state: fc.constantFrom('open' as const, 'engaged' as const, 'waiting' as const, 'closed' as const),
    role: fc.constantFrom('requester' as const, 'confirmed' as const, 'unconfirmed' as const),
  })
  .map(({ seed, state, role }) => ticketOf(seed, { state, people: { 'ann@customer.example': role } }))
const threads = fc.array(
  fc
    .tuple(
      fc.constantFrom(
        'plus-address' as const,
        'own-message-id' as const,
        'stored-message-id' as const,
        'returned-message-id' as const,
        'subject-tag' as const,
      ),
      ticketArbitrary,
    )
    .map(([code, one]) => threadOf(code, one)),
  { maxLength: 2 },
)

const RATE = { count: 2, windowMs: 3_600_000 }
const LIMITS: Limits = { perCorrespondent: RATE, perDomain: RATE, perMailbox: RATE, global: RATE }
const OFF: Limits = { perCorrespondent: 'off', perDomain: 'off', perMailbox: 'off', global: 'off' }

const SUBJECTS = ['My printer does not print', 'Re: My printer does not print [#12]', 'Ink', '']
const TEXTS = ['Hello, my printer does not print. Ann', 'Where is my parcel?', 'word and other '.repeat(20), '']
const recents: fc.Arbitrary<readonly Recent[]> = fc.array(
  fc
    .record({
      agoMs: fc.constantFrom(1_000, 300_000, 3_000_000, 40_000_000),
      answer: fc.constantFrom('notice' as const, 'silence' as const),
      subject: fc.constantFrom(...SUBJECTS),
      text: fc.constantFrom(...TEXTS),
    })
    .map(({ agoMs, text, ...one }) => ({ ...one, at: ago(agoMs), fingerprint: fingerprintOf({ text }) })),
  { maxLength: 8 },
)
const OCCASIONS: readonly Occasion[] = [
  { notice: 'holiday', id: '2026-12-25' },
  { notice: 'incident', id: '7' },
]
const TOLD = { mailbox: MAILBOX.address, notice: 'holiday' as const, occasion: '2026-12-25', at: ago(1_000) }
const OPEN = { since: ago(1), until: later(NOW, 1), because: 'x' }
const COOLED = { since: ago(2), until: ago(1), because: 'x' }

/** Nine times in ten the first. */
const mostly = <T>(first: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 9 * others.length, arbitrary: fc.constant(first) }, fc.constantFrom(...others))

/** What the ledger and the border add. */
const circumstances = fc.record({
  recent: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, recents),
  used: mostly([0, 0, 0, 0], [2, 0, 0, 0], [0, 0, 0, 2], [1, 2, 3, 4], []),
  limits: fc.constantFrom(OFF, LIMITS),
  occasions: fc.constantFrom([], OCCASIONS, [...OCCASIONS].reverse()),
  told: fc.constantFrom([], [TOLD]),
  mute: mostly(undefined, { ...OPEN, correspondent: MAILBOX.address }, { ...COOLED, correspondent: MAILBOX.address }),
  breaker: mostly(undefined, OPEN, COOLED),
  never: mostly([], [{ pattern: '*@partner.example', since: NOW, note: '' }]),
  gate: mostly('fail' as const, 'off' as const, 'pass' as const),
  dmarc: mostly('pass' as const, 'unknown' as const, 'none' as const, 'fail' as const),
  spf: fc.constantFrom('pass' as const, 'fail' as const, 'unknown' as const),
})

/** Any facts, most of them such that something could be sent. */
const anyFacts: fc.Arbitrary<Facts> = fc
  .record({
    from: fc.oneof({ weight: 4, arbitrary: fc.constant(['ann@customer.example']) }, fc.array(people, { maxLength: 2 })),
    replyTo: fc.array(people, { maxLength: 2 }),
    mailFrom: mostly('ann@customer.example', 'unknown', '<>', 'prvs=12345=ann@customer.example'),
    returnPath: mostly('ann@customer.example', '<>'),
    kind: fc.oneof({ weight: 9, arbitrary: fc.constant('person' as const) }, fc.constantFrom(...NATURES)),
    threads: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, threads),
    copy: fc.oneof(
      { weight: 5, arbitrary: fc.constant(undefined) },
      ticketArbitrary.map((one) => copyOf(one)),
      fc.constant(copyOf(undefined)),
    ),
    defects: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      fc.constantFrom(...DEFECT_CODES).map((code) => [{ code }]),
    ),
    suppress: mostly('', 'All', 'OOF'),
    mode: fc.constantFrom('live' as const, 'live' as const, 'shadow' as const, 'off' as const),
    ageMs: mostly(0, 86_400_001),
    forms: fc.constantFrom(new Set<string>(), new Set(['ann@customer.example'])),
    neverAnswer: fc.constantFrom([], [], ['*@partner.example']),
    mailboxes: mostly(1, 0),
    said: fc.record({ subject: fc.constantFrom(...SUBJECTS), text: fc.constantFrom(...TEXTS) }),
    of: circumstances,
  })
  .map(({ of, said, ...one }) =>
    factsOf({
      ...one,
      ...said,
      authentication: { dmarc: of.dmarc, spf: of.spf },
      nature: natureOf(one.kind),
      findings: {
        threads: one.threads,
        copy: one.copy,
        recent: of.recent,
        used: of.used,
        told: of.told,
        mute: of.mute,
        breaker: of.breaker,
        never: of.never,
      },
      message: { defects: one.defects },
      ...(one.suppress === '' ? {} : { fields: { 'X-Auto-Response-Suppress': one.suppress } }),
      policy: {
        mode: one.mode,
        forms: one.forms,
        neverAnswer: one.neverAnswer,
        gate: of.gate,
        limits: of.limits,
      },
      facts: {
        receivedAt: ago(one.ageMs),
        occasions: of.occasions,
        addressed: one.mailboxes === 0 ? [] : [{ mailbox: MAILBOX, alias: MAILBOX.address, named: 'to' as const }],
      },
    }),
  )

/** Facts that speak against a notice, each as a change to any other facts. */
const AGAINST: Readonly<Record<string, (facts: Facts) => Facts>> = {
  'a null sender': (f) => ({ ...f, envelope: { ...f.envelope, reversePath: NULL_PATH } }),
  'a hard sign': (f) => ({ ...f, nature: { ...f.nature, signs: natureOf('automatic').signs } }),
  'another nature': (f) => ({ ...f, nature: natureOf('list', 'strong') }),
  'our own address': (f) => withMessage(f, { from: [{ address: address('sales@acme.example'), name: '' }] }),
  'a never-answer glob': (f) => ({ ...f, policy: { ...f.policy, neverAnswer: [...f.policy.neverAnswer, '*'] } }),
  'a wish for silence': (f) =>
    withMessage(f, { fields: [...f.message.fields, { name: 'x-auto-response-suppress', value: 'All' }] }),
  'a great age': (f) => ({ ...f, receivedAt: ago(1e10) }),
  'no header': (f) => withMessage(f, { defects: [...f.message.defects, { code: 'no-header' }] }),
  'a second From': (f) =>
    withMessage(f, {
      from: [
        ...f.message.from,
        ...f.message.from,
        { address: address('z@z.example'), name: '' },
        { address: address('y@z.example'), name: '' },
      ],
    }),
  'no From': (f) => withMessage(f, { from: [] }),
  'a copy that came before': (f) => ({ ...f, findings: { ...f.findings, copy: copyOf(ticketOf(1)) } }),
  'a thread that its token proves': (f) => ({
    ...f,
    findings: { ...f.findings, threads: [threadOf('own-message-id', ticketOf(1)), ...f.findings.threads] },
  }),
  'sending switched off': (f) => ({ ...f, policy: { ...f.policy, mode: 'off' } }),
  'no mailbox': (f) => ({ ...f, addressed: [] }),
  'a mute': (f) => withFindings(f, { mute: { ...OPEN, correspondent: MAILBOX.address } }),
  'an open breaker': (f) => withFindings(f, { breaker: OPEN }),
  'a pattern on the never list': (f) => withFindings(f, { never: [{ pattern: '*', since: NOW, note: '' }] }),
  'full counters': (f) => withPolicy(withFindings(f, { used: [2, 2, 2, 2] }), { limits: LIMITS, limitOverrides: [] }),
  'a forged sender': (f) =>
    withPolicy({ ...f, authentication: { ...f.authentication, dmarc: 'fail' } }, { gate: 'fail' }),
  'a gate that asks for proof': (f) =>
    withPolicy({ ...f, authentication: { ...f.authentication, dmarc: 'unknown' } }, { gate: 'pass' }),
  'two notices for this subject': (f) =>
    withFindings(withMessage(f, { subject: 'Printer' }), { recent: [...f.findings.recent, ANSWERED, ANSWERED] }),
}

const ANSWERED: Recent = { at: ago(80_000_000), answer: 'notice', subject: 'Re: printer', fingerprint: '' }

function withFindings(facts: Facts, change: Partial<Facts['findings']>): Facts {
  return { ...facts, findings: { ...facts.findings, ...change } }
}

function withPolicy(facts: Facts, change: Partial<Facts['policy']>): Facts {
  return { ...facts, policy: { ...facts.policy, ...change } }
}

function withMessage(facts: Facts, change: Partial<Facts['message']>): Facts {
  return { ...facts, message: { ...facts.message, ...change } }
}

describe('vetoes are monotone', () => {
  test.each(Object.entries(AGAINST))('%s silences whatever else is true', (_, change) => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(decide(change(facts)).reply.kind).toBe('silence')
      }),
    )
  })
  test('any facts: a silence has a reason of the table, and what speaks speaks to one who is not ours', () => {
    let spoke = 0
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { reply, disposition } = decide(facts)
        if (reply.kind === 'silence') {
          expect(reply.because.length).toBeGreaterThan(0)
          for (const { code } of reply.because) expect(REASONS).toHaveProperty([code])
          return
        }
        spoke += 1
        expect(disposition).toBe('new-ticket')
        expect(facts.nature.kind).toBe('person')
        expect(POLICY.ownAddresses.has(reply.notice.to.toLowerCase())).toBe(false)
      }),
      { numRuns: 2_000 },
    )
    expect(spoke).toBeGreaterThan(0)
  })
  test("any facts: a person's mail opens or joins a ticket, and the mail is handed on", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { disposition, handOn } = decide(facts)
        if (facts.findings.copy === undefined) expect(handOn).toEqual(facts.addressed.map((one) => one.mailbox.address))
        if (facts.nature.kind !== 'person' || facts.addressed.length === 0) return
        expect(['new-ticket', 'follow-up', 'duplicate']).toContain(disposition)
      }),
    )
  })
})

describe('whatever the facts', () => {
  test('one more recent mail never causes a notice', () => {
    let silenced = 0
    fc.assert(
      fc.property(anyFacts, recents, (facts, more) => {
        const { recent } = facts.findings
        const before = decide(facts).reply.kind
        const after = decide(withFindings(facts, { recent: [...more, ...recent] })).reply.kind
        if (before === 'silence') expect(after).toBe('silence')
        else if (after === 'silence') silenced += 1
      }),
      { numRuns: 1_000 },
    )
    expect(silenced).toBeGreaterThan(0)
  })
  test('a silence and shadow mode take no place in any counter, and a notice takes one in each that limits it', () => {
    let reserved = 0
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decide(facts)
        const { reserve, told, mute, breaker } = consequencesOf(facts, decision)
        if (decision.reply.kind === 'send') {
          expect(reserve).toHaveLength(facts.policy.limits === OFF ? 0 : 4)
          expect(mute).toBeUndefined()
          reserved += reserve.length
          return
        }
        expect(reserve).toEqual([])
        expect(told).toBeUndefined()
        if (facts.policy.mode === 'shadow') expect([mute, breaker]).toEqual([undefined, undefined])
      }),
      { numRuns: 1_000 },
    )
    expect(reserved).toBeGreaterThan(0)
  })
  test('a notice goes to one address, which is an absence text only for the Return-Path', () => {
    const kinds = new Set<string>()
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { reply } = decide(facts)
        if (reply.kind === 'silence') return
        kinds.add(reply.notice.kind)
        expect(parseAddress(reply.notice.to)).toBe(reply.notice.to)
        if (reply.notice.kind !== 'holiday') return
        expect(reply.notice.to).toBe(reversePathOf(facts))
        expect(facts.findings.told).toEqual([])
      }),
      { numRuns: 1_000 },
    )
    expect([...kinds].sort()).toEqual(['acknowledgement', 'holiday', 'incident'])
  })
})

describe('a notice of ours that comes back is never answered', () => {
  const ownId = mintMessageId({ ticket: ticket(1), nonce: 'n1', domain: 'acme.example', keys: KEYS })
  const context = { ...CONTEXT, instance: 'acme-1', isOwnMessageId: (id: string) => isOwnMessageId(id, KEYS) }
  const MARKS: Readonly<Record<string, LetterLines>> = {
    from: { from: 'Acme Support <support@acme.example>' },
    automatic: { fields: { 'Auto-Submitted': 'auto-replied' } },
    loop: { fields: { 'X-Replyd-Loop': 'acme-1' } },
    id: { messageId: ownId },
    suppress: { fields: { 'X-Auto-Response-Suppress': 'All' } },
    envelope: { mailFrom: '<>' },
  }
  /** The notice with some of its marks; the others look like those of a customer. */
  function cameBack(marks: readonly string[], context_ = context) {
    const fields = Object.assign({}, ...marks.map((mark) => MARKS[mark]?.fields ?? {}))
    const lines = Object.assign({ subject: 'Re: Printer' }, ...marks.map((mark) => MARKS[mark]), { fields })
    const fed = letter(lines)
    return decide({ ...factsOf(lines), nature: classify(fed, context_) })
  }
  const all = Object.keys(MARKS)
  test('with all its marks', () => {
    expect(cameBack(all).reply.kind).toBe('silence')
  })
  test.each(all)('without its mark %s', (gone) => {
    expect(cameBack(all.filter((mark) => mark !== gone)).reply.kind).toBe('silence')
  })
  test.each(all)('with its mark %s alone', (only) => {
    expect(cameBack([only]).reply.kind).toBe('silence')
  })
  test('with any marks but none, even where the operator has everybody answered and every sign switched off', () => {
    const open = {
      ...context,
      alwaysAnswer: ['*'],
      signsOff: new Set(['auto-submitted', 'own-address', 'own-loop', 'null-sender']),
    }
    fc.assert(
      fc.property(fc.subarray(all, { minLength: 1 }), (marks) => {
        expect(cameBack(marks, open).reply.kind).toBe('silence')
      }),
    )
  })
  test('with no mark at all it is a customer', () => {
    expect(cameBack([]).reply.kind).toBe('send')
  })
})

describe('what a stranger can make us say', () => {
  const nasty = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.constantFrom(
          'evil.com',
          'http://x',
          '@',
          '.',
          ' ',
          'Re:',
          '+1 800 555 1234',
          '[#K7M2Q9F]',
          '\u200B',
          '\u202E',
          'www.',
          '://',
          '。',
          '\r\n',
        ),
      ),
      { maxLength: 30 },
    )
    .map((pieces) => pieces.join(''))
  test('holds no link, domain, address, long number or invisible character, and fits a line', () => {
    fc.assert(
      fc.property(nasty, (subject) => {
        const safe = safeSubject(subject, false)
        expect(codePoints(safe)).toBeLessThanOrEqual(78)
        expect(safe).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
        expect(safe).not.toMatch(/:\/\/[a-z]|[\p{L}\p{N}]\.\p{L}{2}|\p{L}@\p{L}|\d{7}/u)
      }),
      { numRuns: 2_000 },
    )
  })
  test('a name is at most forty characters and five words, and holds nothing that is no name', () => {
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 50 })), (name) => {
        const greeted = customerName(name)
        expect(codePoints(greeted)).toBeLessThanOrEqual(40)
        expect(greeted).toMatch(/^[\p{L}\p{M} .'-]*$/u)
        expect(greeted.split(' ').length).toBeLessThanOrEqual(5)
      }),
    )
  })
})
