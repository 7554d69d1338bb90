import { type Address, domainOf, folded, localOf, NULL_PATH, sameMailbox } from '../mail/address.ts'
import type { Facts } from '../mail/facts.ts'
import { sameOrganisation } from '../mail/organisation.ts'
import { mailboxOf, reversePathOf } from '../mail/reverse-path.ts'
import { isPublicMailDomain } from './public-domain.ts'
import { leadsTo } from './reverse-path.ts'

/** To whom a service notice goes, or why to nobody. */
export type Recipient =
  | { readonly kind: 'known'; readonly to: Address }
  | { readonly kind: 'nobody'; readonly because: string }

/**
 * The one recipient of a service notice (DESIGN 4.10, RFC 3834 4). From must hold exactly one usable address. Its
 * Reply-To counts only within the same organisational domain, or where From is a web form that the operator listed; where the
 * reverse-path is the same mailbox as From in another spelling, the notice goes there. A null reverse-path is nobody.
 */
export function serviceRecipient({
  envelope,
  message,
  policy,
}: Pick<Facts, 'envelope' | 'message' | 'policy'>): Recipient {
  const reversePath = reversePathOf({ envelope, message })
  if (reversePath === NULL_PATH) return nobody('the reverse-path is null')
  const [only, ...more] = message.from
  const unclear = message.defects.find((one) => UNCLEAR_FROM.includes(one.code))
  if (unclear !== undefined) return nobody(unclear.detail ?? unclear.code)
  if (only === undefined) return nobody('From holds no address')
  if (more.length > 0) return nobody(`From holds ${more.length + 1} addresses`)
  const from = only.address
  const [replyTo, ...others] = message.replyTo.map((one) => one.address).filter((one) => !isMachinery(one))
  if (policy.forms.has(folded(from))) {
    return replyTo === undefined || others.length > 0
      ? nobody('the form names no single customer in Reply-To')
      : { kind: 'known', to: replyTo }
  }
  if (replyTo !== undefined && others.length === 0 && !sameMailbox(replyTo, from) && isSameHouse(replyTo, from)) {
    return { kind: 'known', to: replyTo }
  }
  if (replyTo !== undefined && FORM_SENDER.test(localOf(from)) && !isSameHouse(replyTo, from)) {
    return nobody(`From is a web form's (${from}) and Reply-To somebody else's; list it in forms to answer there`)
  }
  const returned = mailboxOf(reversePath)
  return { kind: 'known', to: returned !== undefined && leadsTo(returned, from) ? returned : from }
}

/** Addresses behind which programs read (RFC 3834 2, RFC 5230 4.6); as a sender they are a sign, as Reply-To nobody. */
const MACHINERY = /^(?:owner-.*|.*-owner|.*-request|mailer-daemon|listserv|majordomo)$/u

function isMachinery(address: Address): boolean {
  return MACHINERY.test(localOf(address).toLowerCase())
}

/**
 * Whole local parts under which programs of web sites write what a visitor typed in. Who is named in Reply-To is not proven,
 * so only a form that the operator listed is answered there; and the program itself has asked nothing.
 */
const FORM_SENDER =
  /^(?:(?:web-?|contact-?|order-?)?forms?|wordpress|wp|www(?:-data)?|apache|nginx|httpd|website|webserver|(?:no|do-?not)[._-]?reply)$/iu

const UNCLEAR_FROM: readonly string[] = ['no-from', 'several-from', 'bad-from']

function nobody(because: string): Recipient {
  return { kind: 'nobody', because }
}

/** Anybody can have a mailbox at a public mail domain: there, the same domain says nothing of who writes. */
function isSameHouse(a: Address, b: Address): boolean {
  return sameOrganisation(domainOf(a), domainOf(b)) && !isPublicMailDomain(domainOf(a))
}
