import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { failureOf } from '../../../src/mail/authentication.ts'
import type { Log } from '../../../src/ops/events.ts'
import { CUSTOMER_IP, CUSTOMER_ZONE, FOREIGN_IP, LETTER, sealed, signed, verdictOn, type Zone } from './post.ts'

/** Every name server in trouble: no answer says anything. */
const BROKEN: Zone = Object.fromEntries(Object.keys(CUSTOMER_ZONE).map((question) => [question, 'ESERVFAIL']))
const SHORT = 40 // ms

function notes(): { readonly log: Log; readonly events: [string, unknown][] } {
  const events: [string, unknown][] = []
  return { events, log: (name, fields) => void events.push([name, fields]) }
}

test('servers in trouble make nobody a forger', async () => {
  const verdict = await verdictOn(await signed(LETTER), { zone: BROKEN })
  expect(verdict).toMatchObject({ dmarc: 'temperror', spf: 'temperror', dkim: 'temperror', source: 'checked' })
  expect(failureOf(verdict)).toBeUndefined()
})

test('while the SPF record or the key of the domain cannot be fetched, its policy is not broken', async () => {
  const noSpf = { ...CUSTOMER_ZONE, 'TXT customer.example': 'ETIMEOUT' }
  expect(await verdictOn(LETTER, { zone: noSpf })).toMatchObject({ dmarc: 'temperror', spf: 'temperror' })
  const noKey = { ...CUSTOMER_ZONE, 'TXT s1._domainkey.customer.example': 'EREFUSED' }
  const verdict = await verdictOn(await signed(LETTER), { zone: noKey, ip: FOREIGN_IP })
  expect(verdict).toMatchObject({ dmarc: 'temperror', dkim: 'temperror' })
  expect(failureOf(verdict)).toBeUndefined()
})

test('a domain that does not exist has neither record nor policy', async () => {
  expect(await verdictOn(LETTER, { zone: {} })).toMatchObject({ dmarc: 'none', spf: 'none', dkim: 'none' })
})

test('a record that cannot be understood, or asks for more than ten lookups, is no verdict', async () => {
  const chain = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [
      `TXT s${i}.customer.example`,
      [[`v=spf1 include:s${i + 1}.customer.example -all`]],
    ]),
  )
  const records = [
    'v=spf1 include:s0.customer.example -all',
    'v=spf1 ip4:not-an-address -all',
    'v=spf1 include:customer.example -all',
  ]
  for (const record of records) {
    const zone = { ...CUSTOMER_ZONE, ...chain, 'TXT customer.example': [[record]] }
    const verdict = await verdictOn(LETTER, { zone, ip: FOREIGN_IP })
    expect(verdict.spf, record).toBe('none')
    expect(verdict.because).toContain('SPF permerror')
  }
})

test('servers that never answer hold nobody up for longer than the limit', async () => {
  const silent: Zone = Object.fromEntries(Object.keys(CUSTOMER_ZONE).map((question) => [question, 'SILENT']))
  const began = performance.now()
  const verdict = await verdictOn(await signed(LETTER), { zone: silent, timeLimitMs: SHORT })
  expect(performance.now() - began).toBeLessThan(SHORT + 1_000)
  expect(verdict.dmarc).toMatch(/temperror|unknown/u)
  expect(verdict.spf).toBe('temperror')
  expect(failureOf(verdict)).toBeUndefined()
})

test('a forger cannot hide behind his own silent servers: the policy of the domain he forges is still asked for', async () => {
  const zone = { ...CUSTOMER_ZONE, 'TXT evil.example': 'SILENT', 'TXT s1._domainkey.evil.example': 'SILENT' }
  const forged = await signed(await signed(LETTER, 'evil.example', { selector: 's2' }), 'evil.example')
  const how = { zone, ip: FOREIGN_IP, mailFrom: 'x@evil.example', timeLimitMs: 4 * SHORT }
  expect(await verdictOn(forged, how)).toMatchObject({ dmarc: 'fail', spf: 'temperror' })
  const withSeal = await sealed(forged, { domain: 'google.com', says: 'mx.google.com; none' })
  expect(await verdictOn(withSeal, how)).toMatchObject({ dmarc: 'fail', spf: 'temperror' })
})

