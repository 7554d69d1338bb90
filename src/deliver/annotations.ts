import { type Address, domainOf, NULL_PATH, type ReversePath, UNKNOWN_PATH } from '../mail/address.ts'
import type { Authentication } from '../mail/authentication.ts'
import type { Decision } from '../mail/decision.ts'
import type { TicketId } from '../mail/ids.ts'
import type { NatureKind } from '../mail/nature.ts'

/** What was found out and decided about a message, for the team's filters and eyes. */
export type Found = {
  readonly ticket: TicketId | undefined
  readonly nature: NatureKind
  readonly decision: Decision
  readonly authentication: Authentication
  /** The only address in From. */
  readonly from: Address | undefined
  readonly reversePath: ReversePath
  /** Under which we vouch for our own check (RFC 8601 2.5). */
  readonly authservId: string
}

/**
 * The lines put on top of a message on its way to the team (DESIGN 4, handing on): ticket, nature, decision, and what we
 * checked of the sender ourselves. They stand above everything that was signed, so that signatures of the original hold.
 */
export function annotations(found: Found): readonly string[] {
  const { ticket, nature, decision } = found
  return [
    ...(ticket === undefined ? [] : [`X-Replyd-Ticket: ${ticket}`]),
    `X-Replyd-Nature: ${nature}`,
    `X-Replyd-Decision: ${decisionText(decision)}`,
    ...authenticationResults(found),
  ]
}

/** `new-ticket; send acknowledgement en`, or `file-only; silence automatic null-sender`. */
function decisionText({ disposition, reply }: Decision): string {
  if (reply.kind === 'silence') return `${disposition}; silence ${reply.because.map((one) => one.code).join(' ')}`
  return `${disposition}; ${reply.kind} ${reply.notice.kind} ${reply.notice.locale}`
}

/** RFC 8601 2.2. Nothing where we did not check: to repeat another server's word in our name would be a lie. */
function authenticationResults({ authentication, from, reversePath, authservId }: Found): readonly string[] {
  const { source, spf, dkim, dmarc } = authentication
  if (source !== 'checked') return []
  const mailFrom = reversePath === NULL_PATH || reversePath === UNKNOWN_PATH ? undefined : reversePath
  const results = [
    result('spf', spf, mailFrom === undefined ? '' : ` smtp.mailfrom=${domainOf(mailFrom)}`),
    result('dkim', dkim, ''),
    result('dmarc', dmarc, from === undefined ? '' : ` header.from=${domainOf(from)}`),
  ].filter((one) => one !== '')
  return [`Authentication-Results: ${authservId}; ${results.length === 0 ? 'none' : results.join('; ')}`]
}

/** What nobody could find out is left out; RFC 8601 2.7 has no word for it. */
function result(method: string, verdict: Authentication['spf'], property: string): string {
  return verdict === 'unknown' ? '' : `${method}=${verdict}${property}`
}
