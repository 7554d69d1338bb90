import { describe, expect, test } from 'vitest'
import type { SignRow } from '../../src/classify/sign-row.ts'
import { SIGNS } from '../../src/classify/signs.ts'
import type { Message } from '../../src/mail/message.ts'
import type { Nature, Sign } from '../../src/mail/nature.ts'
import { codesOf, letterWith, mailsIn, natureOf, parsed } from './sign-mails.ts'

/** What weak signs do together, tried on every pair: the evidence of two mails is put into one ordinary letter. */

const WEAK = SIGNS.filter((row) => row.class === 'weak')
const MAILS = new Map((await mailsIn('signs')).map((mail) => [mail.code, mail.message]))
const ORDINARY = await parsed(letterWith([]))

/** The part of a message in which a sign was seen, put into another one. */
function grafted(onto: Message, from: Message, sign: Sign): Message {
  switch (sign.where) {
    case 'to':
      return { ...onto, to: from.to, cc: from.cc, otherRecipients: from.otherRecipients }
    case 'from':
      return { ...onto, from: from.from }
    case 'subject':
      return { ...onto, subject: from.subject }
    case 'text':
      return { ...onto, text: `${onto.text}\n${from.text}` }
    case 'reverse-path':
    case 'return-path':
      return { ...onto, returnPath: from.returnPath }
    default:
      return { ...onto, fields: [...onto.fields, ...from.fields.filter((field) => field.name === sign.where)] }
  }
}

/** One letter with the evidence of all these rows, as far as there is room for it: a letter has one subject. */
function together(rows: readonly SignRow[]): { readonly message: Message; readonly nature: Nature } {
  const message = rows.reduce((onto, { code }) => {
    const from = MAILS.get(code)
    const sign = from === undefined ? undefined : natureOf(from).signs.find((one) => one.code === code)
    return from === undefined || sign === undefined ? onto : grafted(onto, from, sign)
  }, ORDINARY)
  return { message, nature: natureOf(message) }
}

function shownBy(rows: readonly SignRow[]): boolean {
  const seen = codesOf(together(rows).nature)
  return rows.every((row) => seen.includes(row.code))
}

const PAIRS = WEAK.flatMap((one, i) => WEAK.slice(i + 1).map((other) => [one, other] as const)).filter(shownBy)
/** The documented rule: each may be borne out by the other, and they show the same or one is plain `automatic`. */
const agree = ([a, b]: readonly [SignRow, SignRow]): boolean =>
  (a.borneOutBy?.some((by) => by === b.family || by === b.code) ?? true) &&
  (b.borneOutBy?.some((by) => by === a.family || by === a.code) ?? true) &&
  (a.shows === b.shows || a.shows === 'automatic' || b.shows === 'automatic')
const named = (pairs: readonly (readonly [SignRow, SignRow])[]): readonly string[] =>
  pairs.map(([a, b]) => `${a.code} + ${b.code}`)

describe('weak signs', () => {
  test('can each be put into an ordinary letter, and leave a person there', () => {
    expect(WEAK.filter((row) => !shownBy([row])).map((row) => row.code)).toEqual([])
    expect(WEAK.filter((row) => together([row]).nature.kind !== 'person').map((row) => row.code)).toEqual([])
  })
  test('of one family never decide, two or all of them together', () => {
    const same = PAIRS.filter(([a, b]) => a.family === b.family)
    expect(same.length).toBeGreaterThan(50)
    expect(named(same.filter((pair) => together(pair).nature.kind !== 'person'))).toEqual([])
    const families = [...new Set(WEAK.map((row) => row.family))]
    const loud = families.filter(
      (family) => together(WEAK.filter((row) => row.family === family)).nature.kind !== 'person',
    )
    expect(loud).toEqual([])
  })
  test('of two families that agree decide, for the more exact nature of the two', () => {
    const agreeing = PAIRS.filter((pair) => pair[0].family !== pair[1].family && agree(pair))
    expect(agreeing.length).toBeGreaterThan(50)
    const exacter = ([a, b]: readonly [SignRow, SignRow]): string => (a.shows === 'automatic' ? b.shows : a.shows)
    const wrong = agreeing.filter((pair) => together(pair).nature.kind !== exacter(pair))
    expect(named(wrong)).toEqual([])
  })
  test('of two families that do not agree leave a person', () => {
    const quarrelling = PAIRS.filter((pair) => pair[0].family !== pair[1].family && !agree(pair))
    expect(quarrelling.length).toBeGreaterThan(0)
    expect(named(quarrelling.filter((pair) => together(pair).nature.kind !== 'person'))).toEqual([])
  })
  test('that agree yield to the allow-list, and to one of them being switched off', () => {
    const agreeing = PAIRS.filter((pair) => pair[0].family !== pair[1].family && agree(pair))
    const kept = (context: Parameters<typeof natureOf>[1], pair: readonly [SignRow, SignRow]): boolean =>
      natureOf(together(pair).message, context).kind === 'person'
    expect(named(agreeing.filter((pair) => !kept({ alwaysAnswer: ['*'] }, pair)))).toEqual([])
    expect(
      named(agreeing.filter((pair) => !pair.every(({ code }) => kept({ signsOff: new Set([code]) }, pair)))),
    ).toEqual([])
  })
})
