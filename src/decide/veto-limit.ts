import type { TallyScope } from '../mail/limits.ts'
import type { Reason, ReasonCode } from '../mail/reason.ts'
import type { Considered } from './considered.ts'

const CODE_OF = {
  correspondent: 'limit-correspondent',
  domain: 'limit-domain',
  mailbox: 'limit-mailbox',
  global: 'limit-global',
} as const satisfies Record<TallyScope, ReasonCode>

/** A counter that is full: so many notices went out already, and this one would be one more. */
function limitVeto(scope: TallyScope): (considered: Considered) => Reason | undefined {
  return ({ limits }) => {
    const limit = limits.find((one) => one.scope === scope)
    if (limit === undefined || limit.used < limit.count) return undefined
    return { code: CODE_OF[scope], detail: `${limit.used} of ${limit.count} in ${limit.windowMs / MINUTE_MS} minutes` }
  }
}

const MINUTE_MS = 60_000

export const correspondentLimitVeto = limitVeto('correspondent')
export const domainLimitVeto = limitVeto('domain')
export const mailboxLimitVeto = limitVeto('mailbox')
export const globalLimitVeto = limitVeto('global')

/** Once tripped, only a person or the cool-down arms it again, whatever the counter says by then. */
export function breakerVeto({ facts }: Considered): Reason | undefined {
  const { breaker } = facts.findings
  if (breaker === undefined || breaker.until <= facts.now) return undefined
  return { code: 'breaker-open', detail: breaker.because }
}
