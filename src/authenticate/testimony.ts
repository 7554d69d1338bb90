import { domainToASCII } from 'node:url'
import type { Verdict } from '../mail/authentication.ts'
import { sameOrganisation } from '../mail/organisation.ts'
import type { MethodResult, ResultsField } from './results-field.ts'

/** What somebody says of a mail's authenticity, in our words. */
export type Testimony = { readonly dmarc: Verdict; readonly spf: Verdict; readonly dkim: Verdict }

/**
 * The result words of RFC 8601 2.7 in ours. `none`: the domain says nothing binding (none, neutral, softfail, policy), or
 * nothing that can be understood (permerror): its own mistake forges nobody's mail. RFC 7208 8.5 asks to treat a softfail as
 * less than a failure. `hardfail` is the older word of RFC 5451.
 */
export function verdictOf(result: string): Verdict {
  if (result === 'pass' || result === 'fail' || result === 'temperror') return result
  return result === 'hardfail' ? 'fail' : 'none'
}

/** Lower case, in letters of the DNS, without the root's dot; '' for what is no domain. */
export function asciiDomain(domain: string): string {
  return domainToASCII(domain.trim().toLowerCase()).replace(/\.$/u, '')
}

/**
 * What these fields, top first, say together. Filters of one host write a field each, so each method counts by itself; of two
 * fields that speak of the same one the upper was written later, by a host nearer to us.
 * @param fromDomain the one in From, see `asciiDomain`; undefined where From names no or several mailboxes
 * @returns unknown for methods of which nobody speaks
 */
export function testimonyOf(fields: readonly ResultsField[], fromDomain: string | undefined): Testimony {
  const said = (method: string): readonly MethodResult[] =>
    fields.map((field) => field.results.filter((one) => one.method === method)).find((found) => found.length > 0) ?? []
  return {
    dmarc: fromDomain === undefined ? 'unknown' : dmarcOf(said('dmarc'), fromDomain),
    spf: worded(said('spf')[0]),
    dkim: fromDomain === undefined ? 'unknown' : dkimOf(said('dkim'), fromDomain),
  }
}

function worded(result: MethodResult | undefined): Verdict {
  return result === undefined ? 'unknown' : verdictOf(result.result)
}

/** A verdict on another author than the one we read is none on ours. */
function dmarcOf([result]: readonly MethodResult[], fromDomain: string): Verdict {
  const about = result?.properties.get('header.from')
  const isOther = about !== undefined && !sameOrganisation(domainIn(about), fromDomain)
  return isOther ? 'unknown' : worded(result)
}

function dkimOf(results: readonly MethodResult[], fromDomain: string): Verdict {
  if (results.length === 0) return 'unknown'
  return strongest(results.filter((one) => isAligned(one, fromDomain)).map((one) => verdictOf(one.result)))
}

/** RFC 8601 2.7.1: header.d is the signer; older filters give the identity in header.i alone. */
function isAligned({ properties }: MethodResult, fromDomain: string): boolean {
  const signer = properties.get('header.d') ?? properties.get('header.i')
  return signer !== undefined && sameOrganisation(domainIn(signer), fromDomain)
}

function domainIn(identity: string): string {
  return asciiDomain(identity.slice(identity.lastIndexOf('@') + 1))
}

/** Of several signatures one that verifies is enough (RFC 6376 6.1), and one not looked at might have. */
export function strongest(verdicts: readonly Verdict[]): Verdict {
  return (['pass', 'temperror', 'fail'] as const).find((one) => verdicts.includes(one)) ?? 'none'
}

/** Does it say that the mail was From's when it was looked at? SPF alone speaks for From only where DMARC found so. */
export function vouches({ dmarc, dkim }: Testimony): boolean {
  return dmarc === 'pass' || dkim === 'pass'
}
