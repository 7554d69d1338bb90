import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deliveredToSeen, deliveryStamps, type HandOnEdit, handedOnOctets } from '../../../src/deliver/hand-on.ts'
import type { Address } from '../../../src/mail/address.ts'
import { octetsOf, whole } from './fixture.ts'

const OURS = 'mx.acme.example'
const edit = (changed: Partial<HandOnEdit> = {}): HandOnEdit => ({ prepend: [], ownAuthservId: OURS, ...changed })

async function handedOn(text: string, changed?: Partial<HandOnEdit>, size = 11): Promise<string> {
  const octets = await whole(handedOnOctets(octetsOf(Buffer.from(text, 'latin1'), size), edit(changed)))
  return octets.toString('latin1')
}

const lines = (...all: string[]): string => all.map((line) => `${line}\r\n`).join('')

describe('what is removed', () => {
  test.each([
    ['X-Replyd-Ticket: forged'],
    ['x-REPLYD-anything:forged', ' folded', '\tand folded again'],
    ['X-Replyd-Ticket : an obsolete blank before the colon'],
    [`Authentication-Results: ${OURS}; spf=pass`],
    ['authentication-results:MX.Acme.EXAMPLE 1;', '  dmarc=pass'],
    ['Authentication-Results:', ` ${OURS};`, ' dkim=pass'],
    [`Authentication-Results: (a (nested) comment\\)) "${OURS}" (v1) 1; none`],
    [`Authentication-Results: ${OURS}`],
  ])('%j', async (...forged) => {
    expect(await handedOn(lines('From: a@b.example', ...forged, 'Subject: x', '', 'body'))).toBe(
      lines('From: a@b.example', 'Subject: x', '', 'body'),
    )
  })

  test.each([
    'X-Reply: not ours',
    'X-Replydd: not ours',
    'Authentication-Results: mx.other.example; spf=pass',
    `Authentication-Results: ${OURS}.evil.example; spf=pass`,
    `Authentication-Results: (${OURS}) other.example; spf=pass`,
    `Authentication-Results: other.example; (${OURS}) spf=pass`,
    `Authentication-Results: "${OURS}`.concat('x"; none'),
    `Authentication-Results: ; ${OURS}`,
    `ARC-Authentication-Results: i=1; ${OURS}; spf=pass`,
    'not a field at all',
  ])('and %j is not', async (kept) => {
    const message = lines('From: a@b.example', kept, ' its continuation', '', 'body')
    expect(await handedOn(message)).toBe(message)
  })

  test('nothing in the body, whatever it looks like', async () => {
    const message = lines('From: a@b.example', '', 'X-Replyd-Ticket: text', '', `Authentication-Results: ${OURS}; x`)
    expect(await handedOn(message)).toBe(message)
  })
})

describe('what is added', () => {
  test('our lines, on top, complete with their line ends', async () => {
    const prepend = ['Delivered-To: support@acme.example', 'X-Replyd-Ticket: K7M2Q9F']
    expect(await handedOn('Subject: x\r\n\r\nbody', { prepend })).toBe(`${lines(...prepend)}Subject: x\r\n\r\nbody`)
  })

  test.each([
    ['Subject: hello', 'Subject: [#K7M2Q9F] hello'],
    ['subject:hello', 'subject: [#K7M2Q9F] hello'],
    ['Subject: a\r\n folded one', 'Subject: [#K7M2Q9F] a\r\n folded one'],
    ['Subject:\r\n folded at once', 'Subject: [#K7M2Q9F]\r\n folded at once'],
    ['Subject: ', 'Subject: [#K7M2Q9F]'],
    ['Subject: Re: [#K7M2Q9F] hello', 'Subject: Re: [#K7M2Q9F] hello'],
    [`Subject: ${'x'.repeat(980)}`, `Subject: [#K7M2Q9F]\r\n ${'x'.repeat(980)}`],
    ['Subject: one\r\nSubject: two', 'Subject: [#K7M2Q9F] one\r\nSubject: two'],
  ])('the tag: %j', async (before, expected) => {
    const subjectTag = '[#K7M2Q9F]'
    expect(await handedOn(`${before}\r\n\r\nSubject: body`, { subjectTag })).toBe(`${expected}\r\n\r\nSubject: body`)
  })

  test('a subject for the tag, where there is none', async () => {
    expect(await handedOn('From: a@b.example\r\n\r\n', { subjectTag: '[#K7M2Q9F]' })).toBe(
      'Subject: [#K7M2Q9F]\r\nFrom: a@b.example\r\n\r\n',
    )
  })

  test('UTF-8 in our lines stays UTF-8', async () => {
    const octets = await whole(
      handedOnOctets(octetsOf('A: b\r\n\r\n'), edit({ prepend: ['Delivered-To: jõ@näide.ee'] })),
    )
    expect(octets.toString('utf8')).toBe('Delivered-To: jõ@näide.ee\r\nA: b\r\n\r\n')
  })

  test('a line of ours is one line, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (hostile) => {
        const text = await handedOn('A: b\r\n\r\nbody', { prepend: [`X-Replyd-Ticket: ${hostile}`] })
        const [first, ...rest] = text.split('\r\n')
        expect(first).toMatch(/^X-Replyd-Ticket: [^\r\n]*$/u)
        expect(rest).toEqual(['A: b', '', 'body'])
      }),
    )
  })

  test('a continuation at the very top of a message does not become part of our last line', async () => {
    const text = await handedOn(' evil\r\nA: b\r\n\r\n', { prepend: ['X-Replyd-Ticket: K7M2Q9F'] })
    expect(text).toMatch(/^X-Replyd-Ticket: K7M2Q9F\r\nX-Replyd-Note: [^\r\n]+\r\n evil\r\nA: b\r\n\r\n$/u)
  })
})

