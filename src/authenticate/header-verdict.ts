import { type Authentication, failureOf, NOT_AUTHENTICATED } from '../mail/authentication.ts'
import type { Field } from '../mail/message.ts'
import { type ResultsField, readResultsField } from './results-field.ts'
import { voucher } from './sealers.ts'
import { testimonyOf } from './testimony.ts'

/** Authentication-Results fields that are read; a mail that passed several filters has some five. */
const MAX_FIELDS = 50

export type Believed = {
  /** How many fields from the top hosts we trust have written, see `trustedFields`. */
  readonly trustedFields: number
  /** Names of hosts and services whose word is taken; case does not count. */
  readonly authservIds: readonly string[]
  /** The domain in From; undefined where it names no or several mailboxes. */
  readonly fromDomain: string | undefined
  readonly sealers: readonly string[]
}

/**
 * What hosts that we trust wrote down about the sender (RFC 8601). Fields below the trusted ones, and those of any other
 * authserv-id, might be the sender's own and are as good as not there.
 */
export function headerVerdict(fields: readonly Field[], believed: Believed): Authentication {
  const ids = new Set(believed.authservIds.map((id) => id.toLowerCase()))
  const said = fields
    .slice(0, believed.trustedFields)
    .filter((field) => field.name === 'authentication-results')
    .slice(0, MAX_FIELDS)
    .flatMap((field) => readResultsField(field.value) ?? [])
    .filter((one) => ids.has(one.authservId))
  const [first] = said
  if (first === undefined) return NOT_AUTHENTICATED
  const found: Authentication = {
    ...testimonyOf(said, believed.fromDomain),
    source: 'header',
    because: `Authentication-Results of ${first.authservId}`,
  }
  return failureOf(found) === undefined || !isChainGood(said) ? found : lifted(found, voucherIn(fields, believed))
}

/** Did a host that we trust find that the ARC chain verifies? The uppermost word counts, as for every method. */
function isChainGood(said: readonly ResultsField[]): boolean {
  return said.flatMap((field) => field.results).find((one) => one.method === 'arc')?.result === 'pass'
}

function voucherIn(fields: readonly Field[], { fromDomain, sealers }: Believed): string | undefined {
  return fromDomain === undefined ? undefined : voucher(fields, { fromDomain, sealers })
}

/**
 * What remains of a failure where a trusted forwarder says that the mail was authentic when it came to him: nothing is known,
 * which is no failure, and no more than that, because it rests on another's word.
 */
export function lifted(found: Authentication, sealer: string | undefined): Authentication {
  if (sealer === undefined) return found
  return {
    ...found,
    dmarc: found.dmarc === 'fail' ? 'unknown' : found.dmarc,
    spf: found.spf === 'fail' ? 'unknown' : found.spf,
    because: `${found.because === undefined ? '' : `${found.because}; `}authentic when ${sealer} forwarded it (ARC)`,
  }
}
