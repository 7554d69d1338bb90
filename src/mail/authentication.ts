export type Verdict = 'pass' | 'fail' | 'none' | 'temperror' | 'unknown'

/** What is known of the sender's authenticity, and from whom (RFC 7208, 6376, 7489, 8601). */
export type Authentication = {
  readonly dmarc: Verdict
  readonly spf: Verdict
  readonly dkim: Verdict
  readonly source: 'checked' | 'header' | 'none'
}

export const NOT_AUTHENTICATED: Authentication = { dmarc: 'unknown', spf: 'unknown', dkim: 'unknown', source: 'none' }
