import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { DEFECT_CODES, type DefectCode } from '../../../src/mail/message.ts'
import { defectList } from '../../../src/parse/defect-list.ts'
import { parse, unreadableMessage } from '../../../src/parse/parse.ts'
import { textOf } from '../../../src/parse/text.ts'
import { emptyTree } from '../../../src/parse/tree.ts'
import { codes, eml, letter, read } from './eml.ts'

const aborted = AbortSignal.abort(new Error('too late'))

/** A message of Ann's with one more header field. */
function wrapped(header: string, body: string): Buffer {
  return eml('From: ann@x.example', header, '', body)
}

type Seen = Exclude<DefectCode, 'unreadable' | 'parser-failed' | 'parser-timeout'>

/** Octets that show a defect, and what else must follow from them. */
const SHOWN: Readonly<Record<Seen, readonly [octets: Buffer, also: readonly DefectCode[]]>> = {
  empty: [Buffer.alloc(0), ['no-from']],
  'no-header': [eml('', '  ', ''), ['no-from']],
  'bad-header-line': [letter('To: b@y.example', 'This is no field'), []],
  'header-too-large': [letter(...Array.from({ length: 3_000 }, () => 'X-Filler: x')), ['no-from']],
  'raw-8bit-header': [Buffer.concat([Buffer.from('Subject: caf\xe9\r\n', 'latin1'), letter()]), []],
  'control-in-header': [letter('Subject: a\u0007b'), []],
  'no-from': [eml('To: b@y.example', '', 'Hello'), []],
  'several-from': [letter('From: Bob <bob@y.example>'), []],
  'bad-from': [eml('From: Ann Lee', '', 'Hello'), []],
  'bad-message-id': [wrapped('Message-ID: 12345', 'Hello'), []],
  'duplicate-field': [letter('Subject: one', 'Subject: two'), []],
  'bad-mime': [wrapped('Content-Type: multipart/mixed', 'Hello'), []],
  'too-many-parts': [
    wrapped('Content-Type: multipart/mixed; boundary=b', `${'--b\r\n\r\nx\r\n'.repeat(1_500)}--b--`),
    [],
  ],
  'too-deep': [wrapped('Content-Type: message/rfc822', 'Content-Type: message/rfc822\r\n\r\n'.repeat(100)), []],
  'body-cut': [Buffer.concat([letter(), Buffer.alloc(70_000, 'x')]), []],
  'bad-charset': [letter('Content-Type: text/plain; charset=klingon'), []],
}

describe('each defect is seen', () => {
  test.each(Object.entries(SHOWN))('%s', async (code, [octets, also]) => {
    expect(codes(await parse(octets, { complete: true }))).toEqual([code, ...also])
  })
  test('a letter with nothing wrong has none', async () => {
    expect(codes(await parse(letter('Subject: x', 'To: b@y.example'), { complete: true }))).toEqual([])
  })
  test('unreadable: nobody could get at the octets', () => {
    expect(unreadableMessage()).toMatchObject({ fields: [], from: [], text: '', defects: [{ code: 'unreadable' }] })
  })
  test('parser-timeout: what the header says is there, the rest was not waited for', async () => {
    const multipart = eml(
      'From: ann@x.example',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'x',
      '--b--',
    )
    for (const message of [letter('Subject: x'), multipart]) {
      const read = await parse(message, { complete: true, signal: aborted })
      expect(codes(read)).toEqual(['parser-timeout'])
      expect(read.from).toHaveLength(1)
      expect(read.text).toBe('')
    }
  })
  test('parser-failed: what a library throws is a defect', async () => {
    const defects = defectList()
    const tree = emptyTree()
    const part = {
      path: '',
      depth: 0,
      type: 'text/plain',
      parameters: {},
      disposition: 'none',
      filename: undefined,
    } as const
    const noOctets = 'not octets at all' as unknown as Buffer
    tree.plain.push({
      part: { ...part, enclosed: false },
      encoding: '8bit',
      octets: [noOctets, 7 as unknown as Buffer],
    })
    expect(await textOf(tree, { defects, signal: undefined })).toBe('')
    expect(defects.all().map((defect) => defect.code)).toEqual(['parser-failed'])
  })
  test('the table and this test know the same codes', () => {
    expect([...Object.keys(SHOWN), 'unreadable', 'parser-timeout', 'parser-failed'].sort()).toEqual(
      [...DEFECT_CODES].sort(),
    )
  })
})

describe('what the defects say', () => {
  test.each<[DefectCode, string, readonly string[]]>([
    ['several-from', '2 addresses in From', ['From: a@x.example, b@y.example', '', '']],
    ['several-from', '2 addresses in From', ['From: a@x.example, "b"@y.example', '', '']],
    ['bad-from', '<>', ['From: <>', '', '']],
    ['bad-from', 'Team:;', ['From: Team:;', '', '']],
    ['duplicate-field', 'reply-to', ['From: a@x.example', 'Reply-To: b@y.example', 'Reply-To: c@y.example', '', '']],
    ['bad-mime', 'Content-Type of the message', ['From: a@x.example', 'Content-Type: text', '', 'x']],
    ['bad-mime', 'Content-Type of the message', ['From: a@x.example', 'Content-Type:', '', 'x']],
    [
      'bad-mime',
      'the message is unclosed',
      ['From: a@x.example', 'Content-Type: multipart/mixed; boundary=b', '', '--b'],
    ],
    ['bad-charset', 'subject', ['From: a@x.example', 'Subject: =?utf-8?Q?=FF?=', '', 'x']],
  ])('%s: %s', async (code, detail, lines) => {
    expect((await read(...lines)).defects).toContainEqual({ code, detail })
  })
  test('a detail is short', async () => {
    const [defect] = (await read(`From: ${'nobody '.repeat(1_000)}`, '', '')).defects
    expect(defect?.detail).toHaveLength(200)
  })
  test('each code stands there once', async () => {
    const message = await read('no field', 'no field either', 'From: a@x.example', '', '')
    expect(codes(message)).toEqual(['bad-header-line'])
  })
  test('a part whose header is too large ends the walk, and is bad MIME', async () => {
    const part = `X: ${'x'.repeat(70_000)}`
    const message = await read(
      'From: a@x.example',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      part,
      '',
      'y',
      '--b--',
    )
    expect(message.defects).toContainEqual({ code: 'bad-mime', detail: 'the header of a part is too large' })
  })
})

describe('the head of a longer message', () => {
  const unclosed = ['From: a@x.example', 'Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'Hello']
  test('is cut, and what is unclosed then is no fault of it', async () => {
    const message = await parse(eml(...unclosed), { complete: false })
    expect(codes(message)).toEqual(['body-cut'])
    expect(message.text).toBe('Hello')
  })
  test('parse cuts by itself what is longer than 512 KiB', async () => {
    const long = Buffer.concat([eml(...unclosed, ''), Buffer.alloc(600 * 1024, '\r\n--b--\r\n')])
    expect(codes(await parse(long, { complete: true }))).toEqual(['body-cut'])
  })
})
