import type { Claim } from '../mail/claim.ts'
import type { Envelope } from '../mail/envelope.ts'
import type { MessageId, TicketId } from '../mail/ids.ts'
import type { Message } from '../mail/message.ts'
import type { ThreadKeys } from './keys.ts'
import { readMessageId } from './message-id.ts'
import { readPlusAddress } from './plus-address.ts'
import { subjectTags } from './subject-tags.ts'

const MAX_RECIPIENTS = 200 // addresses looked at for a token, envelope first
const MAX_IDS = 100 // Message-IDs looked at of each kind; a thread that long is found by its newest ones
const MAX_VALUE = 200 // characters of what was found that a claim keeps

/**
 * On which tickets a letter lays claim, strongest first (DESIGN 4, *Threading*), each ticket once per code. What is
 * claimed need not be true: a MAC was verified for `plus-address` and `own-message-id`, all else is the sender's word.
 * A token or Message-ID with a bad MAC is no claim of its own. Total: never throws on any letter.
 */
export function claimsOf(
  { envelope, message }: { readonly envelope: Envelope; readonly message: Message },
  keys: ThreadKeys,
): readonly Claim[] {
  // newest first: the mail one answers stands in In-Reply-To, and at the end of References (RFC 5322 3.6.4)
  const named = distinct([...message.inReplyTo.slice(0, MAX_IDS), ...message.references.slice(-MAX_IDS).reverse()])
  const returned = distinct(message.returned.slice(0, MAX_IDS))
  const ours = (id: MessageId): TicketId | undefined => readMessageId(id, keys)
  return [
    ...plusAddresses({ envelope, message }, keys),
    // what a bounce returns is our own notice, and its MAC proves it as well as a header does
    ...signed([...named, ...returned], ours),
    ...stored('stored-message-id', named, ours),
    ...stored('returned-message-id', returned, ours),
    ...subjectTags(message.subject, keys.tagPrefix).map(
      ({ ticket, value }): Claim => ({ code: 'subject-tag', ticket, value }),
    ),
  ]
}

function plusAddresses(
  { envelope, message }: { readonly envelope: Envelope; readonly message: Message },
  keys: ThreadKeys,
): readonly Claim[] {
  const written = [...message.to, ...message.cc, ...message.otherRecipients].map((one) => one.address)
  const found = new Map<TicketId, Claim>()
  for (const address of [...envelope.recipients, ...written].slice(0, MAX_RECIPIENTS)) {
    const ticket = readPlusAddress(address, keys)
    if (ticket !== undefined && !found.has(ticket)) {
      found.set(ticket, { code: 'plus-address', ticket, value: address })
    }
  }
  return [...found.values()]
}

function signed(ids: readonly MessageId[], ours: (id: MessageId) => TicketId | undefined): readonly Claim[] {
  const found = new Map<TicketId, Claim>()
  for (const id of ids) {
    const ticket = ours(id)
    if (ticket !== undefined && !found.has(ticket)) {
      found.set(ticket, { code: 'own-message-id', ticket, value: id.slice(0, MAX_VALUE) })
    }
  }
  return [...found.values()]
}

function stored(
  code: 'stored-message-id' | 'returned-message-id',
  ids: readonly MessageId[],
  ours: (id: MessageId) => TicketId | undefined,
): readonly Claim[] {
  return ids
    .filter((id) => ours(id) === undefined)
    .map((id): Claim => ({ code, messageId: id, value: id.slice(0, MAX_VALUE) }))
}

function distinct(ids: readonly MessageId[]): readonly MessageId[] {
  return [...new Set(ids)]
}
