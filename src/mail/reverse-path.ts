import { type Address, NULL_PATH, type ReversePath, UNKNOWN_PATH } from './address.ts'
import type { Envelope } from './envelope.ts'
import type { Message } from './message.ts'

/** The envelope's reverse-path, or the topmost Return-Path where nobody told us the envelope (RFC 5321 4.4). */
export function reversePathOf(letter: { readonly envelope: Envelope; readonly message: Message }): ReversePath {
  const { envelope, message } = letter
  return envelope.reversePath === UNKNOWN_PATH ? (message.returnPath ?? UNKNOWN_PATH) : envelope.reversePath
}

/** The reverse-path where it is a mailbox: neither null nor unknown. */
export function mailboxOf(path: ReversePath | undefined): Address | undefined {
  return path === undefined || path === NULL_PATH || path === UNKNOWN_PATH ? undefined : path
}
