import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../../src/mail/message.ts'
import { PARSE_HEAD_OCTETS } from '../../../src/parse/bounds.ts'
import { parse } from '../../../src/parse/parse.ts'
import { codes } from './eml.ts'

/** Far above what any of these takes; a machine under load must not fail the law. */
const CEILING_MS = 20_000
const MB = 1024 * 1024

const TOP = 'From: ann@x.example\r\nMessage-ID: <1@x.example>\r\n'

function parts(count: number, each: string): string {
  return `${TOP}Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\n${each}\r\n`.repeat(count)}--b--\r\n`
}

function nested(count: number): string {
  const opened = Array.from(
    { length: count },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
  )
  return `${TOP}${opened.join('')}\r\ninnermost`
}

function html(markup: string, octets: number): string {
  return `${TOP}Content-Type: text/html\r\n\r\n${markup.repeat(Math.ceil(octets / markup.length))}`
}

function text(line: string, octets: number, header = ''): string {
  return `${TOP}${header}\r\n${line.repeat(Math.ceil(octets / line.length))}`
}

const HALF = PARSE_HEAD_OCTETS

describe('no octets take the parser long', () => {
  test.each<[string, () => string | Buffer, readonly string[]]>([
    ['100 MB of text', () => text('All work and no play.\r\n', 100 * MB), ['body-cut']],
    ['100 MB in one line', () => Buffer.concat([Buffer.from(`${TOP}\r\n`), Buffer.alloc(100 * MB, 'x')]), ['body-cut']],
    ['100 MB of zeros', () => Buffer.alloc(100 * MB), ['header-too-large', 'no-header']],
    ['10,000 nested multiparts', () => nested(10_000), ['too-deep']],
    ['10,000 parts', () => parts(10_000, '\r\nx'), ['too-many-parts']],
    ['10,000 parts with headers', () => parts(10_000, 'Content-Type: text/plain\r\n\r\nx'), ['too-many-parts']],
    ['100,000 parts of nothing', () => parts(100_000, ''), ['too-many-parts']],
    ['10,000 nested messages', () => `${TOP}${'Content-Type: message/rfc822\r\n\r\n'.repeat(10_000)}`, ['too-deep']],
    ['5 MB of HTML tables', () => html('<table><tr><td>x</td></tr>', 5 * MB), ['body-cut']],
    ['5 MB of nested elements', () => html('<b>', 5 * MB), ['body-cut']],
    ['5 MB of nested lists', () => html('<ul><li>', 5 * MB), ['body-cut']],
    ['2 MB of <', () => html('<', 2 * MB), ['body-cut']],
    ['2 MB of &', () => html('&', 2 * MB), ['body-cut']],
    ['2 MB of comments without end', () => html('<!--', 2 * MB), ['body-cut']],
    ['2 MB of style sheets without end', () => html('<style>', 2 * MB), ['body-cut']],
    ['2 MB of attributes', () => html(' a=b', 2 * MB).replace('\r\n\r\n', '\r\n\r\n<p'), ['body-cut']],
    ['1 MB of header', () => `${`X-Filler: ${'x'.repeat(60)}\r\n`.repeat(14_000)}${TOP}\r\nHi`, ['header-too-large']],
    ['1 MB of header in one field', () => `X: ${'x'.repeat(MB)}\r\n${TOP}\r\nHi`, ['header-too-large']],
    ['continuation lines', () => `${TOP}X: x\r\n${' x\r\n'.repeat(MB / 4)}\r\nHi`, ['header-too-large']],
    ['100,000 recipients', () => `${TOP}To: ${'<a@x.example>,\r\n '.repeat(100_000)}\r\n\r\nHi`, ['header-too-large']],
    ['comments in comments', () => `From: ${'('.repeat(200_000)} ann@x.example\r\n\r\nHi`, ['bad-from']],
    ['encoded words', () => `${TOP}Subject: ${'=?utf-8?Q?=C3?= '.repeat(15_000)}\r\n\r\nHi`, ['bad-charset']],
    ['openings of encoded words', () => `${TOP}Subject: ${'=?a?q?'.repeat(40_000)}\r\n\r\nHi`, []],
    ['parameters', () => `${TOP}Content-Type: text/plain${'; a=b'.repeat(50_000)}\r\n\r\nHi`, []],
    ['continued parameters', () => `${TOP}Content-Type: text/plain; ${continued(10_000)}\r\n\r\nHi`, []],
    ['comments in Content-Type', () => `${TOP}Content-Type: ${'('.repeat(200_000)}\r\n\r\nHi`, ['bad-mime']],
    ['dashes', () => `${TOP}Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--\r\n'.repeat(HALF)}`, ['body-cut']],
    [
      'quoted-printable equals signs',
      () => text('=', 5 * MB, 'Content-Transfer-Encoding: quoted-printable\r\n'),
      ['body-cut'],
    ],
    ['base 64 noise', () => text('A=', 5 * MB, 'Content-Transfer-Encoding: base64\r\n'), ['body-cut']],
    ['flowed lines', () => text('a \r\n', HALF, 'Content-Type: text/plain; format=flowed\r\n'), ['body-cut']],
    [
      'Japanese escapes',
      () => text('\u001B$B\u001B(B', HALF, 'Content-Type: text/plain; charset=iso-2022-jp\r\n'),
      ['body-cut'],
    ],
    ['quoted lines', () => text('>>>> Καλημέρα\r\n', HALF), ['body-cut']],
  ])(
    '%s',
    async (_, make, expected) => {
      const made = make()
      const message: Message = await parse(typeof made === 'string' ? Buffer.from(made) : made, { complete: true })
      expect(codes(message)).toEqual(expect.arrayContaining([...expected]))
      expect(codes(message)).not.toContain('parser-failed')
      expect(message.text.length).toBeLessThanOrEqual(65_536)
      expect(message.parts.length).toBeLessThanOrEqual(1_000)
    },
    CEILING_MS,
  )

  test('a deadline that passes while it works gives what was read by then', async () => {
    const octets = Buffer.from(html('<table><tr><td>', 5 * MB))
    const late = new AbortController()
    const parsing = parse(octets, { complete: true, signal: late.signal })
    late.abort(new Error('too late'))
    const message = await parsing
    expect(codes(message)).toContain('parser-timeout')
    expect(message.from.map((one) => one.address)).toEqual(['ann@x.example'])
  })
})

function continued(count: number): string {
  return Array.from({ length: count }, (_, i) => `name*${i}*=%41`).join('; ')
}
