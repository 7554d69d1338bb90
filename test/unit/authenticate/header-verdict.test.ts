import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { type Authentication, failureOf } from '../../../src/mail/authentication.ts'
import { LETTER, lines, sealed, verdictOn } from './post.ts'

const HOP = 'Received: from mail.customer.example (x [192.0.2.10]) by mx.acme.example with ESMTP; date'
const TRUST = { authservIds: ['MX.acme.example', 'other.acme.example'] }
const NOTHING = { dmarc: 'unknown', spf: 'unknown', dkim: 'unknown', source: 'none' }

/** The verdict on the letter with these lines on top, from a relay that we trust. */
function behindRelay(...top: readonly string[]): Promise<Authentication> {
  const letter = Buffer.concat([lines(...top, ''), LETTER])
  return verdictOn(letter, { ip: '10.0.0.5', trust: TRUST, resolve: () => Promise.reject(new Error('nobody asks')) })
}

test('what a trusted host found is believed, and the DNS is not asked', async () => {
  const verdict = await behindRelay(
    'Authentication-Results: mx.acme.example; dkim=pass header.d=customer.example; spf=pass; dmarc=pass header.from=customer.example',
    HOP,
  )
  expect(verdict).toEqual({
    dmarc: 'pass',
    spf: 'pass',
    dkim: 'pass',
    source: 'header',
    because: 'Authentication-Results of mx.acme.example',
  })
})

test('filters of one host that write a field each are heard together, the name in any case', async () => {
  const verdict = await behindRelay(
    'Authentication-Results: MX.ACME.EXAMPLE; dmarc=fail (p=reject dis=none) header.from=customer.example',
    'Authentication-Results: mx.acme.example; spf=softfail smtp.mailfrom=x.example',
    'Authentication-Results: other.acme.example 1; dkim=none (no signatures found)',
    HOP,
  )
  expect(verdict).toMatchObject({ dmarc: 'fail', spf: 'none', dkim: 'none', source: 'header' })
  expect(failureOf(verdict)).toBe('DMARC fail')
})

test('a field that a host writes below its own trace field is still its own', async () => {
  expect(await behindRelay(HOP, 'Authentication-Results: mx.acme.example; dmarc=pass')).toMatchObject({ dmarc: 'pass' })
})

test('of two words on one thing the later one counts: the sender may have sent the other', async () => {
  const verdict = await behindRelay(
    HOP,
    'Authentication-Results: mx.acme.example; spf=fail; dkim=none; dmarc=fail',
    'Authentication-Results: mx.acme.example; spf=pass; dkim=pass header.d=customer.example; dmarc=pass',
  )
  expect(verdict).toMatchObject({ dmarc: 'fail', spf: 'fail', dkim: 'none' })
})

test('results that a stranger brings along are as good as not there', async () => {
  const forged = 'Authentication-Results: mx.acme.example; spf=pass; dmarc=pass; dkim=pass header.d=customer.example'
  expect(await behindRelay(HOP, 'Received: from bot by x; date', forged)).toEqual(NOTHING)
  const direct = await verdictOn(Buffer.concat([lines(forged, ''), LETTER]), { ip: '203.0.113.66', trust: TRUST })
  expect(direct).toMatchObject({ dmarc: 'fail', source: 'checked' })
})

test('results of anybody else, and those that cannot be read, are as good as not there', async () => {
  const others = [
    'Authentication-Results: mx.acme.example.evil.example; dmarc=pass',
    'Authentication-Results: evil.example (mx.acme.example); dmarc=pass',
    'Authentication-Results: mx.acme.example; dmarc=pass (',
    'Authentication-Results: dmarc=pass header.from=customer.example',
    'ARC-Authentication-Results: i=1; mx.acme.example; dmarc=pass',
    'X-Authentication-Results: mx.acme.example; dmarc=pass',
  ]
  for (const one of others) expect(await behindRelay(one, HOP), one).toEqual(NOTHING)
})

test('without a trusted name nobody is believed', async () => {
  const letter = Buffer.concat([lines('Authentication-Results: mx.acme.example; dmarc=fail', HOP, ''), LETTER])
  expect(await verdictOn(letter, { ip: '10.0.0.5' })).toEqual(NOTHING)
})

