import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { failureOf } from '../../../src/mail/authentication.ts'
import { CUSTOMER_ZONE, FOREIGN_IP, LETTER, sealed, signed, verdictOn } from './post.ts'

const PASSED = 'mx.google.com; dkim=pass header.d=customer.example; spf=pass; dmarc=pass header.from=customer.example'
const FAILED =
  'mx.google.com; dkim=none; spf=fail smtp.mailfrom=customer.example; dmarc=fail header.from=customer.example'
const LIST = { ip: FOREIGN_IP, mailFrom: 'list-bounces@lists.example' }

/** What a list does to a letter: another body and another subject. */
async function posted(): Promise<Buffer> {
  const changed = (await signed(LETTER)).toString('latin1').replace('My printer', '[list] My printer')
  return Buffer.from(`${changed}-- \r\nYou are on the list.\r\n`, 'latin1')
}

test('a list that breaks the signature makes its posters fail, unless it can show what was before', async () => {
  const verdict = await verdictOn(await posted(), LIST)
  expect(verdict).toMatchObject({ dmarc: 'fail', dkim: 'fail', spf: 'none' })
})

test('a forwarder that we trust says that the mail was authentic: no failure, and no more than that', async () => {
  const verdict = await verdictOn(await sealed(await posted(), { domain: 'google.com', says: PASSED }), LIST)
  expect(verdict).toMatchObject({ dmarc: 'unknown', dkim: 'fail', spf: 'none', source: 'checked' })
  expect(verdict.because).toContain('authentic when google.com forwarded it (ARC)')
  expect(failureOf(verdict)).toBeUndefined()
})

test('SPF that a trusted forwarder broke is no failure where there is no policy', async () => {
  const { 'TXT _dmarc.customer.example': _, ...zone } = CUSTOMER_ZONE
  const how = { ip: FOREIGN_IP, zone }
  const passed = await verdictOn(await sealed(await posted(), { domain: 'google.com', says: PASSED }), how)
  expect(passed).toMatchObject({ dmarc: 'none', spf: 'unknown' })
  const failed = await verdictOn(await sealed(await posted(), { domain: 'google.com', says: FAILED }), how)
  expect(failed).toMatchObject({ dmarc: 'none', spf: 'fail' })
})

test('a stranger may seal what he likes', async () => {
  const letter = await sealed(await posted(), { domain: 'stranger.example', says: PASSED })
  expect(await verdictOn(letter, LIST)).toMatchObject({ dmarc: 'fail' })
})

test('a sealer that the operator trusts counts as those that ship', async () => {
  const letter = await sealed(await posted(), { domain: 'stranger.example', says: PASSED })
  const verdict = await verdictOn(letter, { ...LIST, trust: { sealers: ['stranger.example'] } })
  expect(verdict).toMatchObject({ dmarc: 'unknown' })
})

test('a trusted forwarder that found a forgery, or another author, lifts nothing', async () => {
  const others = [FAILED, PASSED.replaceAll('customer.example', 'evil.example'), 'mx.google.com; none', 'nonsense']
  for (const says of others) {
    const letter = await sealed(await posted(), { domain: 'google.com', says })
    expect(await verdictOn(letter, LIST), says).toMatchObject({ dmarc: 'fail' })
  }
})

test('a seal that was only copied, or a mail changed after it, is no seal', async () => {
  const letter = (await sealed(await posted(), { domain: 'google.com', says: PASSED })).toString('latin1')
  const forged = [
    letter.replace('It does not print', 'Send me money'),
    letter.replace('dmarc=pass', 'dmarc=PASS'),
    letter.replace(/(ARC-Seal:[^;]*;)/u, '$1 x=1;'),
  ]
  for (const one of forged) {
    expect(one).not.toBe(letter)
    expect(await verdictOn(Buffer.from(one, 'latin1'), LIST)).toMatchObject({ dmarc: 'fail' })
  }
})

test('behind a trusted sealer the word of a stranger before him does not count, that of a trusted one does', async () => {
  const first = await sealed(await posted(), { domain: 'stranger.example', says: PASSED })
  const laundered = await sealed(first, { domain: 'google.com', says: FAILED, cv: 'pass' })
  expect(await verdictOn(laundered, LIST)).toMatchObject({ dmarc: 'fail' })
  const group = await sealed(await posted(), { domain: 'google.com', says: PASSED })
  const again = await sealed(group, { domain: 'google.com', says: FAILED, cv: 'pass' })
  expect(await verdictOn(again, LIST)).toMatchObject({ dmarc: 'unknown' })
  const strangerLast = await sealed(group, { domain: 'stranger.example', says: PASSED, cv: 'pass' })
  expect(await verdictOn(strangerLast, LIST)).toMatchObject({ dmarc: 'fail' })
})

test('as long as the key of a trusted sealer cannot be fetched, nobody is punished', async () => {
  const letter = await sealed(await posted(), { domain: 'google.com', says: PASSED })
  const zone = { ...CUSTOMER_ZONE, 'TXT arc._domainkey.google.com': 'ESERVFAIL' }
  expect(await verdictOn(letter, { ...LIST, zone })).toMatchObject({ dmarc: 'temperror' })
  const gone = { ...CUSTOMER_ZONE, 'TXT arc._domainkey.google.com': 'ENOTFOUND' }
  expect(await verdictOn(letter, { ...LIST, zone: gone })).toMatchObject({ dmarc: 'fail' })
})
