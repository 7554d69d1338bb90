import { Buffer } from 'node:buffer'
import { type AttachmentStream, MailParser, type MessageText } from 'mailparser'

export type EncodedPart = {
  readonly type: 'text/plain' | 'text/html'
  /** A charset name of harmless characters. */
  readonly charset: string
  readonly encoding: 'base64' | 'quoted-printable' | '8bit'
  /** format=flowed of RFC 3676, and its DelSp. */
  readonly flowed: 'no' | 'yes' | 'delsp'
  readonly octets: readonly Uint8Array[]
}

const OPTIONS = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipImageLinks: true,
  skipTextLinks: true,
}

/**
 * The characters of one text part: transfer encoding, flowed lines and charset undone by MailParser, which sees this part
 * alone, so that what it costs follows from the size of the part.
 * @throws Error where the library fails, and the signal's reason where it aborts first
 */
export function decodePart(part: EncodedPart, signal: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const parser = new MailParser(OPTIONS)
    let text = ''
    const abort = (): void => {
      parser.destroy(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    parser.on('data', (piece: AttachmentStream | MessageText) => {
      if (piece.type === 'text') text = (part.type === 'text/html' ? piece.html : piece.text) || ''
      else {
        // cannot come from a single text part; a stream that nobody drains would hold the parser for ever
        piece.content.resume()
        piece.release?.()
      }
    })
    parser.once('end', () => resolve(text))
    parser.once('error', reject)
    parser.once('close', () => signal?.removeEventListener('abort', abort))
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted === true) abort()
    parser.write(headerOf(part))
    for (const octets of part.octets) parser.write(octets)
    parser.end()
  })
}

function headerOf({ type, charset, encoding, flowed }: EncodedPart): Buffer {
  const format = flowed === 'no' ? '' : `; format=flowed${flowed === 'delsp' ? '; delsp=yes' : ''}`
  return Buffer.from(
    `Content-Type: ${type}; charset="${charset}"${format}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`,
  )
}
