import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { failureOf } from '../../../src/mail/authentication.ts'
import { CUSTOMER_ZONE, FOREIGN_IP, inPieces, LETTER, lines, signed, verdictOn, type Zone } from './post.ts'

test('a mail from the right host with the right signature passes everything', async () => {
  const verdict = await verdictOn(await signed(LETTER))
  expect(verdict).toMatchObject({ dmarc: 'pass', spf: 'pass', dkim: 'pass', source: 'checked' })
  expect(verdict.because).toBe(
    'SPF pass (customer.example from 192.0.2.10); DKIM pass (customer.example, s1); DMARC pass (customer.example)',
  )
  expect(failureOf(verdict)).toBeUndefined()
})

test('the octets verify in whatever pieces they are read, with our own trace field on top of them', async () => {
  const letter = await signed(LETTER)
  for (const size of [1, 7, 4_096]) {
    const octets = (): AsyncIterable<Uint8Array> =>
      inPieces(Buffer.concat([lines('Received: by us', ''), letter]), size)
    expect(await verdictOn(letter, { octets, ip: FOREIGN_IP })).toMatchObject({ dkim: 'pass', dmarc: 'pass' })
  }
})

test('a forged sender fails: neither host nor signature is his', async () => {
  const verdict = await verdictOn(LETTER, { ip: FOREIGN_IP })
  expect(verdict).toMatchObject({ dmarc: 'fail', spf: 'fail', dkim: 'none' })
  expect(failureOf(verdict)).toBe('DMARC fail')
})

test('a forged From behind an honest envelope of the forger fails DMARC', async () => {
  const zone: Zone = {
    ...CUSTOMER_ZONE,
    'TXT evil.example': [['v=spf1 ip4:203.0.113.66 -all']],
    'TXT s1._domainkey.evil.example': CUSTOMER_ZONE['TXT s1._domainkey.customer.example'] ?? [],
  }
  const forged = await signed(LETTER, 'evil.example')
  const verdict = await verdictOn(forged, { zone, ip: FOREIGN_IP, mailFrom: 'bounce@evil.example' })
  expect(verdict).toMatchObject({ dmarc: 'fail', spf: 'pass', dkim: 'none' })
})

test('without a policy of the domain a hard SPF fail is failure all the same, a soft one is none', async () => {
  const { 'TXT _dmarc.customer.example': _, ...noPolicy } = CUSTOMER_ZONE
  const hard = await verdictOn(LETTER, { ip: FOREIGN_IP, zone: noPolicy })
  expect(hard).toMatchObject({ dmarc: 'none', spf: 'fail', dkim: 'none' })
  expect(failureOf(hard)).toBe('SPF fail without an aligned DKIM signature')
  const soft = { ...noPolicy, 'TXT customer.example': [['v=spf1 ip4:192.0.2.10 ~all']] }
  const softly = await verdictOn(LETTER, { ip: FOREIGN_IP, zone: soft })
  expect(softly).toMatchObject({ dmarc: 'none', spf: 'none' })
  expect(failureOf(softly)).toBeUndefined()
})

test('a policy of `none` is a policy: who does not meet it fails', async () => {
  const zone = { ...CUSTOMER_ZONE, 'TXT _dmarc.customer.example': [['v=DMARC1; p=none']] }
  expect(await verdictOn(LETTER, { ip: FOREIGN_IP, zone })).toMatchObject({ dmarc: 'fail' })
})

test('a forwarder breaks SPF, and the signature that it leaves alone speaks for the sender', async () => {
  const verdict = await verdictOn(await signed(LETTER), { ip: FOREIGN_IP })
  expect(verdict).toMatchObject({ dmarc: 'pass', spf: 'fail', dkim: 'pass' })
  expect(failureOf(verdict)).toBeUndefined()
})

test('a body that was changed on the way is a signature that fails', async () => {
  const letter = await signed(LETTER)
  const tampered = Buffer.from(letter.toString('latin1').replace('does not print', 'prints money'), 'latin1')
  const verdict = await verdictOn(tampered, { ip: FOREIGN_IP })
  expect(verdict).toMatchObject({ dmarc: 'fail', dkim: 'fail' })
  expect(verdict.because).toContain('body hash did not verify')
})

test('the signature of a sibling domain is aligned, that of a public suffix is not', async () => {
  const key = CUSTOMER_ZONE['TXT s1._domainkey.customer.example'] ?? []
  const zone = {
    ...CUSTOMER_ZONE,
    'TXT s1._domainkey.mail.customer.example': key,
    'TXT s1._domainkey.example': key,
  }
  const letter = await signed(LETTER, 'mail.customer.example')
  expect(await verdictOn(letter, { zone, ip: FOREIGN_IP })).toMatchObject({ dkim: 'pass', dmarc: 'pass' })
  expect(await verdictOn(await signed(LETTER, 'example'), { zone, ip: FOREIGN_IP })).toMatchObject({ dkim: 'none' })
})

