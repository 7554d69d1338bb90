import { type Address, correspondentKey, domainOf, folded } from '../mail/address.ts'
import { matchesGlob } from '../mail/address-glob.ts'
import type { Facts, Policy } from '../mail/facts.ts'
import type { Limits, Rate, Tally, TallyScope } from '../mail/limits.ts'
import { organisationOf } from '../mail/organisation.ts'
import { correspondentOf } from './correspondent.ts'
import { isPublicMailDomain } from './public-domain.ts'

/** A counter of notices, how far back it is asked, and the count at which it is full. */
export type Limit = Tally & { readonly count: number }

type Counted = {
  /** As `correspondentOf` says; undefined where nobody is to be written to. */
  readonly correspondent: Address | undefined
  /** The mailbox that would speak. */
  readonly mailbox: Address | undefined
  readonly policy: Pick<Policy, 'limits' | 'limitOverrides'>
}

/**
 * The counters that limit a notice, narrowest first (DESIGN 4.8): of the correspondent in every spelling, of the
 * organisation behind the domain unless anybody can have a mailbox there, of the mailbox, and of all. A limit that is off
 * has no counter.
 */
export function talliesOf({ correspondent, mailbox, policy }: Counted): readonly Limit[] {
  const limits = limitsFor(correspondent, policy)
  const domain = correspondent === undefined ? undefined : domainOf(folded(correspondent))
  const isCounted = domain !== undefined && !isPublicMailDomain(domain)
  return [
    ...limit('correspondent', correspondent === undefined ? undefined : correspondentKey(correspondent), limits),
    ...limit('domain', isCounted ? organisationOf(domain) : undefined, limits),
    ...limit('mailbox', mailbox === undefined ? undefined : folded(mailbox), limits),
    ...limit('global', '', limits),
  ]
}

/** The limits on a notice for this message, each with how much of it is used. */
export function limitsOn(facts: Facts): readonly (Limit & { readonly used: number })[] {
  const mailbox = facts.addressed[0]?.mailbox.address
  const limits = talliesOf({ correspondent: correspondentOf(facts), mailbox, policy: facts.policy })
  return limits.map((one, at) => ({ ...one, used: facts.findings.used[at] ?? 0 }))
}

const RATE_OF = {
  correspondent: 'perCorrespondent',
  domain: 'perDomain',
  mailbox: 'perMailbox',
  global: 'global',
} as const satisfies Record<TallyScope, keyof Limits>

function limit(scope: TallyScope, key: string | undefined, limits: Limits): readonly Limit[] {
  const rate: Rate = limits[RATE_OF[scope]]
  return key === undefined || rate === 'off' ? [] : [{ scope, key, ...rate }]
}

/** The general limits, with what the first override that matches says otherwise. */
function limitsFor(correspondent: Address | undefined, { limits, limitOverrides }: Counted['policy']): Limits {
  if (correspondent === undefined) return limits
  const override = limitOverrides.find((one) => matchesGlob(one.match, correspondent))
  return {
    ...limits,
    perCorrespondent: override?.perCorrespondent ?? limits.perCorrespondent,
    perDomain: override?.perDomain ?? limits.perDomain,
  }
}
