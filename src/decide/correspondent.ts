import { type Address, folded } from '../mail/address.ts'
import type { Facts } from '../mail/facts.ts'
import { serviceRecipient } from './recipient.ts'

/**
 * Under whom a mail is counted and remembered: whom a service notice would go to, else the only address of From; folded.
 * @returns undefined where there is neither
 */
export function correspondentOf(letter: Pick<Facts, 'envelope' | 'message' | 'policy'>): Address | undefined {
  const recipient = serviceRecipient(letter)
  if (recipient.kind === 'known') return folded(recipient.to)
  const [only, ...more] = letter.message.from
  return only === undefined || more.length > 0 ? undefined : folded(only.address)
}