test('of a null sender the name in HELO is checked', async () => {
  const zone = { ...CUSTOMER_ZONE, 'TXT mail.customer.example': [['v=spf1 ip4:192.0.2.10 -all']] }
  expect(await verdictOn(LETTER, { zone, mailFrom: '<>' })).toMatchObject({ spf: 'pass', dmarc: 'pass' })
  const forged = await verdictOn(LETTER, { zone, mailFrom: '<>', ip: FOREIGN_IP })
  expect(forged).toMatchObject({ spf: 'fail', dmarc: 'fail' })
  expect(forged.because).toContain('SPF fail (mail.customer.example from 203.0.113.66)')
})

test('a HELO that is no name says nothing', async () => {
  const odd = ['', '[192.0.2.10]', '192.0.2.10', ')(', 'x'.repeat(5_000), 'a b', '\u0000']
  for (const helo of odd) expect(await verdictOn(LETTER, { mailFrom: '<>', helo })).toMatchObject({ spf: 'none' })
})

test('a stored file whose envelope nobody knows fails by its signature alone, which may be missing in all honesty', async () => {
  const file = { source: 'file', mailFrom: 'unknown', ip: FOREIGN_IP } as const
  expect(await verdictOn(LETTER, file)).toMatchObject({ spf: 'unknown', dmarc: 'unknown', dkim: 'none' })
  expect(await verdictOn(await signed(LETTER), file)).toMatchObject({ spf: 'unknown', dmarc: 'pass', dkim: 'pass' })
})

test('a stored file of which no client is known is not judged', async () => {
  const verdict = await verdictOn(await signed(LETTER), { source: 'file', ip: undefined })
  expect(verdict).toEqual({ dmarc: 'unknown', spf: 'unknown', dkim: 'unknown', source: 'none' })
})

test('more than one author is no author to authenticate', async () => {
  const several = [
    lines('From: ann@customer.example, bob@customer.example', 'Subject: x', '', 'y', ''),
    lines('From: ann@customer.example', 'From: bob@evil.example', 'Subject: x', '', 'y', ''),
    lines('Subject: nobody', '', 'y', ''),
  ]
  for (const letter of several) {
    const verdict = await verdictOn(letter)
    expect(verdict).toMatchObject({ dmarc: 'unknown', dkim: 'unknown', spf: 'pass' })
    expect(verdict.because).toContain('From names no or several mailboxes')
  }
})

test('a From added above the signed one does not profit from its signature', async () => {
  const letter = Buffer.concat([lines('From: boss@bank.example', ''), await signed(LETTER)])
  const verdict = await verdictOn(letter, { ip: FOREIGN_IP })
  expect(verdict.dmarc).not.toBe('pass')
  expect(verdict.dkim).not.toBe('pass')
})

test('a signature with SHA-1 is none (RFC 8301 3.1)', async () => {
  const weak = lines(
    'DKIM-Signature: v=1; a=rsa-sha1; c=simple/simple; d=customer.example; s=s1; h=from;',
    ` bh=${createHash('sha1').update('It does not print.\r\n').digest('base64')}; b=AAAA`,
    '',
  )
  expect(await verdictOn(Buffer.concat([weak, LETTER]), { ip: FOREIGN_IP })).toMatchObject({
    dmarc: 'fail',
    dkim: 'none',
  })
})

test('a signature is good until it expires, by the receipt of the mail', async () => {
  const day = 24 * 3_600_000
  const signTime = Date.now() - 2 * day
  const expired = await signed(LETTER, 'customer.example', { signTime, expires: Date.now() - day })
  expect(await verdictOn(expired, { ip: FOREIGN_IP })).toMatchObject({ dkim: 'none', dmarc: 'fail' })
  const fresh = await signed(LETTER, 'customer.example', { signTime, expires: Date.now() + day })
  expect(await verdictOn(fresh, { ip: FOREIGN_IP })).toMatchObject({ dkim: 'pass', dmarc: 'pass' })
})

test('the peer in an IPv6 address is checked like any other', async () => {
  const zone = { ...CUSTOMER_ZONE, 'TXT customer.example': [['v=spf1 ip6:2001:db8::/32 ip4:192.0.2.10 -all']] }
  expect(await verdictOn(LETTER, { zone, ip: '2001:db8::25' })).toMatchObject({ spf: 'pass', dmarc: 'pass' })
  expect(await verdictOn(LETTER, { zone, ip: '::ffff:192.0.2.10' })).toMatchObject({ spf: 'pass' })
  expect(await verdictOn(LETTER, { zone, ip: '2001:db9::25' })).toMatchObject({ spf: 'fail', dmarc: 'fail' })
})

test('mechanisms that ask for MX and address records are followed', async () => {
  const zone = {
    ...CUSTOMER_ZONE,
    'TXT customer.example': [['v=spf1 include:_spf.host.example -all']],
    'TXT _spf.host.example': [['v=spf1 mx:host.example ~all']],
    'MX host.example': [
      { exchange: 'mx2.host.example', priority: 20 },
      { exchange: 'mx1.host.example', priority: 10 },
    ],
    'A mx1.host.example': ['192.0.2.1'],
    'A mx2.host.example': ['192.0.2.10'],
  }
  expect(await verdictOn(LETTER, { zone })).toMatchObject({ spf: 'pass', dmarc: 'pass' })
})
