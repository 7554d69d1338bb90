import { type Address, domainOf, folded, NULL_PATH, sameMailbox } from '../mail/address.ts'
import type { Facts } from '../mail/facts.ts'
import { mailboxOf, reversePathOf } from '../mail/reverse-path.ts'
import { leadsTo } from './reverse-path.ts'

/** To whom a service notice goes, or why to nobody. */
export type Recipient =
  | { readonly kind: 'known'; readonly to: Address }
  | { readonly kind: 'nobody'; readonly because: string }

/**
 * The one recipient of a service notice (DESIGN 4.10, RFC 3834 4). From must hold exactly one usable address. Its
 * Reply-To counts only within the same organisation, or where From is a web form that the operator listed; where the
 * reverse-path is the same mailbox as From in another spelling, the notice goes there. A null reverse-path is nobody.
 */
export function serviceRecipient({ envelope, message, policy }: Facts): Recipient {
  const reversePath = reversePathOf({ envelope, message })
  if (reversePath === NULL_PATH) return nobody('the reverse-path is null')
  const [only, ...more] = message.from
  const unclear = message.defects.find((one) => UNCLEAR_FROM.includes(one.code))
  if (unclear !== undefined) return nobody(unclear.detail ?? unclear.code)
  if (only === undefined) return nobody('From holds no address')
  if (more.length > 0) return nobody(`From holds ${more.length + 1} addresses`)
  const from = only.address
  const [replyTo, ...others] = message.replyTo.map((one) => one.address)
  if (policy.forms.has(folded(from))) {
    return replyTo === undefined || others.length > 0
      ? nobody('the form names no single customer in Reply-To')
      : { kind: 'known', to: replyTo }
  }
  if (replyTo !== undefined && others.length === 0 && !sameMailbox(replyTo, from) && sameOrganisation(replyTo, from)) {
    return { kind: 'known', to: replyTo }
  }
  const returned = mailboxOf(reversePath)
  return { kind: 'known', to: returned !== undefined && leadsTo(returned, from) ? returned : from }
}

const UNCLEAR_FROM: readonly string[] = ['no-from', 'several-from', 'bad-from']

function nobody(because: string): Recipient {
  return { kind: 'nobody', because }
}

/** Second-level labels under which countries register names (`co.uk`, `com.gr`, `ac.jp`): no organisation of their own. */
const REGISTRY_LABEL = /^(?:[a-z]{1,3}|info|name|asso|gouv|govt|mail)$/u

/**
 * True where both domains are the same, or one lies below the other, which then must be more than a registry's suffix.
 * Narrower than the organisational domain of RFC 7489 3.2, which needs a list from outside: siblings do not count.
 */
export function sameOrganisation(a: Address, b: Address): boolean {
  const [x, y] = [domainOf(a), domainOf(b)]
  if (x === y) return true
  const upper = x.length < y.length ? x : y
  const lower = upper === x ? y : x
  return lower.endsWith(`.${upper}`) && !isRegistrySuffix(upper)
}

function isRegistrySuffix(domain: string): boolean {
  const labels = domain.split('.')
  if (labels.length < 2) return true
  const [second = '', top = ''] = labels.slice(-2)
  return labels.length === 2 && top.length === 2 && REGISTRY_LABEL.test(second)
}
