import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { after as later } from '../../src/mail/instant.ts'
import type { TemplateSet } from '../../src/render/template-set.ts'
import { type Bare, BEGIN, type Desk, openDesk } from '../unit/decide/duel.ts'
import { shipped } from '../unit/render/orders.ts'

/** Hops after which a loop that nobody stops is called endless. */
const ENDLESS = 60

let templates: TemplateSet
beforeAll(async () => {
  templates = (await shipped()).set
})

type Hops = { readonly waitsMs: readonly number[]; readonly relay: (mail: Bare, hop: number) => Bare }

/** Mails go to and fro until one of the two is silent. */
function play(desks: readonly [Desk, Desk], first: Bare, { waitsMs, relay }: Hops): number {
  let mail: Bare | undefined = first
  let at = BEGIN
  let hop = 0
  for (; mail !== undefined && hop < ENDLESS; hop += 1) {
    const desk: Desk = desks[hop % 2 === 0 ? 0 : 1]
    mail = desk.settle(relay(mail, hop), at).answer
    at = later(at, waitsMs[hop % waitsMs.length] ?? 0)
  }
  return hop
}

const untagged = (subject: string) => subject.replace(/\[[^\]]*\]/gu, '').trim()
const RELAYS: Readonly<Record<string, Hops['relay']>> = {
  'that takes every mark off': (mail) => ({ ...mail, subject: untagged(mail.subject) }),
  'that leaves nothing of the subject': (mail) => ({ ...mail, subject: '' }),
  'that gives every mail another subject': (mail, hop) => ({
    ...mail,
    subject: `${'abcdefghij'[hop % 10]}${hop} matter`,
  }),
  'that lengthens the subject': (mail, hop) => ({ ...mail, subject: `[#${400 + hop}] Re: ${untagged(mail.subject)}` }),
  'that warns of strangers': (mail) => ({
    ...mail,
    subject: `[EXTERNAL] ${mail.subject}`,
    text: `CAUTION: this mail comes from outside. Do not open what you do not know.\n\n${mail.text}`,
  }),
  'that quotes all of it': (mail) => ({ ...mail, text: mail.text.replace(/^/gmu, '> ') }),
}

const locales = fc.constantFrom(['en'], ['el'], ['zh-Hant'], ['en', 'el'], ['el', 'zh-Hant', 'en'], ['zh-Hant', 'el'])
const firstMail = fc.record({
  subject: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 120 }),
    fc.constantFrom('', 'Printer', 'Order 4711', 'My “printer” does not «print»', '關於訂單的問題'),
  ),
  text: fc.oneof(fc.lorem({ maxCount: 60 }), fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'Call me!')),
  from: fc.constantFrom('Bob of B <support@b.example>', 'support@b.example', 'Ann Lee <support@b.example>'),
  language: fc.constantFrom('en', 'el', 'zh-TW', 'fr'),
})
const waits = fc.array(fc.constantFrom(0, 900, 30_000, 600_000, 3_600_000, 5 * 3_600_000), {
  minLength: 1,
  maxLength: 5,
})

describe('two of us, wired to each other, with nothing left by which to know a machine', () => {
  test.each(Object.entries(RELAYS))(
    'behind a relay %s: at most two notices each, in whatever languages',
    (_, relay) => {
      let most = 0
      fc.assert(
        fc.property(locales, locales, firstMail, waits, fc.boolean(), (of, other, mail, waitsMs, isTold) => {
          const a = openDesk({ address: 'support@a.example', locales: of, templates })
          const b = openDesk({ address: 'support@b.example', locales: other, templates })
          // detection of the language may fail
          const silent: Hops['relay'] = ({ language: _gone, ...one }, hop) => relay(one, hop)
          play([a, b], mail, { waitsMs, relay: isTold ? relay : silent })
          expect(a.sent()).toBeLessThanOrEqual(2)
          expect(b.sent()).toBeLessThanOrEqual(2)
          most = Math.max(most, a.sent())
        }),
        { numRuns: 300 },
      )
      expect(most).toBeGreaterThan(0)
    },
  )
})

/** What helpdesks of other makes answer: each time a ticket of theirs, a Message-ID of theirs, and no word of a machine. */
const FOREIGN: Readonly<Record<string, { most: number; write: (asked: Bare, ticket: number) => Bare }>> = {
  'a prefix before our subject, always the same text (freescout#3670)': {
    most: 2,
    write: ({ subject }) => ({
      from: 'help@them.example',
      subject: `Automated Response: Re: ${subject}`,
      text: 'We are sorry, but we cannot handle your message.',
    }),
  },
  'its number before our subject and in a long text': {
    most: 2,
    write: ({ subject }, ticket) => ({
      from: 'help@them.example',
      subject: `[#${ticket}] Re: ${subject}`,
      text: `Dear customer, we have received your request on Tue, ${ticket % 28} Nov at ${ticket % 12}:30 and will look at it as soon as one of us can. It is our ticket ${ticket}, which you may name in later mails.`,
    }),
  },
  'a subject and an address of its own for each ticket': {
    most: 2,
    write: (_, ticket) => ({
      from: `help+case${ticket}@them.example`,
      subject: `Case ${ticket}: how are we doing?`,
      text: `Dear customer, thank you. A colleague will look at case ${ticket}.`,
    }),
  },
  'five texts in turn': {
    most: 2,
    write: ({ subject }, ticket) => ({
      from: 'help@them.example',
      subject: `Re: ${subject} (${ticket})`,
      text:
        [
          `Hello, your request has come to us and is number ${ticket} in our queue.`,
          'Many thanks for getting in touch. Somebody from the team is going to read this shortly.',
          `We got it! While you wait, have a look at our help pages. Your reference: ${ticket}.`,
          'Your message is with us.',
          'Somebody will write to you.',
        ][ticket % 5] ?? '',
    }),
  },
  'a short text, and subjects that have nothing to do with each other': {
    most: 3,
    write: (_, ticket) => ({
      from: 'help@them.example',
      subject: ['Welcome', 'Hold the line', 'Good news'][ticket % 3] ?? '',
      text: `Case ${ticket} received.`,
    }),
  },
  // nothing connects these mails: only their pace shows a machine, and limits.per_correspondent (off here) ends it
  'another text and another subject every time': {
    most: 12,
    write: (_, ticket) => {
      const word = (n: number) =>
        `${'bcdfghjklm'[(ticket + n) % 10]}${'aeiou'[(ticket * n) % 5]}${'nprst'[n % 5]}${ticket.toString(36).replace(/\d/gu, 'q')}`
      return {
        from: 'help@them.example',
        subject: `${word(1)} ${word(2)} ${word(3)}`,
        text: Array.from({ length: 30 }, (_one, n) => word(n)).join(' '),
      }
    },
  },
}

