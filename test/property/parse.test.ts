import { Buffer } from 'node:buffer'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../src/mail/address.ts'
import { messageId } from '../../src/mail/ids.ts'
import { DEFECT_CODES, type Message } from '../../src/mail/message.ts'
import { parse } from '../../src/parse/parse.ts'

/** What holds of any Message, whatever octets it came from. */
function expectSound(message: Message): void {
  const people = [message.from, message.replyTo, message.to, message.cc, message.otherRecipients].flat()
  for (const { address, name } of people) {
    expect(parseAddress(address)).toBe(address)
    expect(name).not.toMatch(/\p{Cc}|\uFFFD/u)
  }
  for (const id of [...message.inReplyTo, ...message.references, ...message.returned]) expect(messageId(id)).toBe(id)
  expect(message.subject).not.toMatch(/\p{Cc}|\uFFFD/u)
  expect(message.subject.length).toBeLessThanOrEqual(998)
  expect(message.text.length).toBeLessThanOrEqual(65_536)
  for (const { name, value } of message.fields) {
    expect(name).toMatch(/^[!-9;-~]+$/u)
    expect(name).toBe(name.toLowerCase())
    expect(value).not.toMatch(/\n/u)
  }
  expect(message.parts[0]?.path).toBe('')
  expect(new Set(message.parts.map((part) => part.path)).size).toBe(message.parts.length)
  const codes = message.defects.map((defect) => defect.code)
  expect(new Set(codes).size).toBe(codes.length)
  expect(codes.every((code) => DEFECT_CODES.includes(code))).toBe(true)
  expect(codes).not.toContain('parser-failed')
  expect(structuredClone(message)).toEqual(message)
}

const SEEDS = [
  [
    'Return-Path: <ann@customer.example>',
    'From: =?utf-8?B?zobOvc69zrE=?= "Lee" (x) <ann@customer.example>',
    'To: Team: support@acme.example, "a, b" <b@acme.example>;',
    'Subject: =?utf-8?Q?=CE?= =?utf-8?Q?=B1?= [#K7M2Q9F]',
    'Message-ID: <1@customer.example>',
    'References: <0@acme.example> <00@acme.example>',
    'Auto-Submitted: no (typed)',
    'Content-Type: multipart/mixed; boundary="b"',
    '',
    '--b',
    'Content-Type: multipart/alternative; boundary=c',
    '',
    '--c',
    'Content-Type: text/plain; charset=utf-8; format=flowed',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'caf=C3=A9 =',
    'au lait',
    '--c',
    'Content-Type: text/html; charset=iso-8859-7',
    'Content-Transfer-Encoding: base64',
    '',
    'PHA+SGVsbG88L3A+PHRhYmxlPjx0cj48dGQ+eDwvdGQ+PC90cj48L3RhYmxlPg==',
    '--c--',
    '--b',
    'Content-Type: message/rfc822',
    '',
    'Message-ID: <inner@x.example>',
    '',
    'inner',
    '--b--',
  ],
  [
    'Return-Path: <>',
    'From: MAILER-DAEMON@mx.example',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
    '',
    '--r',
    '',
    'failed',
    '--r',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    'Original-Message-ID: <a@x.example>',
    '--r',
    'Content-Type: text/rfc822-headers',
    'Content-Transfer-Encoding: base64',
    '',
    'TWVzc2FnZS1JRDogPGJAeC5leGFtcGxlPg==',
    '--r--',
  ],
].map((lines) => Buffer.from(lines.join('\r\n')))

/** What mailers, scanners and attackers do to a message. */
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('overwrite' as const), at: fc.nat(), octets: fc.uint8Array({ maxLength: 8 }) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), octets: fc.uint8Array({ maxLength: 8 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    octets: fc.constantFrom(
      ...[
        '\r\n',
        '\n',
        '\r',
        '\0',
        '--b',
        '--',
        '=?',
        '?=',
        '<',
        '>',
        '"',
        '(',
        ')',
        '\\',
        ',',
        ';',
        ':',
        '\u001B$B',
        '\xff',
        ' ',
      ].map((text) => Buffer.from(text, 'latin1')),
    ),
  }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat(), length: fc.nat(40) }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), length: fc.nat(60), times: fc.nat(50) }),
  fc.record({ kind: fc.constant('truncate' as const), at: fc.nat() }),
)

function mutated(octets: Buffer, change: typeof mutation extends fc.Arbitrary<infer T> ? T : never): Buffer {
  const at = change.at % (octets.length + 1)
  const [before, after] = [octets.subarray(0, at), octets.subarray(at)]
  switch (change.kind) {
    case 'overwrite':
      return Buffer.concat([before, change.octets, after.subarray(change.octets.length)])
    case 'insert':
      return Buffer.concat([before, change.octets, after])
    case 'remove':
      return Buffer.concat([before, after.subarray(change.length)])
    case 'repeat':
      return Buffer.concat([
        before,
        ...Array.from({ length: change.times }, () => after.subarray(0, change.length)),
        after,
      ])
    case 'truncate':
      return before
    default:
      return change satisfies never
  }
}

describe('parse() is total', () => {
  test('any octets give a sound Message', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), fc.boolean(), async (octets, complete) => {
        expectSound(await parse(octets, { complete }))
      }),
      { numRuns: 300 },
    )
  })
  test('any text that looks like a header does', async () => {
    const word = fc.constantFrom(
      'From',
      'To',
      'Subject',
      'Content-Type',
      'References',
      ':',
      ' ',
      '\r\n',
      '\t',
      '@',
      '<',
      '>',
      '"',
      '(',
      ')',
      ';',
      '=',
      '=?utf-8?Q?',
      '?=',
      'multipart/mixed',
      'boundary',
      'b',
      '--b',
      'é',
      '\\',
      ',',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 120 }), async (words) => {
        expectSound(await parse(Buffer.from(words.join('')), { complete: true }))
      }),
      { numRuns: 300 },
    )
  })
  test('real mail that was damaged on its way does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SEEDS),
        fc.array(mutation, { minLength: 1, maxLength: 6 }),
        async (seed, changes) => {
          expectSound(await parse(changes.reduce(mutated, seed), { complete: true }))
        },
      ),
      { numRuns: 400 },
    )
  })
  test('the same octets give the same Message', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SEEDS), mutation, async (seed, change) => {
        const octets = mutated(seed, change)
        const [one, other] = await Promise.all([parse(octets, { complete: true }), parse(octets, { complete: true })])
        expect(one).toEqual(other)
      }),
      { numRuns: 60 },
    )
  })
})

describe('what stands in the body does not reach the header', () => {
  test('whatever follows the empty line, who wrote and to whom stays', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(mutation, { maxLength: 3 }),
        async (body, changes) => {
          const header = Buffer.from('From: ann@x.example\r\nTo: b@y.example\r\nSubject: s\r\n\r\n')
          const rest = changes.reduce(
            mutated,
            Buffer.concat([Buffer.from('Bcc: evil@z.example\r\nFrom: evil@z.example\r\n'), body]),
          )
          const message = await parse(Buffer.concat([header, rest]), { complete: true })
          expect(message.fields.map((field) => field.name)).toEqual(['from', 'to', 'subject'])
          expect(message.from.map((one) => one.address)).toEqual(['ann@x.example'])
          expect(message.otherRecipients).toEqual([])
        },
      ),
      { numRuns: 150 },
    )
  })
})