test('the keys of strangers are not asked for', async () => {
  const questions: string[] = []
  await verdictOn(await signed(await signed(LETTER), 'evil.example'), { questions })
  expect(questions.filter((one) => one.includes('_domainkey'))).toEqual(['TXT s1._domainkey.customer.example'])
})

test('a selector that is no name is no trouble of the name server', async () => {
  const questions: string[] = []
  for (const selector of ['..', 'a b', 'x'.repeat(64), 'a.-b', '*']) {
    const forged = `DKIM-Signature: v=1; a=ed25519-sha256; d=customer.example; s=${selector}; h=from; bh=${'A'.repeat(43)}=; b=AA\r\n`
    const bh = /bh=([^;]+);/u.exec((await signed(LETTER)).toString().replace(/\s/gu, ''))?.[1] ?? ''
    const letter = Buffer.concat([
      Buffer.from(forged.replace(`${'A'.repeat(43)}=`, bh).replace('d=', 'c=relaxed/relaxed; d=')),
      LETTER,
    ])
    const verdict = await verdictOn(letter, { ip: FOREIGN_IP, questions, zone: { ...CUSTOMER_ZONE } })
    expect(verdict, selector).toMatchObject({ dmarc: 'fail' })
  }
  expect(questions.filter((one) => one.includes('_domainkey'))).toEqual([])
})

test('octets that cannot be read leave the signatures unknown, and the log says so', async () => {
  const { log, events } = notes()
  const octets = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('Received: x\r\n')
    throw new Error('the spool is gone')
  }
  const verdict = await verdictOn(await signed(LETTER), { log, octets, ip: FOREIGN_IP })
  expect(verdict).toMatchObject({ spf: 'fail', dkim: 'temperror', dmarc: 'temperror' })
  expect(events).toEqual([['authentication.trouble', { id: '01KB0000000000000000000000', error: 'the spool is gone' }]])
})

test('octets that never come end with the limit', async () => {
  const { log, events } = notes()
  const octets = (): AsyncIterable<Uint8Array> => ({
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<Uint8Array>>(() => {}) }),
  })
  const verdict = await verdictOn(LETTER, { log, octets, timeLimitMs: SHORT })
  expect(verdict).toMatchObject({ spf: 'pass', dkim: 'temperror', dmarc: 'pass' })
  expect(events).toHaveLength(1)
})

test('a fault of ours is unknown and said, never a failure of the mail', async () => {
  const { log, events } = notes()
  const isTrusted = (): boolean => {
    throw new TypeError('a bug')
  }
  const verdict = await verdictOn(LETTER, { log, trust: { isTrusted }, ip: CUSTOMER_IP })
  expect(verdict).toEqual({
    dmarc: 'unknown',
    spf: 'unknown',
    dkim: 'unknown',
    source: 'none',
    because: 'could not be checked: a bug',
  })
  expect(events).toHaveLength(1)
})

test('a resolver that throws anything at all is a resolver in trouble', async () => {
  const resolvers = [
    () => Promise.reject('a word'),
    () => Promise.reject(undefined),
    () => Promise.reject(new Error('x')),
  ]
  for (const resolve of resolvers) {
    const verdict = await verdictOn(await signed(LETTER), { resolve })
    expect(verdict).toMatchObject({ dmarc: 'temperror', spf: 'temperror', dkim: 'temperror' })
  }
})

test('nonsense in the place of records is no record', async () => {
  for (const answer of [[], [[]], [['']], [[null]], ['v=spf1 -all'], [42], [['p=']], [['v=DMARC1']]]) {
    const zone = Object.fromEntries(Object.keys(CUSTOMER_ZONE).map((question) => [question, answer]))
    const verdict = await verdictOn(await signed(LETTER), { zone })
    expect(failureOf(verdict) ?? 'SPF fail without an aligned DKIM signature').toMatch(/^SPF/u)
  }
})
