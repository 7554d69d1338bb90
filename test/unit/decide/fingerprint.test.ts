import { describe, expect, test } from 'vitest'
import { alike, fingerprintOf, isLong, resemblance, similar } from '../../../src/decide/fingerprint.ts'
import { after, instant } from '../../../src/mail/instant.ts'
import { renderNotice } from '../../../src/render/render.ts'
import { order, shipped } from '../render/orders.ts'

const of = (text: string) => fingerprintOf({ text })
const LETTER = `Good morning,

we received a parcel from you yesterday, and two of the bowls in it are broken. The box looks as if somebody had
dropped it, and the paper between the bowls was missing. Could you send us two new ones, or give us our money back?

Greetings from Corfu`

describe('the fingerprint of a text is the same', () => {
  test.each([
    ['for other numbers', 'Your request 4711 was registered.', 'Your request 286607 was registered.'],
    ['for another ticket', 'It is ticket [#K7M2Q9F] now.', 'It is ticket [#ABCDEFG] now.'],
    ['for another case', 'Thank You Very Much', 'thank you very much'],
    ['for other blanks and line ends', 'one two\nthree', 'one  two\r\n\tthree '],
    ['for compatible characters', 'the ﬁle Ａ is here', 'the file A is here'],
    ['for another address', 'write to <a@x.example> now', 'write to bob@y.example now'],
    ['for another link', 'see https://x.example/a?b=c now', 'see http://y.example/?t=Zz now'],
    [
      'for another day',
      'It came on Monday, November 23 at 1:00 PM, thanks',
      'It came on Tue, 24 Dec 2026 at 10:15, thanks',
    ],
    [
      'for another day in Greek',
      'Το λάβαμε Δευτέρα 23 Νοεμβρίου στις 1:00 μ.μ.',
      'Το λάβαμε Τρίτη 4 Μαΐου στις 11:30 π.μ.',
    ],
    ['for another day in Chinese', '我們已於11月23日星期一 下午1:00 收到', '我們已於4月2日星期四 上午11:30 收到'],
    ['for another quotation', 'about “My printer” we say', 'about “Re: My other printer!” we say'],
    ['for other quoted lines', 'I agree.\n> one', 'I agree.\n> two\n> three'],
    ['whoever is quoted', 'I agree.\n\nAm Montag schrieb Bob:\n> one', 'I agree.\nAnn wrote:\n> two'],
    ['below a divider', 'Done.\n----- Original Message -----\nabc', 'Done.\n___ Weitergeleitete Nachricht ___\nxyz'],
    ['below a signature mark', 'Hello you\n-- \nAnn', 'Hello you\n--\nBob\nX Ltd'],
  ])('%s', (_, one, other) => {
    expect(of(one)).not.toBe('')
    expect(of(other)).toBe(of(one))
  })
})

describe('the fingerprint of a text tells apart', () => {
  test.each([
    ['short texts', 'Please call me', 'Please write to me'],
    ['words that may be months', 'May I ask for help', 'Can I ask for help'],
    ['Chinese texts', '我的打印機壞了', '我的訂單在哪裡'],
    ['one word', 'yes', 'no'],
  ])('%s', (_, one, other) => {
    expect(similar(of(one), of(other))).toBe(false)
  })
  test('two letters of one person, greeting and signature the same', () => {
    const frame = (text: string) =>
      `Hello,\n\n${text}\n\nKind regards,\nAnn Lee\nLee & Sons, Corfu\nTel. +30 210 1234567`
    const [one, other] = [
      frame('my printer does not print since this morning, and the light at its front is red.'),
      frame('could you please send me the invoice for my order of last week once more?'),
    ]
    expect(alike(of(one), of(other))).toBe(false)
  })
  test('two letters with the same long disclaimer', () => {
    const disclaimer =
      'This message and any attachment are confidential and intended solely for the addressee. If you are not the addressee, please tell the sender and delete it. Any use by others is forbidden. '
    const [one, other] = [
      'Dear team, our delivery has not come yet and we need it before the fair on Friday. Where is it?',
      'Dear team, who of you can tell me how to change the address that our invoices are sent to?',
    ]
    expect(similar(of(`${one}\n\n${disclaimer.repeat(3)}`), of(`${other}\n\n${disclaimer.repeat(3)}`))).toBe(false)
  })
})

