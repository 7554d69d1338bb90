import { Buffer } from 'node:buffer'
import { setImmediate } from 'node:timers/promises'

/** Octets of a header section whose signatures are checked; the parser looks no further either. */
const MAX_HEADER_OCTETS = 256 * 1024
/** Lines of it: mailauth takes quadratic time in them. Some 2,000 recipients, one a line, are well below. */
const MAX_HEADER_LINES = 4_000
/**
 * Signatures that are checked, from the top (RFC 6376 6.1 allows a limit); mail in use carries up to four. Each may ask for a
 * hash of its own over the whole body.
 */
const MAX_SIGNATURES = 6
/** Octets of one line of the body: RFC 5322 2.1.1 allows 998, HTML in use some 100 KiB; mailauth takes quadratic time. */
const MAX_LINE_OCTETS = 1024 * 1024
/** Octets of the body that are hashed in one turn: a millisecond or two. */
const PIECE_OCTETS = 32 * 1024
/** A piece up to here waits for no turn. */
const SMALL_OCTETS = 8 * 1024
const LF = 0x0a
const CR = 0x0d

/** The message is built as no mail in use is: its signatures are not checked. */
export class BeyondBound extends Error {
  override readonly name = 'BeyondBound'
}

/**
 * The message as the peer sent it, for the verification of its signatures: without the `Received` that we put on top, and with
 * no more signatures than are worth checking. Without any the body is not read at all. Between pieces of the body other work
 * gets its turn, because hashing it is the longest thing that happens to a message.
 * @param isTraced true where the first field is our own
 * @throws BeyondBound
 */
export async function* asReceived(octets: AsyncIterable<Uint8Array>, isTraced: boolean): AsyncGenerator<Buffer> {
  let header = Buffer.alloc(0)
  let isBody = false
  const lines = bodyLines()
  for await (const chunk of octets) {
    if (isBody) {
      yield* inPieces(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength), lines)
      continue
    }
    const searched = Math.max(0, header.length - 2)
    header = Buffer.concat([header, chunk])
    const end = headerEnd(header, searched)
    if ((end ?? header.length) > MAX_HEADER_OCTETS) throw new BeyondBound('too large a header')
    if (end === undefined) continue
    isBody = true
    const section = edited(header.subarray(0, end), isTraced)
    yield section.octets
    if (!section.isSigned) return
    yield* inPieces(header.subarray(end), lines)
  }
  if (!isBody && header.length > 0) yield edited(header, isTraced).octets
}

async function* inPieces(octets: Buffer, take: (piece: Buffer) => void): AsyncGenerator<Buffer> {
  for (let at = 0; at < octets.length; at += PIECE_OCTETS) {
    const piece = octets.subarray(at, at + PIECE_OCTETS)
    take(piece)
    yield piece
    if (octets.length > SMALL_OCTETS) await setImmediate()
  }
}

/** Walks along the lines of the body; throws where one is too long. Exact to a piece, which is enough. */
function bodyLines(): (piece: Buffer) => void {
  let length = 0
  return (piece) => {
    const first = piece.indexOf(LF)
    if (length + (first < 0 ? piece.length : first) > MAX_LINE_OCTETS) throw new BeyondBound('too long a line')
    length = first < 0 ? length + piece.length : piece.length - 1 - piece.lastIndexOf(LF)
  }
}

/** @returns where the empty line that ends the section begins; undefined as long as there is none */
function headerEnd(octets: Buffer, from: number): number | undefined {
  if (octets[0] === LF || (octets[0] === CR && octets[1] === LF)) return 0
  for (let at = octets.indexOf(LF, from); at >= 0; at = octets.indexOf(LF, at + 1)) {
    if (octets[at + 1] === LF || (octets[at + 1] === CR && octets[at + 2] === LF)) return at + 1
  }
  return undefined
}

type Section = { readonly octets: Buffer; readonly isSigned: boolean }

function edited(header: Buffer, isTraced: boolean): Section {
  const lines = header.toString('latin1').split('\n')
  if (lines.length > MAX_HEADER_LINES) throw new BeyondBound('too many lines in the header')
  let signatures = 0
  let isSigned = false
  let isFirst = true
  let isKept = true
  const kept = lines.filter((line) => {
    const isContinued = line.startsWith(' ') || line.startsWith('\t')
    if (isContinued && !isFirst) return isKept
    // a name may stand alone on its line, the colon on the next one (RFC 5322 4.5)
    const isSignature = /^dkim-signature[ \t\r]*(?::|$)/iu.test(line)
    if (isSignature) signatures += 1
    isSigned ||= isSignature || /^arc-/iu.test(line)
    const isOwnTrace = isTraced && isFirst && /^received:/iu.test(line)
    isKept = !isOwnTrace && !(isSignature && signatures > MAX_SIGNATURES)
    isFirst = false
    return isKept
  })
  return { octets: Buffer.from(kept.join('\n'), 'latin1'), isSigned }
}
