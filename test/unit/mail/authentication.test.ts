import { expect, test } from 'vitest'
import { type Authentication, failureOf, type Verdict } from '../../../src/mail/authentication.ts'

const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'none', 'temperror', 'unknown']

const ALL: readonly Authentication[] = VERDICTS.flatMap((dmarc) =>
  VERDICTS.flatMap((spf) => VERDICTS.map((dkim) => ({ dmarc, spf, dkim, source: 'checked' as const }))),
)

test('a failed DMARC is a failure, whatever else is true', () => {
  for (const one of ALL.filter(({ dmarc }) => dmarc === 'fail')) expect(failureOf(one)).toBe('DMARC fail')
})

test('a failed SPF is a failure only where no signature of the sender was found to hold or is still to be checked', () => {
  for (const one of ALL.filter(({ dmarc }) => dmarc !== 'fail')) {
    const isAlone = one.spf === 'fail' && one.dmarc !== 'pass' && ['fail', 'none', 'unknown'].includes(one.dkim)
    expect(failureOf(one) !== undefined, JSON.stringify(one)).toBe(isAlone)
  }
})

test('what nobody knows is no failure', () => {
  for (const one of ALL.filter(({ dmarc, spf }) => dmarc !== 'fail' && spf !== 'fail')) {
    expect(failureOf(one), JSON.stringify(one)).toBeUndefined()
  }
})
