import { type MessageId, messageId } from '../mail/ids.ts'
import { FIRST_MESSAGE_IDS, LAST_MESSAGE_IDS } from './bounds.ts'
import { withoutComments } from './comments.ts'

/** Stops at the next bracket, so every octet is looked at once. */
const BRACKETED = /<[^<>\s]{1,996}>/gu

/**
 * The Message-IDs in the values of References or In-Reply-To, whatever stands between them (commas, words, comments), in
 * their order, each once. Of very many the first and the last ones are kept.
 */
export function messageIdsOf(values: readonly string[]): readonly MessageId[] {
  const found = new Set<MessageId>()
  for (const value of values) {
    for (const [text] of value.matchAll(BRACKETED)) {
      const id = messageId(text)
      if (id !== undefined) found.add(id)
    }
  }
  const all = [...found]
  return all.length <= FIRST_MESSAGE_IDS + LAST_MESSAGE_IDS
    ? all
    : [...all.slice(0, FIRST_MESSAGE_IDS), ...all.slice(-LAST_MESSAGE_IDS)]
}

/**
 * The one Message-ID of a message.
 * @returns `id` where a usable one stands in the value; `sound` where nothing but it and comments does (RFC 5322 3.6.4)
 */
export function ownMessageId(value: string): { readonly id: MessageId | undefined; readonly sound: boolean } {
  const plain = withoutComments(value)
  const whole = messageId(plain)
  return whole === undefined ? { id: messageIdsOf([plain])[0], sound: false } : { id: whole, sound: true }
}