describe('texts are similar', () => {
  test('where a word or two of a letter changed', () => {
    const changed = LETTER.replace('yesterday', 'today').replace('broken', 'cracked')
    expect(of(changed)).not.toBe(of(LETTER))
    expect(similar(of(changed), of(LETTER))).toBe(true)
  })
  test('where a warning of strangers was put before both', () => {
    const warned = (text: string) => `CAUTION: external mail, think before you click.\n\n${text}`
    expect(similar(of(warned(LETTER)), of(warned(LETTER.replace('two', 'three'))))).toBe(true)
  })
  test('and a mail that only quotes is known by what it quotes', () => {
    const quoted = LETTER.replace(/^/gmu, '> ')
    expect(similar(of(quoted), of(LETTER))).toBe(true)
  })
  test('never where there is no text', () => {
    expect(of('')).toBe('')
    expect(of(' \n\t… !!! 👍')).toBe('')
    expect(similar('', '')).toBe(false)
    expect(alike('', of('hello'))).toBe(false)
    expect(resemblance('', '')).toBe(0)
  })
})

test('a long text is one that is not written twice by chance', () => {
  expect(isLong(of('Hello, please see the attached file. Thanks, Bob'))).toBe(false)
  expect(isLong(of(LETTER))).toBe(true)
})

describe('our own notices are known again in every language', () => {
  const SUBJECTS = [
    'My printer does not print',
    '',
    'Automatic reply: Re: Automatic reply: Re: My printer does not print at all today…',
    'The “quoted” thing, and «another»',
    '關於訂單的問題',
    'Ann\'s "thing" is broken',
  ]
  test.each(['en', 'el', 'zh-Hant'])('%s, whatever subject, name, ticket and instant they tell', async (locale) => {
    const { set } = await shipped()
    const prints = SUBJECTS.flatMap((subject, i) =>
      [0, 4, 8].map((days) => {
        const at = instant(Date.UTC(2026, 10, 23 + days, 8 + i))
        const letter = renderNotice(
          set,
          order({
            notice: { subject, locale, customerName: i % 2 === 0 ? 'Maria' : '' },
            ticketTag: days === 0 ? '[#K7M2Q9F]' : '[#ABCDEFG]',
            receivedAt: at,
            expectedReply: after(at, 86_400_000),
            resources: [],
          }),
        )
        return of(letter.text)
      }),
    )
    for (const one of prints) {
      expect(isLong(one)).toBe(true)
      expect(prints.filter((other) => !similar(one, other))).toEqual([])
    }
  })
})

describe('hostile texts', () => {
  test.each([
    ['a megabyte of one letter', 'a'.repeat(1_000_000)],
    ['a megabyte of words', 'lorem ipsum '.repeat(100_000)],
    ['brackets without end', '['.repeat(500_000)],
    ['quotation marks without end', '“'.repeat(500_000)],
    ['at signs', 'a@'.repeat(500_000)],
    ['dashes', `${'-'.repeat(150)}x\n`.repeat(10_000)],
    ['colons', 'a:\n'.repeat(300_000)],
    ['colons and blank lines', ':\n\n'.repeat(300_000)],
    ['expanding characters', 'ﷺ'.repeat(300_000)],
    ['numbers', '1 '.repeat(500_000)],
  ])(
    '%s take no time and give a bounded fingerprint',
    (_, text) => {
      expect(of(text).length).toBeLessThanOrEqual(320)
    },
    2_000,
  )
})
