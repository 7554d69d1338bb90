import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { folded } from '../mail/address.ts'
import type { Message } from '../mail/message.ts'

/**
 * The identity of a mail, the same for every copy of it that comes by whatever path: SHA-256 in hex.
 *
 * With a Message-ID: over Message-ID, From and Date. The body is no part of it, because scanners, footers and list
 * gateways change bodies on one of two paths, and the customer would get two notices for one letter. Nothing is lost by
 * that: the ledger compares the digest of the body before a hand-on is skipped, so that a mail that only looks like a
 * copy still reaches the team. From and Date are part of it, because devices repeat their Message-IDs.
 *
 * Without one: over From, Date, Subject and the body, since nothing less tells two mails apart.
 *
 * Every element goes in with its length, so that no text can move from one into the next (RFC 5230 4.2).
 * @param bodyDigest SHA-256 of the octets after the header section, hex
 */
export function copyKey(message: Message, bodyDigest: string): string {
  const from = message.from.map((one) => folded(one.address)).join(',')
  const date = collapsed(message.fields.find((field) => field.name === 'date')?.value ?? '')
  const elements =
    message.messageId === undefined
      ? ['without', from, date, message.subject, bodyDigest]
      : ['message-id', message.messageId, from, date]
  const hash = createHash('sha256')
  for (const element of elements) {
    const octets = Buffer.from(element, 'utf8')
    hash.update(`${octets.length}:`).update(octets)
  }
  return hash.digest('hex')
}

/** Relays fold and re-fold a field; its words stay. */
function collapsed(value: string): string {
  return value.replace(/\s+/gu, ' ').trim()
}
