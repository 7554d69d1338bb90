export type Verdict = 'pass' | 'fail' | 'none' | 'temperror' | 'unknown'

/** What is known of the sender's authenticity, and from whom (RFC 7208, 6376, 7489, 8601). */
export type Authentication = {
  /** `fail` only where the domain has a policy that the mail does not meet; a forwarder whose seal we trust may lift it. */
  readonly dmarc: Verdict
  readonly spf: Verdict
  /** `pass` where a signature of the organisation in From verifies; a signature of anybody else is `none`. */
  readonly dkim: Verdict
  readonly source: 'checked' | 'header' | 'none'
  /** In a few words what the verdict rests on, for a person who asks why: domain, selector, authserv-id, trouble. */
  readonly because?: string
}

export const NOT_AUTHENTICATED: Authentication = { dmarc: 'unknown', spf: 'unknown', dkim: 'unknown', source: 'none' }

/**
 * Why the sender counts as forged, in words for a person; undefined where he does not (DESIGN 4.3). DMARC fail is enough. SPF
 * fail is one only where nothing else speaks for him: a forwarder always breaks SPF, and an aligned signature outlives it.
 * Where nothing is known, or his signature could not be checked for now, there is no failure.
 */
export function failureOf({ dmarc, spf, dkim }: Authentication): string | undefined {
  if (dmarc === 'fail') return 'DMARC fail'
  if (spf === 'fail' && dkim !== 'pass' && dkim !== 'temperror' && dmarc !== 'pass')
    return 'SPF fail without an aligned DKIM signature'
  return undefined
}