describe('nothing else changes', () => {
  const octet = fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    ' ',
    '\t',
    ':',
    'a',
    'Subject',
    'From: x',
    '\0',
    '\xff',
    '.',
    '"',
    '(',
  )
  const anything = fc.array(octet, { maxLength: 60 }).map((parts) => parts.join(''))

  test('octet for octet, for any octets, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(anything, fc.integer({ min: 1, max: 9 }), async (text, size) => {
        expect(await handedOn(text, {}, size)).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  test('the result does not depend on how the octets are cut', async () => {
    const message = lines(
      'A: 1',
      'X-Replyd-X: 1',
      ' 2',
      'Subject: s',
      `Authentication-Results: ${OURS}; x`,
      'B: 2',
      '',
      'b',
    )
    const wanted = await handedOn(message, { prepend: ['C: 3'], subjectTag: '[#T]' }, message.length)
    expect(wanted).toBe(lines('C: 3', 'A: 1', 'Subject: [#T] s', 'B: 2', '', 'b'))
    for (let size = 1; size < message.length; size += 1) {
      expect(await handedOn(message, { prepend: ['C: 3'], subjectTag: '[#T]' }, size)).toBe(wanted)
    }
  })

  test('an empty message, one without a body, and one without a header', async () => {
    for (const text of ['', '\r\n', '\r\nbody', '\nbody', 'A: b', 'A: b\r\n', '\r\n\r\n']) {
      expect(await handedOn(text, { prepend: ['P: q'] })).toBe(`P: q\r\n${text}`)
    }
  })

  test('a header section beyond its bound passes; what was within it is edited', async () => {
    const filler = lines(...Array.from({ length: 30_000 }, (_, i) => `X-Filler-${i}: ${'x'.repeat(40)}`))
    const text = `X-Replyd-A: 1\r\n${filler}X-Replyd-B: 2\r\n\r\nbody`
    expect(text.length).toBeGreaterThan(1.2 * 1024 * 1024)
    expect((await handedOn(text, {}, 65_536)) === text.slice('X-Replyd-A: 1\r\n'.length)).toBe(true)
  })

  test('a megabyte of folds, colons or open comments takes no more than linear time', async () => {
    const began = performance.now()
    for (const unit of [' \r\n', ':', '(', '\r\n ', 'a:\r\n', '"\\']) {
      const text = `Authentication-Results: ${unit.repeat(Math.floor(1_000_000 / unit.length))}`
      expect((await handedOn(text, {}, 65_536)).length).toBeGreaterThan(900_000)
    }
    expect(performance.now() - began).toBeLessThan(8_000) // quadratic would be minutes
  })

  test.each([[['A: b\r\n\r\n']], [['A: b\r\n', '\r\n']], [['A: b\r', '\n\r', '\n']], [['\r', '\n']], [['\r\n']]])(
    'the body streams, wherever the end of the header %j is cut',
    async (header) => {
      let seen = 0
      for await (const chunk of handedOnOctets(endless(header), edit())) {
        seen += chunk.length
        if (seen > 100_000) break
      }
      expect(seen).toBeLessThan(102_000)
    },
  )
})

async function* endless(header: readonly string[]): AsyncIterable<Uint8Array> {
  for (const chunk of header) yield Buffer.from(chunk)
  for (;;) yield Buffer.alloc(1024)
}

/** Header lines as a Message has them. */
const fieldsOf = (text: string) =>
  text.split('\r\n').flatMap((line) => {
    const [, name, value] = /^([^:]+): (.*)$/u.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [{ name: name.toLowerCase(), value }]
  })

describe('a loop', () => {
  const mailbox = 'support@acme.example' as Address
  test('shows when a message comes back that was handed on to this mailbox before', async () => {
    const text = await handedOn('A: b\r\n\r\n', { prepend: deliveryStamps(OURS, mailbox) })
    expect(text).toMatch(/^Delivered-To: support@acme\.example\r\n/u)
    expect(deliveredToSeen(fieldsOf(text), mailbox, OURS)).toBe(true)
    expect(deliveredToSeen(fieldsOf(text), 'Support@acme.example' as Address, OURS)).toBe(true)
  })

  test('is not seen in another mailbox, another installation, or a Delivered-To that others stamped', async () => {
    const text = await handedOn('A: b\r\n\r\n', { prepend: deliveryStamps(OURS, mailbox) })
    expect(deliveredToSeen(fieldsOf(text), 'billing@acme.example' as Address, OURS)).toBe(false)
    expect(deliveredToSeen(fieldsOf(text), mailbox, 'other.example')).toBe(false)
    const upstream = [
      { name: 'delivered-to', value: mailbox },
      { name: 'delivered-to', value: mailbox },
    ]
    expect(deliveredToSeen(upstream, mailbox, OURS)).toBe(false)
  })
})
