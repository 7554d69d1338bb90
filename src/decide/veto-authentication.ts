import { failureOf } from '../mail/authentication.ts'
import type { Reason } from '../mail/reason.ts'
import type { Considered } from './considered.ts'

/** Against backscatter: a notice to a forged sender reaches somebody who wrote nothing. */
export function forgedVeto({ facts }: Considered): Reason | undefined {
  if (facts.policy.gate === 'off') return undefined
  const failure = failureOf(facts.authentication)
  if (failure === undefined) return undefined
  const { because } = facts.authentication
  return { code: 'authentication-failed', detail: because === undefined ? failure : `${failure}: ${because}` }
}

/** The strictest gate asks for proof, and what is not known proves nothing. */
export function unprovenVeto({ facts }: Considered): Reason | undefined {
  const { dmarc } = facts.authentication
  if (facts.policy.gate !== 'pass' || dmarc === 'pass') return undefined
  return { code: 'authentication-missing', detail: `DMARC ${dmarc}` }
}
