import { describe, expect, test } from 'vitest'
import { growsFrom, stemOf } from '../../../src/decide/subject-stem.ts'

describe('the stem of a subject', () => {
  test.each([
    ['Re: AW: [#K7M2Q9F] My Printer (2)', 'my printer'],
    ['[EXTERNAL] Ticket 4711: My printer', 'ticket my printer'],
    ['Case ＃99 ＡＢＣ', 'case abc'],
    ['關於訂單 12', '關 於 訂 單'],
    ['#4711', ''],
    ['12 34-56', ''],
    ['', ''],
  ])('of %j is %j', (subject, stem) => {
    expect(stemOf(subject).join(' ')).toBe(stem)
  })
})

const grows = (subject: string, earlier: string) => growsFrom(stemOf(subject), stemOf(earlier))

describe('a subject grows out of an earlier one', () => {
  test.each([
    ['with other numbers', 'Order 17', 'Order 4711'],
    ['with a tag before it', '[#402] Re: My printer', 'My printer'],
    ['with a prefix before it', 'Automatic reply: Re: My printer', 'My printer'],
    [
      'with several',
      '[#402] Re: Automatic reply: Re: Ticket received 12: Automatic reply: Re: My printer',
      'Automatic reply: Re: My printer',
    ],
    ['with words behind it', 'My printer (your request 7)', 'My printer'],
    ['with one long word in it', 'Antwort: Rechnungskorrektur', 'Rechnungskorrektur'],
    [
      'though its end was cut off',
      'Automatic reply: Re: Automatic reply: Re: The invoice for the new printer that we…',
      'Automatic reply: Re: The invoice for the new printer that we bought in May…',
    ],
    ['in Chinese', '自動回覆：Re: 關於訂單的問題', '關於訂單的問題'],
  ])('%s', (_, subject, earlier) => {
    expect(grows(subject, earlier)).toBe(true)
  })
})

describe('a subject does not grow out of', () => {
  test.each([
    ['another one', 'Problem with my order', 'Problem with my invoice'],
    ['one short word that both have', 'Order and invoice are missing', 'Order'],
    ['one that is empty', 'My printer', ''],
    ['one of numbers alone', 'My printer 17', '17'],
    ['the longer one it came before', 'My printer', 'Ticket received: My printer'],
  ])('%s', (_, subject, earlier) => {
    expect(grows(subject, earlier)).toBe(false)
  })
  test('anything, where it is empty itself', () => {
    expect(grows('', '')).toBe(false)
  })
  test('and a hostile one takes no time', () => {
    expect(stemOf('re:'.repeat(100_000)).length).toBeLessThanOrEqual(1_000)
    const long = 'a b '.repeat(100_000)
    expect(grows(long, long)).toBe(true)
    expect(grows(`${long.slice(0, 998)}x`, long)).toBe(true)
  }, 2_000)
})
