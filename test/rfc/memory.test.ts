/** What is remembered of answers, for how long, and what stops too many (RFC 3834 2, RFC 5230 4.1 and 4.2, RFC 6131 2, RFC 5436 5). */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyKey } from '../../src/decide/copy-key.ts'
import { judgeOrder } from '../../src/decide/order.ts'
import type { Facts, Occasion, Policy } from '../../src/mail/facts.ts'
import { after, type Instant } from '../../src/mail/instant.ts'
import { parse } from '../../src/parse/parse.ts'
import type { Settings } from '../../src/settings.ts'
import { accepted, refused, SMALLEST } from '../unit/config/folder.ts'
import { aPlace } from '../unit/ledger/sqlite-ledger.ts'
import { type Desk, openDesk } from './desk.ts'
import { house } from './house.ts'
import { AWAY, HOLIDAY, judged, RECEIVED } from './judge.ts'
import { type Fields, mail } from './mail.ts'

const { plain } = await house()
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const CHRISTMAS: Occasion = { notice: 'holiday', id: '2026-12-25' }

const under = (policy: Partial<Policy>): Settings => ({
  ...plain,
  policy: (mailbox) => ({ ...plain.policy(mailbox), ...policy }),
})
const at = (ms: number): Instant => after(RECEIVED, ms)

let letters = 0
/** A new request in words of its own, so that nothing takes it for a copy or a loop. */
function request(fields: Fields = {}): Uint8Array {
  letters += 1
  const words = Array.from({ length: 30 }, (_, word) => `w${(letters * 37 + word * word * 11).toString(26)}`).map(
    (word) => word.replace(/\d/gu, (digit) => 'qrstuvwxyz'[Number(digit)] ?? ''),
  )
  return mail(
    { Subject: words.slice(0, 4).join(' '), 'Message-ID': `<${letters}@customer.example>`, ...fields },
    `${words.join(' ')}\r\n`,
  )
}

/** What each of several requests of Ann's gets, in order. */
async function answers(desk: Desk, asked: readonly Parameters<Desk['receive']>[1][]): Promise<readonly string[]> {
  const got: string[] = []
  for (const around of asked) got.push((await desk.receive(request(), around)).answer)
  return got
}

