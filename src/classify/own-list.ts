import { type Address, isAmong } from '../mail/address.ts'
import type { Message } from '../mail/message.ts'
import type { ClassifyContext } from './sign-row.ts'

const MAX_VALUE = 1_000 // characters of a field that are read; Google Groups writes two hundred
/** An address in List-Post (RFC 2369 3.4) or Mailing-List. */
const ADDRESS = /[^\s<>;,:@]{1,64}@[^\s<>;,:@]{1,255}/gu

/**
 * True where the list that a mail came through is one of our own mailboxes: a Google Group or the like stands in front of
 * it, and who writes to that list writes to us. The fields of such a list say nothing about the writer.
 */
export function isOwnList({ fields }: Message, { ownAddresses }: ClassifyContext): boolean {
  return fields.some(
    ({ name, value }) =>
      (name === 'list-post' || name === 'mailing-list') &&
      (value.slice(0, MAX_VALUE).match(ADDRESS) ?? []).some((one) => isAmong(ownAddresses, one as Address)),
  )
}
