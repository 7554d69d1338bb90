import { describe, expect, test } from 'vitest'
import { fingerprintOf } from '../../../src/decide/fingerprint.ts'
import { stormOf } from '../../../src/decide/storm.ts'
import type { Recent } from '../../../src/mail/limits.ts'
import { ago, decided, factsOf, reasonsOf } from './facts.ts'

const MINUTE_MS = 60_000
const LONG =
  'The disk of your host is full since this morning. Somebody should look at it before the night comes and the backup begins to run again, because there is no room left for what it writes.'
const SHORT = 'Please see the attached file.'

const recent = (change: Partial<Recent> & { text?: string } = {}): Recent => ({
  at: ago(60 * MINUTE_MS),
  answer: 'notice',
  subject: 'Something else',
  fingerprint: fingerprintOf({ text: change.text ?? 'Nothing of this is repeated.' }),
  ...change,
})
const times = (count: number, one: Recent) => Array.from({ length: count }, () => one)
const storm = (text: string, mails: readonly Recent[], subject = 'My printer') =>
  stormOf(factsOf({ subject, text, findings: { recent: mails } }))
const CALM = { text: undefined, subject: undefined, pace: undefined, mails: undefined }

describe('a text that comes again', () => {
  test.each([
    ['a long one, once answered', LONG, [recent({ text: LONG })], true],
    ['a long one with other numbers', `${LONG} 17`, [recent({ text: `${LONG} 4711` })], true],
    ['a long one that was not answered', LONG, [recent({ text: LONG, answer: 'silence' })], false],
    ['a short one, once answered', SHORT, [recent({ text: SHORT })], false],
    [
      'a short one, once answered under this subject',
      SHORT,
      [recent({ text: SHORT, subject: 'Re: my printer [17]' })],
      true,
    ],
    ['a short one, twice answered', SHORT, times(2, recent({ text: SHORT })), true],
    ['another text', LONG, times(9, recent()), false],
    ['no text at all', '', times(9, recent({ text: '' })), false],
    ['what was silent five times before', SHORT, times(5, recent({ text: SHORT, answer: 'silence' })), true],
    ['what was silent four times before', SHORT, times(4, recent({ text: SHORT, answer: 'silence' })), false],
  ])('%s: %#', (_, text, mails, isLoop) => {
    expect(storm(text, mails).text !== undefined).toBe(isLoop)
  })
})

describe('a subject that comes again, or grows', () => {
  const about = (subject: string, answer: Recent['answer'] = 'notice') => recent({ subject, answer })
  test.each([
    ['after one notice', [about('My printer')], false],
    ['after two', [about('My printer'), about('Re: My Printer [#12]')], true],
    ['after a notice and a silence', [about('My printer'), about('My printer', 'silence')], false],
    ['after two for other subjects', [about('Ink'), about('Paper')], false],
  ])('%s', (_, mails, isLoop) => {
    expect(storm(LONG, mails).subject !== undefined).toBe(isLoop)
  })
  test('without a word it is none', () => {
    expect(storm(LONG, times(5, about('4711')), '4712').subject).toBeUndefined()
  })
})

describe('the pace', () => {
  const lately = (text: string, minutes = 9) => recent({ text, at: ago(minutes * MINUTE_MS) })
  const different = Array.from({ length: 10 }, (_, n) =>
    lately(`${'abcdefghij'[n]} other words every time ${'qrstuvwxyz'[n]}`),
  )
  test('of ten notices in ten minutes is none of a person, of nine it is', () => {
    expect(storm(LONG, different).pace).toBe('had 10 notices within 10 minutes')
    expect(storm(LONG, different.slice(1)).pace).toBeUndefined()
  })
  test('of two is none where the mails look alike', () => {
    const half = `${LONG.slice(0, 125)} night, or tell me who can.`
    expect(storm(LONG, times(2, lately(half)))).toEqual({ ...CALM, pace: 'had 2 notices within 10 minutes' })
    expect(storm(LONG, [lately(half)])).toEqual(CALM)
  })
  test('is that of the last ten minutes', () => {
    expect(storm(LONG, times(9, recent({ at: ago(10 * MINUTE_MS) }))).pace).toBeUndefined()
  })
})

test('a storm is six mails with one text or subject within an hour, this one among them', () => {
  const one = recent({ text: SHORT, answer: 'silence', at: ago(59 * MINUTE_MS) })
  expect(storm(SHORT, times(5, one)).mails).toBe(6)
  expect(storm(SHORT, times(4, one)).mails).toBeUndefined()
  expect(storm(SHORT, times(5, { ...one, at: ago(60 * MINUTE_MS) })).mails).toBeUndefined()
  const subjects = recent({ subject: 'my printer 3', answer: 'silence', at: ago(MINUTE_MS) })
  expect(storm(SHORT, times(5, subjects)).mails).toBe(6)
})

test('the reasons are told apart, with what they rest on', () => {
  const { reply } = decided({
    text: LONG,
    findings: { recent: times(2, recent({ text: LONG, subject: 'My printer' })) },
  })
  expect(reply).toMatchObject({
    because: [
      { code: 'repeats-itself', detail: 'had 2 notices for this text' },
      { code: 'subject-drifts', detail: 'had 2 notices for "My printer"' },
    ],
  })
  const pace = decided({ findings: { recent: times(10, recent({ at: ago(MINUTE_MS) })) } })
  expect(reasonsOf(pace)).toEqual(['too-many-at-once'])
})