describe('one of us and a helpdesk of another make that answers everything', () => {
  test.each(Object.entries(FOREIGN))('%s', (_, { most, write }) => {
    for (const waitMs of [500, 60_000]) {
      const us = openDesk({ address: 'support@us.example', locales: ['en'], templates })
      let mail: Bare = { from: 'help@them.example', subject: 'Your package is on the way!', text: 'It left us today.' }
      let at = BEGIN
      for (let ticket = 286_600; ticket < 286_600 + 7 * ENDLESS; ticket += 7) {
        const { answer } = us.settle(mail, at)
        if (answer === undefined) break
        mail = write({ ...answer, subject: untagged(answer.subject) }, ticket)
        at = later(at, waitMs)
      }
      expect(us.sent()).toBeGreaterThan(0)
      expect(us.sent()).toBeLessThanOrEqual(most)
    }
  })
})

describe('a storm from one sender that no sign gives away', () => {
  const desk = () => openDesk({ address: 'support@us.example', locales: ['en'], templates })
  test('a thousand times one text within a day: one notice, and one mute', () => {
    const us = desk()
    let mutes = 0
    for (let n = 0; n < 1_000; n += 1) {
      const mail = {
        from: 'probe@them.example',
        subject: `Alarm ${n}`,
        text: `The disk of host ${n} is full, please look.`,
      }
      const { consequences } = us.settle(mail, later(BEGIN, n * 80_000))
      if (consequences.mute !== undefined) mutes += 1
    }
    expect(us.sent()).toBe(1)
    expect(mutes).toBe(1)
  })
  test('it is silence to the end, though its only answered mail is long out of sight', () => {
    const us = desk()
    for (let n = 0; n < 1_000; n += 1) {
      us.settle(
        { from: 'probe@them.example', subject: '', text: 'The disk is full, please look.' },
        later(BEGIN, n * 600_000),
      )
    }
    // short, and without a subject: two are forgiven
    expect(us.sent()).toBe(2)
  })
  test('and another sender is answered all the while', () => {
    const us = desk()
    for (let n = 0; n < 50; n += 1) {
      us.settle({ from: 'probe@them.example', subject: 'Alarm', text: 'The disk is full.' }, later(BEGIN, n * 1_000))
    }
    expect(
      us.settle({ from: 'ann@customer.example', subject: 'Alarm', text: 'The disk is full.' }, later(BEGIN, 50_000))
        .answer,
    ).toBeDefined()
  })
})

describe('a person', () => {
  const ann = (subject: string, text: string) => ({ from: 'Ann Lee <ann@customer.example>', subject, text })
  const settleAll = (mails: readonly Bare[], minutes: number) => {
    const us = openDesk({ address: 'support@us.example', locales: ['en'], templates })
    return mails.map((mail, n) => us.settle(mail, later(BEGIN, n * minutes * 60_000)).answer !== undefined)
  }
  test('who writes twice about one subject is answered twice, and then has had enough', () => {
    const mails = ['It does not print.', 'It still does not, and now it beeps.', 'Hello?', 'Is anybody there?']
    expect(
      settleAll(
        mails.map((text) => ann('Printer', text)),
        60,
      ),
    ).toEqual([true, true, false, false])
  })
  test('who has four different questions in ten minutes is answered four times', () => {
    const mails = [
      ann('Invoice of October', 'Could you send me the invoice of October once more?'),
      ann('New address', 'We have moved to Corfu. Please change our address.'),
      ann('Opening hours', 'When are you open on Saturdays?'),
      ann('Broken bowl', 'One of the bowls came broken. What now?'),
    ]
    expect(settleAll(mails, 2)).toEqual([true, true, true, true])
  })
  test('who sends attachments with a line is answered, until it looks like a machine', () => {
    const mails = ['Contract', 'Passport', 'Photo'].map((subject) => ann(subject, 'Please see the attached file.'))
    expect(settleAll(mails, 60)).toEqual([true, true, false])
  })
  test('who presses send twice is answered once', () => {
    const text =
      'Good morning, I would like to know whether you also send parcels to Cyprus, what it costs, and how long a parcel takes to get there.'
    expect(settleAll([ann('Cyprus', text), ann('Cyprus', text)], 1)).toEqual([true, false])
  })
  test('who writes empty mails with pictures is answered as often as the limits allow', () => {
    expect(settleAll([ann('', ''), ann('', ''), ann('', '')], 30)).toEqual([true, true, true])
  })
})
