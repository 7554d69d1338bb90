import { Buffer } from 'node:buffer'

/** Octets of a header section whose signatures are checked; the parser looks no further either. */
const MAX_HEADER_OCTETS = 256 * 1024
/** Lines of it: mailauth takes quadratic time in them. Some 2,000 recipients, one a line, are well below. */
const MAX_HEADER_LINES = 4_000
/**
 * Signatures that are checked, from the top (RFC 6376 6.1 allows a limit); mail in use carries up to four. Each may ask for a
 * hash of its own over the whole body.
 */
const MAX_SIGNATURES = 8
const LF = 0x0a
const CR = 0x0d

/** The header section is larger than anybody needs: its signatures are not checked. */
export class HeaderBeyondBound extends Error {
  override readonly name = 'HeaderBeyondBound'
}

/**
 * The message as the peer sent it, for the verification of its signatures: without the `Received` that we put on top, and with
 * no more signatures than are worth checking.
 * @param isTraced true where the first field is our own
 * @throws HeaderBeyondBound before any octet comes out
 */
export async function* asReceived(octets: AsyncIterable<Uint8Array>, isTraced: boolean): AsyncGenerator<Buffer> {
  let header = Buffer.alloc(0)
  let isBody = false
  for await (const chunk of octets) {
    if (isBody) {
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      continue
    }
    const searched = Math.max(0, header.length - 2)
    header = Buffer.concat([header, chunk])
    const end = headerEnd(header, searched)
    if ((end ?? header.length) > MAX_HEADER_OCTETS) throw new HeaderBeyondBound('too many octets')
    if (end === undefined) continue
    isBody = true
    yield edited(header.subarray(0, end), isTraced)
    if (end < header.length) yield header.subarray(end)
  }
  if (!isBody && header.length > 0) yield edited(header, isTraced)
}

/** @returns where the empty line that ends the section begins; undefined as long as there is none */
function headerEnd(octets: Buffer, from: number): number | undefined {
  if (octets[0] === LF || (octets[0] === CR && octets[1] === LF)) return 0
  for (let at = octets.indexOf(LF, from); at >= 0; at = octets.indexOf(LF, at + 1)) {
    if (octets[at + 1] === LF || (octets[at + 1] === CR && octets[at + 2] === LF)) return at + 1
  }
  return undefined
}

function edited(header: Buffer, isTraced: boolean): Buffer {
  const lines = header.toString('latin1').split('\n')
  if (lines.length > MAX_HEADER_LINES) throw new HeaderBeyondBound('too many lines')
  let signatures = 0
  let isFirst = true
  let isKept = true
  const kept = lines.filter((line) => {
    const isContinued = line.startsWith(' ') || line.startsWith('\t')
    if (isContinued && !isFirst) return isKept
    // a name may stand alone on its line, the colon on the next one (RFC 5322 4.5)
    if (/^dkim-signature[ \t\r]*(?::|$)/iu.test(line)) signatures += 1
    const isOwnTrace = isTraced && isFirst && /^received:/iu.test(line)
    isKept = !isOwnTrace && (signatures <= MAX_SIGNATURES || !/^dkim-signature/iu.test(line))
    isFirst = false
    return isKept
  })
  return Buffer.from(kept.join('\n'), 'latin1')
}
