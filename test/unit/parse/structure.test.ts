import { describe, expect, test } from 'vitest'
import type { Message } from '../../../src/mail/message.ts'
import { codes, read } from './eml.ts'

/** `path type`, then what else is said of the part. */
function tree(message: Message): readonly string[] {
  return message.parts.map((part) =>
    [
      part.path === '' ? '.' : part.path,
      part.type,
      ...(part.disposition === 'none' ? [] : [part.disposition]),
      ...(part.filename === undefined ? [] : [part.filename]),
      ...(part.enclosed ? ['enclosed'] : []),
    ].join(' '),
  )
}

describe('the tree of parts', () => {
  test('a message without MIME is one text/plain part', async () => {
    expect(tree(await read('From: a@x.example', '', 'hi'))).toEqual(['. text/plain'])
  })
  test('alternatives in a mixed body, with an attachment', async () => {
    const message = await read(
      'Content-Type: multipart/mixed; boundary="a b"',
      '',
      'preamble',
      '--a b',
      'Content-Type: multipart/alternative; boundary=c (a comment)',
      '',
      '--c',
      '',
      'plain',
      '--c',
      'Content-Type: TEXT/HTML; Charset=UTF-8',
      '',
      '<p>html</p>',
      '--c--',
      '--a b',
      "Content-Type: application/pdf; name*=utf-8''%CE%B1.pdf",
      'Content-Disposition: attachment; filename="=?utf-8?Q?=CE=B1.pdf?="',
      'Content-Transfer-Encoding: base64',
      '',
      'AAAA',
      '--a b--',
      'epilogue',
    )
    expect(tree(message)).toEqual([
      '. multipart/mixed',
      '1 multipart/alternative',
      '1.1 text/plain',
      '1.2 text/html',
      '2 application/pdf attachment α.pdf',
    ])
    expect(message.parts.map((part) => part.depth)).toEqual([0, 1, 2, 2, 1])
    expect(message.parts[3]?.parameters).toEqual({ charset: 'UTF-8' })
    expect(message.text).toBe('plain')
    expect(codes(message)).toEqual(['no-from'])
  })
  test('parameters of a report and of an invitation come out as written', async () => {
    const report = await read('Content-Type: multipart/report; Report-Type=delivery-status; boundary=x', '', '--x--')
    expect(report.parts[0]?.parameters).toEqual({ 'report-type': 'delivery-status', boundary: 'x' })
    const invitation = await read('Content-Type: text/calendar; method=REQUEST; charset="utf-8"', '', 'BEGIN:VCALENDAR')
    expect(invitation.parts[0]).toMatchObject({
      type: 'text/calendar',
      parameters: { method: 'REQUEST', charset: 'utf-8' },
    })
    expect(invitation.text).toBe('')
  })
  test('a parameter of any name is only a parameter', async () => {
    const message = await read('Content-Type: text/plain; __proto__=x; constructor=y', '', 'hi')
    expect(Object.entries(message.parts[0]?.parameters ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })
  test('a disposition that we do not know is an attachment (RFC 2183 2.8)', async () => {
    expect(tree(await read('Content-Disposition: form-data; name=x', '', 'hi'))).toEqual(['. text/plain attachment'])
    expect(tree(await read('Content-Disposition: INLINE', '', 'hi'))).toEqual(['. text/plain inline'])
  })
})

describe('what an enclosed message says, it says about another mail', () => {
  const forwarded = [
    'Message-ID: <inner@y.example>',
    'Auto-Submitted: auto-replied',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=i',
    '',
    '--i',
    'Content-Type: text/plain',
    '',
    'inner text',
    '--i--',
  ]
  test('its parts are marked, its text and its fields are not ours, its id is told', async () => {
    const message = await read(
      'From: ann@x.example',
      'Content-Type: multipart/mixed; boundary=o',
      '',
      '--o',
      'Content-Type: message/rfc822',
      '',
      ...forwarded,
      '--o',
      'Content-Type: text/plain',
      '',
      'outer text',
      '--o--',
    )
    expect(tree(message)).toEqual([
      '. multipart/mixed',
      '1 message/rfc822',
      '1.1 multipart/report enclosed',
      '1.1.1 text/plain enclosed',
      '2 text/plain',
    ])
    expect(message.text).toBe('outer text')
    expect(message.autoSubmitted).toBeUndefined()
    expect(message.messageId).toBeUndefined()
    expect(message.returned).toEqual(['<inner@y.example>'])
  })
  test.each([
    ['attached', ['Content-Disposition: attachment'], forwarded],
    ['attached with a blank line before', ['Content-Disposition: attachment', '', ''], forwarded],
    [
      'encoded against RFC 2046 5.2.1',
      ['Content-Transfer-Encoding: base64'],
      [Buffer.from(forwarded.join('\r\n')).toString('base64')],
    ],
  ])('%s, its id is told as well', async (_, header, body) => {
    const message = await read(
      'Content-Type: multipart/mixed; boundary=o',
      '',
      '--o',
      'Content-Type: message/rfc822',
      ...header,
      '',
      ...body,
      '--o--',
    )
    expect(message.returned).toEqual(['<inner@y.example>'])
    expect(tree(message)[1]).toMatch(/^1 message\/rfc822/u)
  })
  test('a message that is nothing but another message has no text of its own', async () => {
    const message = await read('Content-Type: message/rfc822', '', 'Message-ID: <i@x>', '', 'inner')
    expect(tree(message)).toEqual(['. message/rfc822', '1 text/plain enclosed'])
    expect(message).toMatchObject({ text: '', returned: ['<i@x>'] })
  })
})

describe('a delivery report tells which mail it is about', () => {
  function report(type: string, ...lines: readonly string[]): readonly string[] {
    return [
      'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
      '',
      '--r',
      '',
      'It did not work. Message-ID: <said@in.text>',
      '--r',
      `Content-Type: ${type}`,
      '',
      ...lines,
      '--r--',
    ]
  }
  test('by the header section it returns', async () => {
    const lines = report('text/rfc822-headers', 'Subject: x', 'Message-ID: <a@x>', 'References: <b@x>')
    expect((await read(...lines)).returned).toEqual(['<a@x>'])
  })
  test('by fields of the report, in any of its groups', async () => {
    const lines = report(
      'message/delivery-status',
      'Reporting-MTA: dns; x',
      'X-Original-Message-ID: <a@x>',
      '',
      'Final-Recipient: rfc822; y@z',
      'Original-Message-ID: <b@x>',
    )
    expect((await read(...lines)).returned).toEqual(['<b@x>', '<a@x>'])
  })
  test('and is silent where it does not say', async () => {
    expect((await read(...report('message/delivery-status', 'Reporting-MTA: dns; x'))).returned).toEqual([])
  })
})
