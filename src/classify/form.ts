import { folded } from '../mail/address.ts'
import type { Message } from '../mail/message.ts'
import type { ClassifyContext } from './sign-row.ts'

/** True where the one address in From is a listed web form, whose Reply-To is the customer. */
export function isForm({ from }: Message, { forms }: ClassifyContext): boolean {
  const [only, ...more] = from
  return only !== undefined && more.length === 0 && forms.has(folded(only.address))
}
