import type { Buffer } from 'node:buffer'
import { TEXT_CHARACTERS, TEXT_OCTETS } from './bounds.ts'
import { charsetOf, secondCharset } from './charset.ts'
import { decodePart, type EncodedPart } from './decode-part.ts'
import type { DefectList } from './defect-list.ts'
import { cutCharacters } from './encoded-words.ts'
import { htmlText } from './html-text.ts'
import type { Leaf, Tree } from './tree.ts'

/** What the decoding of one message needs beside the part. */
type Reading = { readonly defects: DefectList; readonly signal: AbortSignal | undefined }

/**
 * What the person wrote: the first text/plain part that holds anything, else the first such text/html part as text. Parts
 * with a file name are enclosures more often than letters, and come last.
 */
export async function textOf(tree: Tree, reading: Reading): Promise<string> {
  for (const leaf of [...unnamedFirst(tree.plain), ...unnamedFirst(tree.html)]) {
    if (reading.signal?.aborted === true) {
      reading.defects.add('parser-timeout', 'reading the text')
      return ''
    }
    const text = await leafText(leaf, reading)
    if (text !== '') return text
  }
  return ''
}

function unnamedFirst(leaves: readonly Leaf[]): readonly Leaf[] {
  return [...leaves.filter((leaf) => leaf.part.filename === undefined), ...leaves.filter((leaf) => leaf.part.filename)]
}

async function leafText(leaf: Leaf, { defects, signal }: Reading): Promise<string> {
  try {
    const characters = await decoded(leaf, { defects, signal })
    const { text, cut } =
      leaf.part.type === 'text/html' ? htmlText(characters) : { text: visible(characters), cut: false }
    if (cut || text.length > TEXT_CHARACTERS) defects.add('body-cut', 'text')
    return cutCharacters(text, TEXT_CHARACTERS)
  } catch (error) {
    if (signal?.aborted === true) defects.add('parser-timeout', 'reading the text')
    else defects.add('parser-failed', error instanceof Error ? error.message : String(error))
    return ''
  }
}

function visible(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '').trim()
}

/** The characters of a text part, in the charset it declares or, where that cannot be, in the likeliest one. */
async function decoded({ part, encoding, octets }: Leaf, { defects, signal }: Reading): Promise<string> {
  const { pieces, cut } = firstOctets(octets)
  if (cut) defects.add('body-cut', 'text')
  const charset = charsetOf(part.parameters.charset, pieces)
  if (charset.from === 'unknown') defects.add('bad-charset', part.parameters.charset)
  const encoded: EncodedPart = {
    type: part.type === 'text/html' ? 'text/html' : 'text/plain',
    charset: charset.name,
    encoding,
    flowed: flowedOf(part.parameters),
    octets: pieces,
  }
  const text = await decodePart(encoded, signal)
  if (!spoilt(text, cut)) return text
  defects.add('bad-charset', part.parameters.charset ?? 'none declared')
  const second = secondCharset(charset)
  const other = second === undefined ? text : await decodePart({ ...encoded, charset: second }, signal)
  return spoilt(other, cut) ? text : other
}

/** True where some of it could not be read; the last character of a cut text may be half of one. */
function spoilt(text: string, cut: boolean): boolean {
  return text.slice(0, cut ? -1 : undefined).includes('\uFFFD')
}

function flowedOf(parameters: Readonly<Record<string, string>>): EncodedPart['flowed'] {
  if (parameters.format?.trim().toLowerCase() !== 'flowed') return 'no'
  return parameters.delsp?.trim().toLowerCase() === 'yes' ? 'delsp' : 'yes'
}

/** The first TEXT_OCTETS. */
export function firstOctets(octets: readonly Buffer[]): { readonly pieces: readonly Buffer[]; readonly cut: boolean } {
  const pieces: Buffer[] = []
  let room = TEXT_OCTETS
  for (const piece of octets) {
    if (piece.length > room) return { pieces: [...pieces, piece.subarray(0, room)], cut: true }
    pieces.push(piece)
    room -= piece.length
  }
  return { pieces, cut: false }
}
