import { Buffer } from 'node:buffer'
import type { MessageId } from '../mail/ids.ts'
import { HEADER_OCTETS, MAX_RETURNED } from './bounds.ts'
import { decodePart } from './decode-part.ts'
import { defectList } from './defect-list.ts'
import { readHeaderSection, valuesOf } from './header-section.ts'
import { ownMessageId } from './message-ids.ts'
import { firstOctets } from './text.ts'
import type { Leaf, Tree } from './tree.ts'

/** Fields of a delivery report that repeat the Message-ID of the mail it is about (Exchange, Amazon SES). */
const NAMES = ['message-id', 'original-message-id', 'x-original-message-id']

/**
 * The Message-IDs of the mails that a message encloses or reports about, in document order as far as one can tell, each
 * once. What is wrong inside an enclosed mail is no defect of this one.
 */
export async function returnedIds(tree: Tree, signal: AbortSignal | undefined): Promise<readonly MessageId[]> {
  const found = new Set(tree.enclosedIds)
  for (const leaf of tree.returned) {
    if (signal?.aborted === true) break
    const { fields } = readHeaderSection(await headerOctets(leaf, signal), defectList())
    for (const value of NAMES.flatMap((name) => valuesOf(fields, name))) {
      const { id } = ownMessageId(value)
      if (id !== undefined) found.add(id)
    }
  }
  return [...found].slice(0, MAX_RETURNED)
}

/** A header section as one block: a delivery report has several, one after the other (RFC 3464 2.1). */
async function headerOctets({ part, encoding, octets }: Leaf, signal: AbortSignal | undefined): Promise<Buffer> {
  const { pieces } = firstOctets(octets)
  const plain = encoding === '8bit' ? Buffer.concat(pieces) : await undone(pieces, encoding, signal)
  if (!part.type.endsWith('delivery-status')) return plain
  return Buffer.from(
    plain
      .subarray(0, HEADER_OCTETS)
      .toString('latin1')
      .replace(/(?:\r?\n){2,}/gu, '\n'),
    'latin1',
  )
}

/** RFC 2046 5.2.1 forbids to encode an enclosed message; some do. */
async function undone(
  octets: readonly Buffer[],
  encoding: 'base64' | 'quoted-printable',
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const part = { type: 'text/plain', charset: 'utf-8', encoding, flowed: 'no', octets } as const
  return Buffer.from(await decodePart(part, signal).catch(() => ''))
}