describe('an absence is told to one sender once in the quiet period', () => {
  test('T06 T46 which is seven days where the file says nothing; in between the acknowledgement goes out', async () => {
    expect(plain.policy(undefined).quietPeriodMs).toBe(7 * DAY_MS)
    const desk = await openDesk(plain)
    const told = [0, HOUR_MS, 3 * DAY_MS, 7 * DAY_MS - 1, 7 * DAY_MS + 1].map((ms) => ({
      at: at(ms),
      occasion: HOLIDAY,
    }))
    expect(await answers(desk, told)).toEqual([
      'holiday',
      'acknowledgement',
      'acknowledgement',
      'acknowledgement',
      'holiday',
    ])
  })
  test('T06 so it is after a restart, and in whatever spelling the sender writes the address', async () => {
    const place = aPlace()
    const before = await openDesk(plain, place)
    await before.receive(request(), { occasion: AWAY })
    await before.ledger.close()
    const desk = await openDesk(plain, place)
    const again = { at: at(DAY_MS), occasion: AWAY, mailFrom: 'Ann@customer.example' }
    expect((await desk.receive(request({ From: 'ANN@customer.example' }), again)).answer).toBe('acknowledgement')
  })
  test('T42 another absence, another text, another mailbox and another sender are told all the same', async () => {
    const desk = await openDesk(plain)
    const step = (hours: number) => at(hours * 6 * HOUR_MS)
    expect(
      await answers(desk, [
        { at: step(0), occasion: HOLIDAY },
        { at: step(1), occasion: CHRISTMAS },
        { at: step(2), occasion: AWAY },
        { at: step(3), occasion: HOLIDAY },
      ]),
    ).toEqual(['holiday', 'holiday', 'out-of-office', 'acknowledgement'])
    const sales = request({ To: 'sales@acme.example' })
    expect((await desk.receive(sales, { at: step(4), occasion: HOLIDAY, rcptTo: 'sales@acme.example' })).answer).toBe(
      'holiday',
    )
    const ben = request({ From: 'ben@customer.example' })
    expect((await desk.receive(ben, { at: step(4), occasion: HOLIDAY, mailFrom: 'ben@customer.example' })).answer).toBe(
      'holiday',
    )
  })
  test('T43 the text before its placeholders counts: subject, name, language and hour make no new one', async () => {
    const desk = await openDesk(plain)
    await desk.receive(request(), { occasion: HOLIDAY })
    const others: readonly Fields[] = [
      { Subject: 'Quite another matter' },
      { From: '"Ann of Sales" <ann@customer.example>' },
      { Subject: '=?utf-8?B?zpXPgc+Oz4TOt8+DzrcgzrPOuc6x?=', 'Content-Language': 'el' },
    ]
    for (const [index, fields] of others.entries()) {
      const { answer } = await desk.receive(request(fields), { at: at((index + 1) * 5 * HOUR_MS), occasion: HOLIDAY })
      expect(answer).toBe('acknowledgement')
    }
  })
  test('T44 a thousand senders and more are remembered; who was told first is forgotten only with the period', async () => {
    const desk = await openDesk(plain)
    const senders = Array.from({ length: 1_050 }, (_, index) => `customer${index}@shop${index}.example`)
    const tell = (sender: string, when: Instant) =>
      desk.receive(request({ From: sender }), { mailFrom: sender, at: when, occasion: HOLIDAY })
    const first = await Promise.all(senders.map((sender) => tell(sender, RECEIVED)))
    expect(new Set(first.map((one) => one.answer))).toEqual(new Set(['holiday']))
    for (const sender of [senders[0], senders[525], senders[1_049]]) {
      expect((await tell(sender ?? '', at(DAY_MS))).answer).toBe('acknowledgement')
    }
    expect((await tell(senders[0] ?? '', at(8 * DAY_MS))).answer).toBe('holiday')
  })
  test('T45 what is remembered is several fields, so that no text can move from one into the next', async () => {
    const desk = await openDesk(plain)
    const one: Occasion = { notice: 'holiday', id: '2026-12-25 out-of-office' }
    const two: Occasion = { notice: 'out-of-office', id: '2026-12-25' }
    const three: Occasion = { notice: 'holiday', id: '2026-12-25' }
    expect(
      await answers(
        desk,
        [one, two, three, one].map((occasion, index) => ({ occasion, at: at(index * 6 * HOUR_MS) })),
      ),
    ).toEqual(['holiday', 'out-of-office', 'holiday', 'acknowledgement'])
  })
  test('T45 nor can it in the key by which a copy of a mail is known', async () => {
    const message = await parse(mail({ 'Message-ID': undefined }), { complete: true })
    const key = (date: string, subject: string): string =>
      copyKey({ ...message, subject, fields: [{ name: 'date', value: date }] }, '')
    const text = fc.string({ unit: fc.constantFrom(...Array.from('ab:1,')), minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(text, (whole) => {
        const cuts = Array.from({ length: whole.length + 1 }, (_, cut) => key(whole.slice(0, cut), whole.slice(cut)))
        expect(new Set(cuts).size).toBe(cuts.length)
      }),
    )
  })
})

describe('the quiet period of the file', () => {
  const withPeriod = (text: string): string => `${SMALLEST}quiet_period: ${text}\n`

  test.each([
    ['T46 eight days, as every site has to allow', '8d', 8 * DAY_MS],
    ['T46 more than thirty days, as a site should allow', '31d', 31 * DAY_MS],
    ['T46 T47 a year, the longest there is', '365d', 365 * DAY_MS],
    ['T47 a day in seconds, as every site has to allow', '86400s', DAY_MS],
    ['T47 a single second', '1s', 1_000],
    ['T47 none: every mail is told', '0s', 0],
  ])('%s', async (_what, text, ms) => {
    expect((await accepted(withPeriod(text))).config.quietPeriodMs).toBe(ms)
  })
  test.each(['366d', '-1d', '53w'])(
    'T46 we deviate: %s is refused with what is wanted, not changed in silence',
    async (text) => {
      expect((await refused(withPeriod(text))).join('\n')).toMatch(/quiet_period/u)
    },
  )
  test.each(['7d 3600s', '7d3600s', '{days: 7, seconds: 3600}', '7'])(
    'T47 %s: two units, or none, are an error',
    async (text) => {
      expect(await refused(withPeriod(text))).toHaveLength(1)
    },
  )
  test('T47 and so is saying it twice', async () => {
    expect((await refused(`${withPeriod('7d')}quiet_period: 3600s\n`)).join('\n')).toMatch(
      /^5:1 this key stands here a second time$/u,
    )
  })
  test('T47 a period of nothing tells every time', async () => {
    const desk = await openDesk(under({ quietPeriodMs: 0 }))
    const twice = [0, 6 * HOUR_MS].map((ms) => ({ at: at(ms), occasion: HOLIDAY }))
    expect(await answers(desk, twice)).toEqual(['holiday', 'holiday'])
  })
})

describe('T48 one answer to one mail', () => {
  test('T48 a mail that is settled again, or comes again, gets no second one', async () => {
    const desk = await openDesk(plain)
    const first = await desk.receive(mail())
    const notices = first.entries.filter((one) => one.cargo.kind === 'notice')
    expect(notices).toHaveLength(1)
    const settledAgain = await desk.ledger.settle(first.inquiry, at(5_000), () => {
      throw new Error('it was judged twice')
    })
    expect(settledAgain.entries).toEqual(first.entries)
    expect((await desk.receive(mail(), { at: at(60_000) })).answer).toContain('duplicate')
    expect((await desk.ledger.message(first.id))?.entries.filter((one) => one.cargo.kind === 'notice')).toEqual(notices)
  })
  test('T48 nor can a person order one for a mail that has its answer', async () => {
    const desk = await openDesk(plain)
    const { inquiry, facts } = await desk.receive(mail())
    const now = at(60_000)
    const ordered = await desk.ledger.order(inquiry, now, (findings, before) => {
      const judgement = judgeOrder({ ...facts, now, findings }, before, { kind: 'send', notice: 'acknowledgement' })
      if (!('refused' in judgement)) throw new Error('it would be answered twice')
      return judgement
    })
    expect(ordered).toMatchObject({ kind: 'refused', because: [{ code: 'answered-before' }] })
  })
  test.each([HOLIDAY, AWAY])('T48 whatever is the case, a single text is chosen', async (occasion) => {
    const desk = await openDesk(plain)
    const occasions: Facts['occasions'] = [occasion, CHRISTMAS, AWAY]
    const { entries } = await desk.receive(mail(), { facts: { occasions } })
    expect(entries.filter((one) => one.cargo.kind === 'notice')).toHaveLength(1)
  })
})

describe('T54 a stop that a person ends', () => {
  const tight = under({ limits: { ...plain.policy(undefined).limits, global: { count: 2, windowMs: HOUR_MS } } })
  const from = (index: number) => {
    const sender = `customer${index}@shop${index}.example`
    return { octets: request({ From: sender }), around: { mailFrom: sender, at: at(index * 1_000) } }
  }
  async function stopped(): Promise<Desk> {
    const desk = await openDesk(tight)
    const got: string[] = []
    for (const index of [1, 2, 3, 4]) {
      const { octets, around } = from(index)
      got.push((await desk.receive(octets, around)).answer)
    }
    expect(got.slice(0, 2)).toEqual(['acknowledgement', 'acknowledgement'])
    expect(got[2]).toBe('limit-global')
    expect(got[3]).toContain('breaker-open')
    return desk
  }

  test('T54 too many notices trip the breaker, and a person arms it again', async () => {
    const desk = await stopped()
    expect(await desk.ledger.arm(at(5_000))).toBe('armed')
    const { octets, around } = from(6)
    expect((await desk.receive(octets, around)).answer).toBe('acknowledgement')
    expect(await desk.ledger.arm(at(7_000))).toBe('was-armed')
  })
  test('T54 who forgets it waits for the cool-down, no longer', async () => {
    const desk = await stopped()
    const { octets, around } = from(6)
    const later = at(tight.policy(undefined).coolDownMs + 2 * HOUR_MS)
    expect((await desk.receive(octets, { ...around, at: later })).answer).toBe('acknowledgement')
  })
})

describe('T14 what a mail of nobody known can bring about', () => {
  const FORGED = { dmarc: 'fail', spf: 'fail', dkim: 'none', source: 'checked' } as const

  test('T14 forged mail gets a ticket and reaches the team; nobody is written to, and nothing is counted or told', async () => {
    const desk = await openDesk(plain)
    const facts = { authentication: FORGED }
    const { entries, answer } = await desk.receive(request(), { facts, occasion: HOLIDAY })
    expect(answer).toBe('authentication-failed')
    expect(entries.map((one) => one.cargo.kind)).toEqual(['hand-on'])
    // the real Ann is told as if nothing had been
    expect((await desk.receive(request(), { at: at(HOUR_MS), occasion: HOLIDAY })).answer).toBe('holiday')
  })
  test('T14 forged mail does not choose the language in which the real sender is written to', async () => {
    const desk = await openDesk(plain)
    const greek = mail(
      { 'Message-ID': '<forged@x.example>' },
      'Καλημέρα, πού είναι η παραγγελία μου; Ευχαριστώ πολύ.\r\n',
    )
    await desk.receive(greek, { facts: { authentication: FORGED } })
    const { decision } = await desk.receive(request(), { at: at(HOUR_MS) })
    expect(decision.reply).toMatchObject({ notice: { locale: 'en' } })
  })
  test.each(['SUBSCRIBE talk', 'unsubscribe', 'create account', 'CLOSE TICKET', 'cancel my order'])(
    'T14 no words in a mail are a command: %s',
    async (subject) => {
      const { decision } = await judged(plain, mail({ Subject: subject }, `${subject}\r\n`))
      expect(decision.disposition).toBe('new-ticket')
      expect(decision.reply).toMatchObject({ notice: { kind: 'acknowledgement', to: 'ann@customer.example' } })
    },
  )
})
