import { describe, expect, test } from 'vitest'
import { type Arrived, trustedFields } from '../../../src/authenticate/trusted-zone.ts'
import type { Source } from '../../../src/mail/incoming.ts'
import type { Field } from '../../../src/mail/message.ts'

const isTrusted = (ip: string): boolean => ip.startsWith('10.') || ip === '127.0.0.1' || ip === '2001:db8::1'

function fields(...texts: readonly string[]): readonly Field[] {
  return texts.map((text) => {
    const colon = text.indexOf(':')
    return { name: text.slice(0, colon).toLowerCase(), value: text.slice(colon + 1).trim() }
  })
}

function from(source: Source, ip?: string): Arrived {
  return { source, peer: { ip, helo: undefined, tls: undefined }, isTrusted }
}

const OURS = 'Received: from relay ([10.0.0.5]) by mx.acme.example with ESMTP id 1; Mon, 2 Nov 2026 10:00:00 +0000'
const RELAY =
  'Received: from mail.customer.example (mail.customer.example [192.0.2.10]) by relay with ESMTPS id 2; date'
const FORGED = 'Received: from x (x [10.0.0.9]) by relay with ESMTP; date'
const REST = ['From: ann@customer.example', 'Subject: x']

test('of a stranger nothing is believed but what we wrote ourselves', () => {
  expect(trustedFields(fields(OURS, 'A: 1', FORGED, ...REST), from('smtp', '192.0.2.10'))).toBe(1)
})

test('of a trusted peer everything is believed down to the field of the host before it', () => {
  const mail = fields(OURS, 'A: 1', RELAY, 'B: 2', FORGED, 'C: 3', ...REST)
  expect(trustedFields(mail, from('smtp', '10.0.0.5'))).toBe(4)
})

test('a mail that was written in the house is believed to its last field', () => {
  const mail = fields(OURS, 'A: 1', 'Received: from pc ([10.1.2.3]) by relay with ESMTP; date', ...REST)
  expect(trustedFields(mail, from('smtp', '10.0.0.5'))).toBe(mail.length)
  expect(trustedFields(fields(OURS, ...REST), from('smtp', '10.0.0.5'))).toBe(3)
})

test('a peer without an address is one on this machine', () => {
  const mail = fields(OURS, RELAY, 'B: 2', FORGED, ...REST)
  for (const source of ['lmtp', 'stdin'] as const) expect(trustedFields(mail, from(source))).toBe(3)
})

test('over IMAP the topmost field is the provider’s, and of mail that nobody received nothing is believed', () => {
  const mail = fields('Delivered-To: x', RELAY, 'Authentication-Results: mx; none', FORGED, ...REST)
  expect(trustedFields(mail, from('imap'))).toBe(3)
  expect(trustedFields(fields('Authentication-Results: mx; none', ...REST), from('imap'))).toBe(0)
})

test('of a stored file the way is not known, so no field is ruled out', () => {
  expect(trustedFields(fields(...REST), from('file'))).toBe(Number.POSITIVE_INFINITY)
})

test('without our own field on top the octets are not what a receiver stored', () => {
  expect(trustedFields(fields('A: 1', OURS, RELAY, ...REST), from('smtp', '10.0.0.5'))).toBe(0)
  expect(trustedFields([], from('smtp', '10.0.0.5'))).toBe(0)
})

describe('the host behind a hop is trusted where', () => {
  const INSIDE = [
    ['Postfix', 'from a.lan (a.lan [10.0.0.7]) by relay (Postfix) with ESMTP id 4; date'],
    [
      'Sendmail with a long way round',
      'from a.lan (root@a.lan [IPv6:2001:db8::1] (may be forged)) by relay with ESMTP; date',
    ],
    ['Exim', 'from [10.0.0.7] (helo=a.lan) by relay with esmtp (Exim 4.96) id 5; date'],
    ['Exim with a port', 'from a.lan ([10.0.0.7]:4465) by relay with esmtps; date'],
    ['qmail', 'from unknown (HELO a.lan) (10.0.0.7) by relay with SMTP; date'],
    ['qmail, the field above it', '(qmail 1234 invoked from network); date'],
    ['Exchange', 'from a.lan (10.0.0.7) by b.lan (10.0.0.8) with Microsoft SMTP Server id 15; date'],
    [
      'a filter',
      'from relay ([127.0.0.1]) by localhost (relay [127.0.0.1]) (amavisd-new, port 10024) with ESMTP; date',
    ],
    ['Postfix, from a program', 'by relay (Postfix, from userid 33) id 6; date'],
    ['Exim, from a program', 'from www-data by relay with local (Exim 4.96) id 7; date'],
    ['Dovecot', 'from relay by imap.lan with LMTP id 8; date'],
    ['Gmail, inside', 'by 2002:a05:6504:2186:b0 with SMTP id 9; date'],
    ['Yahoo, inside', 'from 10.217.150.19 by atlas.lan with HTTPS; date'],
  ] as const
  test.each(INSIDE)('%s says so', (_, trace) => {
    const mail = fields(OURS, `Received: ${trace}`, 'A: 1', RELAY, 'B: 2', 'Received: from y by z; date', ...REST)
    expect(trustedFields(mail, from('smtp', '10.0.0.5'))).toBe(5)
  })
})

describe('the host behind a hop is a stranger where', () => {
  const OUTSIDE = [
    ['its address is told', 'from a (a [192.0.2.1]) by relay with ESMTP; date'],
    ['it calls itself one of ours', 'from [10.0.0.7] (unknown [192.0.2.1]) by relay with ESMTP; date'],
    ['it calls itself one of ours to Exim', 'from [192.0.2.1] (helo=[10.0.0.7]) by relay with esmtp; date'],
    ['it calls itself one of ours to qmail', 'from unknown (HELO 10.0.0.7) (192.0.2.1) by relay with SMTP; date'],
    ['its name breaks the comments', 'from x( (unknown [192.0.2.1]) by relay with ESMTP; date'],
    ['its name holds the address', 'from x([10.0.0.7]) (unknown [192.0.2.1]) by relay with ESMTP; date'],
    [
      'it logged in from outside',
      'from [10.0.0.7] (dsl.isp.example [192.0.2.1]) (Authenticated sender: bob) by relay with ESMTPSA; date',
    ],
    ['nobody tells its address', 'from mail.customer.example by relay with SMTP; date'],
    ['nobody tells anything', 'from unknown; date'],
    ['a proxy was between', 'from a ([192.0.2.1]) by relay with LMTP; date'],
    ['its name speaks of LMTP', 'from with LMTP by relay with SMTP; date'],
  ] as const
  test.each(OUTSIDE)('%s', (_, trace) => {
    const mail = fields(OURS, `Received: ${trace}`, 'A: 1', FORGED, ...REST)
    expect(trustedFields(mail, from('smtp', '10.0.0.5'))).toBe(3)
  })
})

test('a loop, and a field without end, are followed only so far', () => {
  const hop = 'Received: from a (a [10.0.0.7]) by b with ESMTP; date'
  const loop = fields(OURS, ...Array.from({ length: 2_000 }, () => hop))
  expect(trustedFields(loop, from('smtp', '10.0.0.5'))).toBeLessThanOrEqual(101)
  for (const filler of ['(', ')', '[', ' ', '[10.0.0.7]', ' by ', ' with ', '"']) {
    const huge = fields(OURS, `Received: from ${filler.repeat(250_000)}`, ...REST)
    const began = performance.now()
    trustedFields(huge, from('smtp', '10.0.0.5'))
    expect(performance.now() - began, filler).toBeLessThan(2_000)
  }
})
