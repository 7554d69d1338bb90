import { type Address, domainOf, localOf, parseAddress } from '../mail/address.ts'
import type { TicketId } from '../mail/ids.ts'
import { parseTicketId } from '../mail/tag.ts'
import type { ThreadKeys } from './keys.ts'
import { MAC_CHARACTERS, macHolds, macOf, signingKey } from './mac.ts'

const TICKET_CHARACTERS = 7
/** Ticket, key id, MAC, one after the other: both ends have a fixed length, so that no separator is needed. */
const TOKEN = new RegExp(`^([0-9a-z]{${TICKET_CHARACTERS}})([a-z0-9]{1,8})([0-9a-z]{${MAC_CHARACTERS}})$`, 'u')

/**
 * `local+token@domain` (RFC 5233): mail to it is filed in the ticket whoever sends it.
 * @returns undefined where the local part would exceed the 64 octets of RFC 5321 4.5.3.1.1
 * @throws Error where the current key could not be read back
 */
export function plusAddress({
  mailbox,
  ticket,
  keys,
}: {
  readonly mailbox: Address
  readonly ticket: TicketId
  readonly keys: ThreadKeys
}): Address | undefined {
  const key = signingKey(keys)
  const subject = ticket.toLowerCase()
  const token = `${subject}${key.id}${macOf(key.secret, 'plus-address', [subject, key.id])}`
  return parseAddress(`${localOf(mailbox)}+${token}@${domainOf(mailbox)}`)
}

/**
 * The ticket that an address names: what follows its last `+` is a token of ours under any key we ever had. Compared
 * without case, because local parts lose theirs on the way; the mailbox is not vouched for, because aliases change.
 */
export function readPlusAddress(address: Address, keys: ThreadKeys): TicketId | undefined {
  const local = localOf(address).toLowerCase()
  const plus = local.lastIndexOf('+')
  const found = plus < 1 ? null : TOKEN.exec(local.slice(plus + 1))
  const [, subject = '', keyId = '', mac = ''] = found ?? []
  const secret = keys.all.get(keyId)
  if (secret === undefined || !macHolds(macOf(secret, 'plus-address', [subject, keyId]), mac)) return undefined
  return parseTicketId(subject)
}