test('a host that says it checked nothing, or not everything, leaves it unknown', async () => {
  expect(await behindRelay('Authentication-Results: mx.acme.example; none', HOP)).toMatchObject({
    dmarc: 'unknown',
    spf: 'unknown',
    dkim: 'unknown',
    source: 'header',
  })
  const onlySpf = await behindRelay('Authentication-Results: mx.acme.example; spf=fail', HOP)
  expect(onlySpf).toMatchObject({ dmarc: 'unknown', spf: 'fail', dkim: 'unknown' })
  expect(failureOf(onlySpf)).toContain('SPF fail')
})

test('a signature of another organisation is none, one of several that is From’s is enough', async () => {
  const says = (text: string): Promise<Authentication> =>
    behindRelay(`Authentication-Results: mx.acme.example; ${text}`, HOP)
  expect(await says('dkim=pass header.d=evil.example')).toMatchObject({ dkim: 'none' })
  expect(await says('dkim=pass header.d=customer.example.evil.example')).toMatchObject({ dkim: 'none' })
  expect(await says('dkim=pass')).toMatchObject({ dkim: 'none' })
  expect(await says('dkim=pass header.i=ann@mail.customer.example')).toMatchObject({ dkim: 'pass' })
  expect(await says('dkim=fail header.d=customer.example; dkim=pass header.d=Customer.Example.')).toMatchObject({
    dkim: 'pass',
  })
  expect(await says('dkim=fail header.d=customer.example; dkim=pass header.d=evil.example')).toMatchObject({
    dkim: 'fail',
  })
  expect(await says('dkim=temperror header.d=customer.example')).toMatchObject({ dkim: 'temperror' })
})

test('a verdict on another author says nothing of this one', async () => {
  const verdict = await behindRelay('Authentication-Results: mx.acme.example; dmarc=pass header.from=evil.example', HOP)
  expect(verdict).toMatchObject({ dmarc: 'unknown' })
})

test.each([
  ['pass', 'pass'],
  ['fail', 'fail'],
  ['hardfail', 'fail'],
  ['softfail', 'none'],
  ['neutral', 'none'],
  ['none', 'none'],
  ['policy', 'none'],
  ['permerror', 'none'],
  ['temperror', 'temperror'],
  ['bestguesspass', 'none'],
  ['anything', 'none'],
])('spf=%s is %s to us', async (word, verdict) => {
  expect(await behindRelay(`Authentication-Results: mx.acme.example; spf=${word}`, HOP)).toMatchObject({ spf: verdict })
})

test('over IMAP the provider’s word counts, what came below his trace field’s successor does not', async () => {
  const says = 'Authentication-Results: mx.acme.example; dmarc=fail header.from=customer.example'
  const imap = { source: 'imap', ip: undefined, mailFrom: 'unknown', trust: TRUST } as const
  const believed = Buffer.concat([lines('Delivered-To: support@acme.example', HOP, says, ''), LETTER])
  expect(await verdictOn(believed, imap)).toMatchObject({ dmarc: 'fail', source: 'header' })
  const forged = Buffer.concat([lines(HOP, 'Received: from a by b; date', says, ''), LETTER])
  expect(await verdictOn(forged, imap)).toEqual(NOTHING)
})

test('a stored file that a trusted host brought is believed as that host wrote it', async () => {
  const says = 'Authentication-Results: mx.acme.example; dmarc=pass'
  const letter = Buffer.concat([lines(says, HOP, ''), LETTER])
  expect(await verdictOn(letter, { source: 'file', ip: '10.0.0.5', trust: TRUST })).toMatchObject({ dmarc: 'pass' })
})

test('behind a relay that found the ARC chain of a trusted forwarder in order, nobody is punished', async () => {
  const passed = 'mx.google.com; dkim=pass header.d=customer.example; dmarc=pass header.from=customer.example'
  const forwarded = await sealed(LETTER, { domain: 'google.com', says: passed })
  const says = (arc: string): Buffer =>
    Buffer.concat([lines(`Authentication-Results: mx.acme.example; dmarc=fail; spf=fail${arc}`, HOP, ''), forwarded])
  const how = { ip: '10.0.0.5', trust: TRUST }
  const lifted = await verdictOn(says('; arc=pass'), how)
  expect(lifted).toMatchObject({ dmarc: 'unknown', spf: 'unknown', source: 'header' })
  expect(lifted.because).toContain('google.com')
  expect(await verdictOn(says(''), how)).toMatchObject({ dmarc: 'fail' })
  expect(await verdictOn(says('; arc=fail'), how)).toMatchObject({ dmarc: 'fail' })
})
