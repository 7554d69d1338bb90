import { type Address, folded, localOf, parseAddress } from '../mail/address.ts'
import { isAscii, withAsciiDomain, withUnicodeDomain } from './address-forms.ts'
import { REFUSALS, type Refusal } from './reply.ts'

/** What RCPT TO names: an address of ours, an unknown one in a domain of ours, or somebody else's. */
export type Admission = 'ours' | 'unknown' | 'foreign'

export type RecipientRules = {
  /** Asked for every recipient, so that a reload takes effect at once. */
  readonly recipient: (address: Address) => Admission
  readonly hostname: string
}

export type JudgedRecipient =
  | { readonly kind: 'accepted'; readonly address: Address }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/**
 * Judges one RCPT TO.
 * @param text without brackets; `smtp-server` decodes A-labels of the domain, standard input leaves them
 * @param smtpUtf8 whether MAIL FROM said SMTPUTF8
 */
export function judgeRecipient(text: string, smtpUtf8: boolean, rules: RecipientRules): JudgedRecipient {
  // RFC 5321 4.5.1: the bare name, in any case, is the postmaster of this host.
  const address = parseAddress(text.toLowerCase() === 'postmaster' ? `postmaster@${rules.hostname}` : text)
  if (address === undefined) return { kind: 'refused', refusal: REFUSALS.badRecipient }
  if (!smtpUtf8 && !isAscii(localOf(address))) return { kind: 'refused', refusal: REFUSALS.needsUtf8 }
  const forms = bothForms(address, smtpUtf8)
  const answers = forms.map((form) => ({ form, admission: rules.recipient(form) }))
  const ours = answers.find((one) => one.admission === 'ours')
  if (ours !== undefined) return { kind: 'accepted', address: ours.form }
  const known = answers.some((one) => one.admission === 'unknown')
  return { kind: 'refused', refusal: known ? REFUSALS.unknownRecipient : REFUSALS.foreignRecipient }
}

/** In order of arrival, each mailbox in its first spelling. */
export function eachOnce(recipients: readonly Address[]): readonly Address[] {
  const spellings = new Map<Address, Address>()
  for (const address of recipients) if (!spellings.has(folded(address))) spellings.set(folded(address), address)
  return [...spellings.values()]
}

/** As written first, then with the domain in its other form (RFC 5890 2.3.2.1): a mailbox may be configured in either. */
function bothForms(address: Address, smtpUtf8: boolean): readonly Address[] {
  const ascii = withAsciiDomain(address)
  if (ascii !== undefined) return smtpUtf8 ? [address, ascii] : [ascii, address]
  const unicode = withUnicodeDomain(address)
  return unicode === undefined ? [address] : [address, unicode]
}
