import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { parse } from '../../../src/parse/parse.ts'
import { codes, eml, read } from './eml.ts'

describe('parse() reads a customer’s letter', () => {
  test('whole', async () => {
    const message = await read(
      'Return-Path: <ann@customer.example>',
      'Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000',
      'From: =?utf-8?B?zobOvc69zrE=?= <ann@customer.example>',
      'Sender: office@customer.example',
      'Reply-To: Ann <ann.lee@customer.example>',
      'To: Support <support@acme.example>, "Sales, Acme" <sales@acme.example>',
      'Cc: bob@customer.example',
      'Bcc: hidden@acme.example',
      'Resent-To: again@acme.example',
      'Subject: =?utf-8?Q?Re:_=CE=A0=CE=B1=CF=81=CE=B1=CE=B3?=',
      ' =?utf-8?Q?=CE=B3=CE=B5=CE=BB=CE=AF=CE=B1?= [#K7M2Q9F]',
      'Message-ID: <2@customer.example>',
      'In-Reply-To: <1@acme.example> (from us)',
      'References: <0@customer.example>',
      '\t<1@acme.example>',
      'Content-Language: el, en',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Καλημέρα, πότε θα έρθει η παραγγελία μου;',
      '',
    )
    expect(message).toEqual({
      fields: expect.any(Array),
      from: [{ address: 'ann@customer.example', name: 'Άννα' }],
      sender: { address: 'office@customer.example', name: '' },
      replyTo: [{ address: 'ann.lee@customer.example', name: 'Ann' }],
      to: [
        { address: 'support@acme.example', name: 'Support' },
        { address: 'sales@acme.example', name: 'Sales, Acme' },
      ],
      cc: [{ address: 'bob@customer.example', name: '' }],
      otherRecipients: [
        { address: 'hidden@acme.example', name: '' },
        { address: 'again@acme.example', name: '' },
      ],
      returnPath: 'ann@customer.example',
      messageId: '<2@customer.example>',
      inReplyTo: ['<1@acme.example>'],
      references: ['<0@customer.example>', '<1@acme.example>'],
      subject: 'Re: Παραγγελία [#K7M2Q9F]',
      autoSubmitted: undefined,
      contentLanguage: 'el, en',
      parts: [
        {
          path: '',
          depth: 0,
          type: 'text/plain',
          parameters: { charset: 'utf-8' },
          disposition: 'none',
          filename: undefined,
          enclosed: false,
        },
      ],
      text: 'Καλημέρα, πότε θα έρθει η παραγγελία μου;',
      returned: [],
      language: 'el',
      defects: [],
    })
    expect(message.fields).toHaveLength(15)
    expect(message.fields[1]).toEqual({ name: 'received', value: 'from a by b; Thu, 1 Jan 2026 00:00:00 +0000' })
  })
  test('of repeated fields: addresses add up, of Return-Path and Subject the topmost counts', async () => {
    const message = await read(
      'Return-Path: <>',
      'Return-Path: <old@x.example>',
      'To: a@x.example',
      'To: b@x.example',
      'Subject: one',
      'Subject: two',
      'References: <a@x>',
      'References: <b@x>',
      '',
      '',
    )
    expect(message).toMatchObject({ returnPath: '<>', subject: 'one', references: ['<a@x>', '<b@x>'] })
    expect(message.to.map((one) => one.address)).toEqual(['a@x.example', 'b@x.example'])
  })
  test('two From fields give all their addresses', async () => {
    const message = await read('From: a@x.example', 'From: b@x.example', '', '')
    expect(message.from.map((one) => one.address)).toEqual(['a@x.example', 'b@x.example'])
  })
  test('line ends of LF alone, or of CR alone as old programs left them, make no difference', async () => {
    const lines = [
      'From: a@x.example',
      'Subject: x',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'Hi',
      '--b--',
      '',
    ]
    const [crlf, lf, cr] = await Promise.all(
      ['\r\n', '\n', '\r'].map((end) => parse(Buffer.from(lines.join(end)), { complete: true })),
    )
    expect(lf).toEqual(crlf)
    expect(cr).toEqual(crlf)
    expect(crlf).toMatchObject({ subject: 'x', text: 'Hi', defects: [] })
  })
  test('the octets are not changed', async () => {
    const octets = eml('From: a@x.example', '', 'Hi')
    const before = Buffer.from(octets)
    await parse(octets, { complete: true })
    await parse(Buffer.from('From: a@x.example\r\rHi'), { complete: true })
    expect(octets.equals(before)).toBe(true)
  })
  test('a view into a larger buffer is read within its borders', async () => {
    const whole = Buffer.from('XXXXFrom: a@x.example\r\n\r\nHiYYYY')
    const message = await parse(new Uint8Array(whole.buffer, whole.byteOffset + 4, whole.length - 8), {
      complete: true,
    })
    expect(message).toMatchObject({ text: 'Hi', defects: [] })
    expect(message.from[0]?.address).toBe('a@x.example')
  })
})

describe('the subject', () => {
  test.each([
    ['=?utf-8?B?zprOsc67zrc=?= =?utf-8?B?zrzOrc+BzrE=?=', 'Καλημέρα'],
    // a character split between two encoded words, a ticket tag split likewise
    ['=?utf-8?B?zprOsc67zs==?= x', 'Καλ x'],
    ['=?utf-8?Q?[#K7M2?= =?utf-8?Q?Q9F]?=', '[#K7M2Q9F]'],
    ['=?utf-8?Q?=CE?= =?utf-8?Q?=B1?=', 'α'],
    ['=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=', 'こんにちは'],
    ['=?utf-8?Q?a=0D=0ABcc:_b?=', 'a Bcc: b'],
    ['raw Ελληνικά', 'raw Ελληνικά'],
    ['［＃Ｋ７Ｍ２Ｑ９Ｆ］', '［＃Ｋ７Ｍ２Ｑ９Ｆ］'],
    ['a\u0000b\u2028c', 'ab c'],
    ['=?utf-8?X?broken?= =?', '=?utf-8?X?broken?= =?'],
    ['', ''],
  ])('%j', async (written, subject) => {
    expect((await read('From: a@x.example', `Subject: ${written}`, '', '')).subject).toBe(subject)
  })
  test('is cut at 998 characters, never in the middle of one', async () => {
    const { subject } = await read('From: a@x.example', `Subject: a${'😀'.repeat(1_000)}`, '', '')
    expect(subject).toHaveLength(997)
    expect(subject.isWellFormed()).toBe(true)
  })
  test('raw octets that are no UTF-8 leave what can be read', async () => {
    const octets = Buffer.concat([Buffer.from('From: a@x.example\r\nSubject: [#K7M2Q9F] caf\xe9!\r\n\r\n', 'latin1')])
    const message = await parse(octets, { complete: true })
    expect(message.subject).toBe('[#K7M2Q9F] caf!')
    expect(codes(message)).toEqual(['raw-8bit-header'])
  })
})
