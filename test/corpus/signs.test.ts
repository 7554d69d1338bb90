import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { SIGNS } from '../../src/classify/signs.ts'
import { UNKNOWN_PATH } from '../../src/mail/address.ts'
import {
  attached,
  attachedAlone,
  codesOf,
  forwardedInline,
  letterWith,
  mailsIn,
  natureOf,
  parsed,
  quoted,
  tabledMisses,
} from './sign-mails.ts'

const MAILS = await mailsIn('signs')
const MISSES = [...(await mailsIn('near-misses')), ...(await tabledMisses())]

const rows = new Map(SIGNS.map((row) => [row.code, row]))
const codes = SIGNS.map((row) => row.code)
const ALL_OFF = new Set(codes)
const ANYBODY = ['*']
const OWN_WORDS = /We got your mail:.*We got your mail:/u

const classOf = (code: string) => rows.get(code)?.class
const mailsOf = (kind: 'hard' | 'strong' | 'weak') => MAILS.filter((mail) => classOf(mail.code) === kind)

describe('the folder', () => {
  test('holds a mail and a near miss for every sign, and for nothing else', () => {
    expect(MAILS.map((mail) => mail.code).toSorted()).toEqual(codes.toSorted())
    expect(MISSES.map((mail) => mail.code).toSorted()).toEqual(codes.toSorted())
  })
  test('holds whole mails: to us, with a path, a sender, a subject, a date and an id, and without a fault', () => {
    const poor = MAILS.filter(({ message, octets }) => {
      const named = new Set(message.fields.map((field) => field.name))
      const whole = ['received', 'from', 'to', 'subject', 'date', 'message-id'].every((name) => named.has(name))
      const toUs = octets.includes('support@acme.example')
      return !(whole && toUs) || message.defects.some((defect) => defect.code !== 'bad-from')
    })
    expect(poor.map((mail) => mail.code)).toEqual([])
  })
  test('holds no mail twice', () => {
    expect(new Set(MAILS.map((mail) => mail.message.messageId)).size).toBe(MAILS.length)
    const texts = MAILS.map((mail) => mail.message.text).filter((text) => text !== '')
    expect(new Set(texts).size).toBe(texts.length)
  })
})

describe('a mail with the sign', () => {
  test.each(MAILS)('$code is seen', ({ code, message }) => {
    expect(codesOf(natureOf(message))).toContain(code)
  })
  test.each(mailsOf('hard'))('$code decides, whatever is allowed or switched off', ({ code, message }) => {
    expect(natureOf(message).kind).not.toBe('person')
    const nature = natureOf(message, { alwaysAnswer: ANYBODY, signsOff: ALL_OFF, correspondent: 'has-open-ticket' })
    expect(nature.kind).not.toBe('person')
    expect(codesOf(nature)).toContain(code)
    expect(nature.signs.filter((sign) => sign.class !== 'hard')).toEqual([])
  })
  test.each(mailsOf('strong'))('$code decides by itself', ({ code, message }) => {
    const others = new Set(codes.filter((one) => one !== code))
    const nature = natureOf(message, { signsOff: others })
    expect(codesOf(nature)).toEqual([code])
    expect(nature.kind).toBe(rows.get(code)?.shows)
    expect(natureOf(message).kind).not.toBe('person')
  })
  // a From that holds no address names nobody whom a list could allow
  test.each(mailsOf('strong').filter((mail) => mail.message.from.length === 1))(
    '$code yields to the allow-list, and still shows',
    ({ code, message }) => {
      const nature = natureOf(message, { alwaysAnswer: ANYBODY })
      expect(nature.kind).toBe('person')
      expect(codesOf(nature)).toContain(code)
      expect(natureOf(message, { alwaysAnswer: ['*@another.example'] }).kind).not.toBe('person')
    },
  )
  test.each([...mailsOf('strong'), ...mailsOf('weak')])(
    '$code can be switched off by its code',
    ({ code, message }) => {
      expect(codesOf(natureOf(message, { signsOff: new Set([code]) }))).not.toContain(code)
    },
  )
  test.each(mailsOf('weak'))('$code alone leaves a person a person', ({ code, message }) => {
    const nature = natureOf(message)
    expect(nature.kind).toBe('person')
    const families = new Set(codesOf(nature).map((one) => rows.get(one)?.family))
    expect([...families]).toEqual([rows.get(code)?.family])
  })
})

describe('a near miss', () => {
  test.each(MISSES)('$code is not seen, and a person wrote it', ({ code, message }) => {
    const nature = natureOf(message)
    expect(codesOf(nature)).not.toContain(code)
    expect(nature.signs.filter((sign) => sign.class !== 'weak')).toEqual([])
    expect(nature.kind).toBe('person')
  })
  test('the ordinary letter under the table shows nothing', async () => {
    expect(natureOf(await parsed(letterWith([])))).toEqual({ kind: 'person', signs: [] })
  })
  test.each(SIGNS.filter((row) => row.look.kind === 'field' && row.class !== 'hard'))(
    '$code: the field with nothing in it says nothing',
    async ({ code, look }) => {
      const names = look.kind === 'field' ? look.names.filter((name) => name !== 'from') : []
      const message = await parsed(letterWith(names.map((name) => `${name.replace(/\*$/u, 'x')}: `)))
      expect(codesOf(natureOf(message))).not.toContain(code)
    },
  )
})

describe('the same mail', () => {
  test.each(MAILS)('$code: as an attachment of a person it says nothing about the person', async (mail) => {
    expect(natureOf(await parsed(attached(mail)))).toEqual({ kind: 'person', signs: [] })
  })
  test.each(MAILS)('$code: as all that a person attached, it says nothing about the person', async (mail) => {
    expect(natureOf(await parsed(attachedAlone(mail)))).toEqual({ kind: 'person', signs: [] })
  })
  test.each(MAILS)('$code: quoted in a letter, header and all, it says nothing about the person', async (mail) => {
    expect(natureOf(await parsed(quoted(mail)))).toEqual({ kind: 'person', signs: [] })
  })
  // our own words twice in a subject are a loop wherever they stand
  test.each(MAILS.filter((mail) => !OWN_WORDS.test(mail.message.subject)))(
    '$code: sent on in a letter, it leaves the person a person',
    async (mail) => {
      const nature = natureOf(await parsed(forwardedInline(mail)))
      expect(nature.kind).toBe('person')
      expect(nature.signs.filter((sign) => sign.class !== 'weak')).toEqual([])
    },
  )
  test.each(MAILS)('$code: with the line ends of the wire it shows the same', async ({ octets, message }) => {
    const wired = await parsed(Buffer.from(octets.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'))
    expect(natureOf(wired)).toEqual(natureOf(message))
  })
  test.each(MAILS)('$code: the envelope says what Return-Path says, and no envelope says less', ({ message }) => {
    const { returnPath = UNKNOWN_PATH, ...rest } = message
    const stripped = { ...rest, returnPath: undefined }
    const told = natureOf(stripped, {}, returnPath)
    expect(codesOf(told)).toEqual(codesOf(natureOf(message)))
    expect(codesOf(natureOf(message))).toEqual(expect.arrayContaining([...codesOf(natureOf(stripped))]))
  })
})
