import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Inspected, inspectOctets, MAX_RECEIVED_HOPS } from '../../../src/receive/octets.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** @param cut sizes of the chunks, repeated; 0: all at once */
function inspect(text: string, maxOctets = 1_000_000, cut = 0): Inspected {
  const octets = Buffer.from(text)
  const inspection = inspectOctets(maxOctets)
  const size = cut === 0 ? octets.length || 1 : cut
  for (let at = 0; at < octets.length; at += size) inspection.take(octets.subarray(at, at + size))
  return inspection.end()
}

describe('line ends', () => {
  test.each([
    ['a bare LF', 'Subject: x\r\n\r\nHello\nWorld\r\n', 'Line 3 of the message holds an LF without a CR'],
    ['a bare CR', 'Subject: x\rBcc: y\r\n\r\n', 'Line 1 of the message holds a CR without an LF'],
    ['CR CR LF', 'Subject: x\r\r\n\r\n', 'Line 1 of the message holds a CR without an LF'],
    ['an LF as the first octet', '\nSubject: x\r\n\r\n', 'Line 1 of the message holds an LF'],
    ['a CR as the last octet', 'Subject: x\r\n\r\nHello\r', 'Line 3 of the message holds a CR'],
  ])('%s is refused, wherever the chunks are cut', (_, text, why) => {
    for (const cut of [0, 1, 2, 3, 7]) {
      const { refusal } = inspect(text, 1_000_000, cut)
      expect(refusal).toMatchObject({ code: 554, status: '5.6.0' })
      expect(refusal?.text).toContain(why)
      expect(refusal?.text).toContain('curl: use --crlf')
    }
  })
  test('CR LF throughout is accepted, also without a header, a body or anything', () => {
    for (const text of ['', '\r\n', 'Subject: x\r\n', '\r\n\r\n\r\n', 'Subject: x\r\n\r\nHello\0\r\n']) {
      expect(inspect(text).refusal).toBeUndefined()
    }
  })
})

describe('size', () => {
  test('the bound itself is accepted, one octet more is not, and octets are counted on', () => {
    const text = `Subject: x\r\n\r\n${'y'.repeat(85)}\r\n`
    expect(inspect(text, text.length)).toMatchObject({ octets: text.length, refusal: undefined })
    const over = inspect(`${text}more of it\r\n`, text.length, 10)
    expect(over.refusal).toMatchObject({ code: 552, status: '5.3.4' })
    expect(over.octets).toBe(text.length + 12)
  })
})

const hops = (count: number, field = 'Received: from a by b; now'): string => `${field}\r\n`.repeat(count)

describe('hops', () => {
  test(`${MAX_RECEIVED_HOPS} Received fields are a long way, one more is a loop`, () => {
    expect(inspect(`${hops(MAX_RECEIVED_HOPS)}\r\n`).refusal).toBeUndefined()
    for (const cut of [0, 1, 5]) {
      const { refusal } = inspect(`${hops(MAX_RECEIVED_HOPS + 1)}\r\n`, 1_000_000, cut)
      expect(refusal).toMatchObject({ code: 554, status: '5.4.6' })
    }
  })
  test('case and blanks before the colon hide nothing', () => {
    expect(inspect(hops(MAX_RECEIVED_HOPS + 1, 'RECEIVED \t: by b')).refusal).toMatchObject({ status: '5.4.6' })
  })
  test('other fields, folded lines and the body do not count', () => {
    for (const field of ['Received-SPF: pass', 'X-Received: by b', ' Received: by b', 'Receive: d', 'Received by b:']) {
      expect(inspect(`From: a@b.example\r\n${hops(MAX_RECEIVED_HOPS + 1, field)}\r\n`).refusal).toBeUndefined()
    }
    expect(inspect(`Subject: x\r\n\r\n${hops(500)}`).refusal).toBeUndefined()
  })
})

describe('the body digest', () => {
  test('is over what follows the first empty line, so a further Received field changes nothing', () => {
    const body = 'Hello\r\n\r\nWorld\r\n'
    const once = inspect(`Subject: x\r\n\r\n${body}`)
    expect(once.bodyDigest).toBe(sha256(body))
    expect(inspect(`Received: by b\r\nSubject: x\r\n\r\n${body}`).bodyDigest).toBe(once.bodyDigest)
    expect(inspect(`Subject: x\r\n\r\n${body} `).bodyDigest).not.toBe(once.bodyDigest)
  })
  test('a message without a body, or without a header, has one as well', () => {
    expect(inspect('Subject: x\r\n').bodyDigest).toBe(sha256(''))
    expect(inspect('\r\nHello\r\n').bodyDigest).toBe(sha256('Hello\r\n'))
  })
  test('no cutting into chunks changes a finding', () => {
    const part = fc.constantFrom('\r\n', '\r', '\n', 'Received: x', 'received', ' ', ':', 'Hello', '\0')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (parts, cut) => {
        const text = parts.join('')
        const whole = inspect(text)
        const pieces = inspect(text, 1_000_000, cut)
        expect(pieces.refusal).toEqual(whole.refusal)
        if (whole.refusal === undefined) expect(pieces).toEqual(whole)
      }),
    )
  })
})
