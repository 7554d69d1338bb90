import { type Address, localOf, NULL_PATH, parseReversePath } from '../mail/address.ts'
import { isAscii, withAsciiDomain } from './address-forms.ts'
import { REFUSALS, type Refusal } from './reply.ts'

export type JudgedReversePath =
  | { readonly kind: 'accepted'; readonly path: Address | typeof NULL_PATH }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/**
 * Judges one MAIL FROM.
 * @param text the address as `smtp-server` gives it: between the brackets, A-labels of the domain decoded
 * @param smtpUtf8 whether it said SMTPUTF8; without, the address was ASCII on the wire (RFC 6531 3.3) and is kept so,
 *   because a next hop without SMTPUTF8 can only be told the A-labels
 */
export function judgeReversePath(text: string, smtpUtf8: boolean): JudgedReversePath {
  const path = parseReversePath(text)
  if (path === undefined) return { kind: 'refused', refusal: REFUSALS.badSender }
  if (path === NULL_PATH || smtpUtf8) return { kind: 'accepted', path }
  if (!isAscii(localOf(path))) return { kind: 'refused', refusal: REFUSALS.needsUtf8 }
  return { kind: 'accepted', path: withAsciiDomain(path) ?? path }
}
