import { Buffer } from 'node:buffer'

const CR = 13
const LF = 10
const SPACE = 32
const MBOX_LINE = Buffer.from('From ')

/**
 * Makes a mail as a pipe delivers it into one as SMTP carries it: every line ends in CRLF, whether it came with LF, CRLF or
 * CR CR LF. A CR within a line becomes a blank: as a line end it could make a header field out of a subject. A leading
 * `From ` line (mbox, sendmail) is left out, because it is no header field.
 * Holds no more than the five octets of `From `.
 */
export async function* crlfLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let afterCr = false
  let last = LF
  for await (const chunk of withoutMboxLine(stream)) {
    const out = Buffer.allocUnsafe(chunk.length * 2 + 1)
    let length = 0
    for (const octet of chunk) {
      if (octet !== CR) {
        if (octet === LF) length = out.writeUInt8(CR, length)
        else if (afterCr) length = out.writeUInt8(SPACE, length)
        length = out.writeUInt8(octet, length)
        last = octet
      }
      afterCr = octet === CR
    }
    if (length > 0) yield out.subarray(0, length)
  }
  if (last !== LF) yield Buffer.from('\r\n')
}

async function* withoutMboxLine(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let state: 'undecided' | 'within' | 'past' = 'undecided'
  let held = Buffer.alloc(0)
  for await (const chunk of stream) {
    let rest: Uint8Array = chunk
    if (state === 'undecided') {
      held = Buffer.concat([held, chunk])
      const seen = held.subarray(0, MBOX_LINE.length)
      if (seen.equals(MBOX_LINE.subarray(0, seen.length)) && seen.length < MBOX_LINE.length) continue
      state = seen.equals(MBOX_LINE) ? 'within' : 'past'
      rest = held
      held = Buffer.alloc(0)
    }
    if (state === 'within') {
      const end = rest.indexOf(LF)
      if (end < 0) continue
      state = 'past'
      rest = rest.subarray(end + 1)
    }
    if (rest.length > 0) yield rest
  }
  if (held.length > 0) yield held
}
