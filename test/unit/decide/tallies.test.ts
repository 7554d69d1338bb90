import { describe, expect, test } from 'vitest'
import { isPublicMailDomain } from '../../../src/decide/public-domain.ts'
import { talliesOf } from '../../../src/decide/tallies.ts'
import type { LimitOverride, Limits } from '../../../src/mail/limits.ts'
import { address } from '../letters.ts'

const HOUR_MS = 3_600_000
const LIMITS: Limits = {
  perCorrespondent: { count: 10, windowMs: 24 * HOUR_MS },
  perDomain: { count: 1_000, windowMs: HOUR_MS },
  perMailbox: { count: 5_000, windowMs: HOUR_MS },
  global: { count: 10_000, windowMs: HOUR_MS },
}
const of = (
  correspondent: string | undefined,
  { limits = LIMITS, limitOverrides = [] }: { limits?: Limits; limitOverrides?: readonly LimitOverride[] } = {},
) =>
  talliesOf({
    correspondent: correspondent === undefined ? undefined : address(correspondent),
    mailbox: address('Support@acme.example'),
    policy: { limits, limitOverrides },
  })
const keys = (...given: Parameters<typeof of>) => of(...given).map(({ scope, key }) => `${scope} ${key}`.trim())

describe('a notice is counted', () => {
  test('for its correspondent, the domain, the mailbox and in all', () => {
    expect(of('Ann@Mail.Customer.co.uk')).toEqual([
      { scope: 'correspondent', key: 'ann@mail.customer.co.uk', count: 10, windowMs: 24 * HOUR_MS },
      { scope: 'domain', key: 'customer.co.uk', count: 1_000, windowMs: HOUR_MS },
      { scope: 'mailbox', key: 'support@acme.example', count: 5_000, windowMs: HOUR_MS },
      { scope: 'global', key: '', count: 10_000, windowMs: HOUR_MS },
    ])
  })
  test.each(['ann.lee+case17@gmail.com', 'annlee@gmail.com', 'A.N.N.Lee@GoogleMail.com'])(
    'once for %s, however it is spelt, and not for a domain where anybody has a mailbox',
    (one) => {
      expect(keys(one)).toEqual(['correspondent annlee@gmail.com', 'mailbox support@acme.example', 'global'])
    },
  )
  test('for mailbox and all alone, where nobody is to be written to', () => {
    expect(keys(undefined)).toEqual(['mailbox support@acme.example', 'global'])
  })
  test('nowhere where limits are off', () => {
    const off = { perCorrespondent: 'off', perDomain: 'off', perMailbox: 'off', global: 'off' } as const
    expect(keys('ann@customer.example', { limits: off })).toEqual([])
    expect(keys('ann@customer.example', { limits: { ...LIMITS, perDomain: 'off' } })).toEqual([
      'correspondent ann@customer.example',
      'mailbox support@acme.example',
      'global',
    ])
  })
})

describe('an override', () => {
  const rate = (count: number) => ({ count, windowMs: HOUR_MS })
  const limitOverrides: readonly LimitOverride[] = [
    { match: '*@PARTNER.example', perCorrespondent: rate(77), perDomain: undefined },
    { match: 'bot@*', perCorrespondent: 'off', perDomain: rate(3) },
    { match: '*@partner.example', perCorrespondent: rate(1), perDomain: rate(1) },
  ]
  const counts = (one: string) => of(one, { limitOverrides }).map(({ scope, count }) => `${scope} ${count}`)
  test('that matches first counts, and what it leaves out is as for all', () => {
    expect(counts('bot@partner.example').slice(0, 2)).toEqual(['correspondent 77', 'domain 1000'])
    expect(counts('bot@other.example').slice(0, 1)).toEqual(['domain 3'])
    expect(counts('ann@other.example').slice(0, 2)).toEqual(['correspondent 10', 'domain 1000'])
  })
})

test.each([
  ['gmail.com', true],
  ['web.de', true],
  ['qq.com', true],
  ['customer.example', false],
  ['acme.com', false],
])('anybody can have a mailbox at %s: %s', (domain, expected) => {
  expect(isPublicMailDomain(domain)).toBe(expected)
})
