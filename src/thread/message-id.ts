import { type MessageId, messageId, type TicketId } from '../mail/ids.ts'
import { parseTicketId } from '../mail/tag.ts'
import type { Mark, ThreadKeys } from './keys.ts'
import { MAC_CHARACTERS, macHolds, macOf, signingKey } from './mac.ts'

const NONCE = /^[a-z0-9-]{1,64}$/u
/** What stands in the place of the ticket in a mail of ours about none; never a ticket id, which has seven characters. */
const NO_TICKET = 'x'
const MARK = new RegExp(`^<(x|[0-9a-z]{7})\\.([a-z0-9-]{1,64})\\.([a-z0-9]{1,8})\\.([0-9a-z]{${MAC_CHARACTERS}})@`, 'u')
/** `<`, four elements with their dots, `@`: nothing that a mark could stand in is longer. */
const MAX_LEFT = 128

type Minting = {
  readonly ticket: TicketId | undefined
  /** Unique to the message: 1 to 64 characters of a-z, 0-9 and `-`. */
  readonly nonce: string
  /** Right side; a domain of ours. */
  readonly domain: string
  readonly keys: ThreadKeys
}

/**
 * A Message-ID whose left side says, with a MAC, which ticket the message is about: `<ticket.nonce.key.mac@domain>`.
 * The same arguments give the same id. The domain is not vouched for, because relays rewrite it.
 * @throws Error where the nonce, the domain or the current key could not be read back
 */
export function mintMessageId({ ticket, nonce, domain, keys }: Minting): MessageId {
  if (!NONCE.test(nonce)) throw new Error(`Cannot use nonce ${JSON.stringify(nonce)}: wanted [a-z0-9-]{1,64}`)
  const key = signingKey(keys)
  const subject = ticket === undefined ? NO_TICKET : ticket.toLowerCase()
  const mac = macOf(key.secret, 'message-id', [subject, nonce, key.id])
  const minted = messageId(`<${subject}.${nonce}.${key.id}.${mac}@${domain}>`)
  if (minted === undefined) throw new Error(`Cannot use domain ${JSON.stringify(domain)} in a Message-ID`)
  return minted
}

/** What a Message-ID of ours says; undefined for anybody else's, a changed one, or one of a key we never had. */
function markOf(id: string, keys: ThreadKeys): Mark | undefined {
  const found = MARK.exec(id.slice(0, MAX_LEFT).toLowerCase())
  const [, subject = '', nonce = '', keyId = '', mac = ''] = found ?? []
  const secret = keys.all.get(keyId)
  if (secret === undefined || !macHolds(macOf(secret, 'message-id', [subject, nonce, keyId]), mac)) return undefined
  if (subject === NO_TICKET) return { ticket: undefined }
  const ticket = parseTicketId(subject)
  return ticket === undefined ? undefined : { ticket }
}

/** The ticket that a Message-ID of ours names; undefined where it is not ours or names none. */
export function readMessageId(id: string, keys: ThreadKeys): TicketId | undefined {
  return markOf(id, keys)?.ticket
}

/** True where we made this Message-ID, with a ticket or without, under any key we ever had. */
export function isOwnMessageId(id: string, keys: ThreadKeys): boolean {
  return markOf(id, keys) !== undefined
}
