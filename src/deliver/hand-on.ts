import { Buffer } from 'node:buffer'
import type { Address } from '../mail/address.ts'
import type { Field } from '../mail/message.ts'
import { editedHeader, headerEnd, lastFieldStart } from './header-edit.ts'

/**
 * Longest header section that is edited, in octets. What goes beyond passes untouched: memory per message stays bounded,
 * and no mail is lost for its header.
 */
const MAX_HEADER_OCTETS = 1024 * 1024

export type HandOnEdit = {
  /** Header lines to put on top, complete but for their line ends. Line breaks and controls in them become blanks. */
  readonly prepend: readonly string[]
  /** Our authserv-id (RFC 8601 2.5): Authentication-Results that bear it were not written by us, so they go. */
  readonly ownAuthservId: string
  /** Put in front of the subject, unless the subject has it. */
  readonly subjectTag?: string
}

/**
 * The message as the team gets it (DESIGN 4, handing on): our lines on top, without inbound `X-Replyd-*` fields and
 * without Authentication-Results in our name; nothing else changes, octet for octet. Streams the body.
 */
export async function* handedOnOctets(octets: AsyncIterable<Uint8Array>, edit: HandOnEdit): AsyncIterable<Uint8Array> {
  const head: Uint8Array[] = []
  let length = 0
  let isInBody = false
  let tail = '' // the last octets seen: an empty line may lie across two chunks
  for await (const chunk of octets) {
    if (isInBody) {
      yield chunk
      continue
    }
    head.push(chunk)
    length += chunk.length
    const text = tail + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')
    isInBody = length > MAX_HEADER_OCTETS || headerEnd(text, length === text.length) !== undefined
    tail = text.slice(-3)
    if (isInBody) yield* edited(Buffer.concat(head.splice(0)), edit)
  }
  if (!isInBody) yield* edited(Buffer.concat(head), edit)
}

function* edited(octets: Buffer, edit: HandOnEdit): Iterable<Uint8Array> {
  const text = octets.toString('latin1', 0, MAX_HEADER_OCTETS + 1)
  // without an end in sight, only whole fields are looked at
  const end = headerEnd(text, true) ?? (octets.length > MAX_HEADER_OCTETS ? lastFieldStart(text) : text.length)
  yield Buffer.from(editedHeader(text.slice(0, end), edit), 'latin1')
  if (end < octets.length) yield octets.subarray(end)
}

/** Name of the stamp by which we know a message that we handed on; `X-Replyd-Delivered: <instance> <mailbox>`. */
const STAMP = 'X-Replyd-Delivered'

/**
 * The lines that mark a message as handed on to a mailbox: the customary `Delivered-To`, and one that only we write. Other
 * servers in front of us stamp `Delivered-To` with the same address in all honesty, so it alone shows no loop.
 * @param instance what tells this installation from others, without blanks
 */
export function deliveryStamps(instance: string, mailbox: Address): readonly string[] {
  return [`Delivered-To: ${mailbox}`, `${STAMP}: ${instance} ${mailbox}`]
}

/**
 * True where this installation handed this message on to this mailbox before: it came back, so handing it on again would
 * be a loop. A loop that removes our stamp ends at the hop limit instead.
 * @param fields names in lower case, as in Message
 */
export function deliveredToSeen(fields: readonly Field[], mailbox: Address, instance: string): boolean {
  const wanted = `${instance} ${mailbox}`.toLowerCase()
  return fields.some(({ name, value }) => name === STAMP.toLowerCase() && value.toLowerCase() === wanted)
}
