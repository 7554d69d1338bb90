import { describe, expect, test } from 'vitest'
import { type Address, parseAddress } from '../../../src/mail/address.ts'
import type { IncomingId } from '../../../src/mail/ids.ts'
import type { Arrival } from '../../../src/mail/incoming.ts'
import type { Instant } from '../../../src/mail/instant.ts'
import { type Admission, judgeRecipient } from '../../../src/receive/recipient.ts'
import { judgeReversePath } from '../../../src/receive/reverse-path.ts'
import { receivedField } from '../../../src/receive/trace.ts'

describe('the reverse-path', () => {
  test.each([
    ['SRS', 'SRS0=HHH=TT=customer.example=maria@forwarder.example'],
    ['SRS twice', 'SRS1=HHH=first.example==HHH=TT=customer.example=maria@second.example'],
    ['VERP', 'bounces+4711-support=acme.example@list.example'],
    ['BATV', 'prvs=4711abcdef=maria@customer.example'],
    [
      "Gmail's forwarder, longer than 64",
      'maria.papadaki.athens+caf_=support-greece=acme-renewables-hellas.example@gmail.com',
    ],
    ['a domain with an underscore', 'maria@mail_out.customer.example'],
    ['a single label', 'root@localhost'],
    ['slash, quote mark, ampersand', "o'neil/dept&co@customer.example"],
  ])('%s is accepted as written', (_, path) => {
    expect(judgeReversePath(path, false)).toEqual({ kind: 'accepted', path })
  })
  test('a long local part is accepted only here: nobody is ever written to at such an address', () => {
    const long = `${'a'.repeat(65)}@customer.example`
    expect(judgeReversePath(long, false)).toMatchObject({ kind: 'accepted' })
    expect(parseAddress(long)).toBeUndefined()
    expect(judgeReversePath(`${'a'.repeat(250)}@customer.example`, false)).toMatchObject({ kind: 'refused' })
  })
  test('nothing is the null sender', () => {
    expect(judgeReversePath('', false)).toEqual({ kind: 'accepted', path: '<>' })
  })
  test('a Unicode domain that was ASCII on the wire stays ASCII', () => {
    expect(judgeReversePath('jaan@näide.ee', false)).toEqual({ kind: 'accepted', path: 'jaan@xn--nide-loa.ee' })
    expect(judgeReversePath('jaan@näide.ee', true)).toEqual({ kind: 'accepted', path: 'jaan@näide.ee' })
  })
})

describe('a recipient', () => {
  const asked: Address[] = []
  const judge = (text: string, smtpUtf8 = false, ours = 'info@näide.ee'): ReturnType<typeof judgeRecipient> =>
    judgeRecipient(text, smtpUtf8, {
      hostname: 'mx.acme.example',
      recipient: (address): Admission => {
        asked.push(address)
        return address === ours ? 'ours' : address.endsWith('näide.ee') ? 'unknown' : 'foreign'
      },
    })

  test('is found in either form of its domain, whichever is configured', () => {
    for (const ours of ['info@näide.ee', 'info@xn--nide-loa.ee']) {
      for (const written of ['info@näide.ee', 'info@xn--nide-loa.ee']) {
        for (const smtpUtf8 of [true, false]) {
          expect(judge(written, smtpUtf8, ours)).toEqual({ kind: 'accepted', address: ours })
        }
      }
    }
  })
  test('of our domain that is unknown in one form is not called foreign for the other', () => {
    expect(judge('nobody@xn--nide-loa.ee')).toMatchObject({ kind: 'refused', refusal: { status: '5.1.1' } })
    expect(judge('nobody@elsewhere.example')).toMatchObject({ kind: 'refused', refusal: { status: '5.7.1' } })
  })
  test('that is no address is refused without being asked about', () => {
    asked.length = 0
    for (const text of ['', 'a@b@c', '"x"@acme.example', 'x@[10.0.0.1]', 'x@acme..example']) {
      expect(judge(text)).toMatchObject({ kind: 'refused', refusal: { status: '5.1.3' } })
    }
    expect(asked).toEqual([])
  })
})

const arrival = (peer: Partial<Arrival['peer']>, recipients = ['support@acme.example']): Arrival => ({
  id: '01M82Z1EWC113169BGAWCC0PEH' as IncomingId,
  source: 'smtp',
  envelope: { reversePath: '<>', recipients: recipients as Address[] },
  peer: { ip: '192.0.2.7', helo: 'client.example', tls: undefined, ...peer },
  receivedAt: Date.UTC(2026, 10, 2, 9, 5, 7) as Instant,
})

const field = (peer: Partial<Arrival['peer']>, how = { extended: true, smtpUtf8: false }): string =>
  receivedField(arrival(peer), 'mx.acme.example', how).toString()

describe('the trace field', () => {
  test('names client, server, protocol, id, recipient and time', () => {
    expect(field({})).toBe(
      [
        'Received: from client.example ([192.0.2.7])',
        '\tby mx.acme.example with ESMTP',
        '\tid 01M82Z1EWC113169BGAWCC0PEH',
        '\tfor <support@acme.example>;',
        '\tMon, 02 Nov 2026 09:05:07 +0000',
        '',
      ].join('\r\n'),
    )
  })
  test('stays one field whatever the client called itself', () => {
    const evil = ['x) by y\r\nSubject: forged', '\0\u0085\u2028', ';', '"', 'x'.repeat(300), '', '(', '<a@b.example>']
    for (const helo of evil) {
      const text = field({ helo })
      expect(text).toMatch(/^Received: from [^\s()<>;"]{1,255} \(\[192\.0\.2\.7\]\)\r\n\tby /u)
      expect(text.match(/\r\n(?!\t|$)/gu)).toBeNull()
      expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThan(998)
    }
  })
  test('writes IPv6 as a literal and says UTF8SMTP and TLS where they were used', () => {
    expect(field({ ip: '2001:db8::7' })).toContain('([IPv6:2001:db8::7])')
    expect(field({ tls: 'TLSv1.3 TLS_AES_256_GCM_SHA384' }, { extended: true, smtpUtf8: true })).toContain(
      ' with UTF8SMTPS (TLSv1.3 TLS_AES_256_GCM_SHA384)\r\n',
    )
    expect(field({}, { extended: false, smtpUtf8: false })).toContain(' with SMTP\r\n')
  })
})
