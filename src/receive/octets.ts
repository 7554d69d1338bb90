import { createHash } from 'node:crypto'
import { headerSection } from './header-section.ts'
import type { Refusal } from './reply.ts'

/** RFC 5321 6.3: a loop is assumed beyond a number of Received fields that is "normally at least 100". */
export const MAX_RECEIVED_HOPS = 100

const CR = 13
const LF = 10

export type Inspected = {
  /** Octets seen, also those after the message was refused. */
  readonly octets: number
  /** SHA-256 in hex of everything after the first empty line; meaningless where there is a refusal. */
  readonly bodyDigest: string
  readonly refusal: Refusal | undefined
}

export type OctetInspection = {
  /** Looks at the next octets of the message. @returns the refusal, from the moment there is one */
  take(chunk: Uint8Array): Refusal | undefined
  /** The message is complete. Once only. */
  end(): Inspected
}

/**
 * Looks at a message's octets as they stream by, holding none of them.
 * Bare CR and bare LF are refused (RFC 5321 2.3.8): the next server may take them for a line end and see a second message
 * where we saw one. Message and digest are over the octets as sent, without dot-stuffing.
 * @param maxOctets the largest message, 1 up
 */
export function inspectOctets(maxOctets: number): OctetInspection {
  const digest = createHash('sha256')
  const header = headerSection()
  const lines = lineEnds()
  let octets = 0
  let inHeader = true
  let refusal: Refusal | undefined

  /** The part of the chunk that belongs to the body. */
  const body = (chunk: Uint8Array): Uint8Array => {
    if (!inHeader) return chunk
    const start = header.take(chunk)
    inHeader = start === undefined
    return chunk.subarray(start ?? chunk.length)
  }

  return {
    take(chunk) {
      octets += chunk.length
      if (refusal !== undefined) return refusal
      refusal = octets > maxOctets ? tooLarge(maxOctets) : lines.take(chunk)
      if (refusal !== undefined) return refusal
      digest.update(body(chunk))
      if (header.hops() > MAX_RECEIVED_HOPS) refusal = tooManyHops()
      return refusal
    },
    end: () => ({ octets, bodyDigest: digest.digest('hex'), refusal: refusal ?? lines.end() }),
  }
}

function tooLarge(maxOctets: number): Refusal {
  return { code: 552, status: '5.3.4', text: `The message is larger than the ${maxOctets} octets we take` }
}

function tooManyHops(): Refusal {
  return {
    code: 554,
    status: '5.4.6',
    text: `The message has more than ${MAX_RECEIVED_HOPS} Received fields; it seems to be going round in a loop`,
  }
}

function bareEnd(which: 'CR' | 'LF', line: number): Refusal {
  const what = which === 'LF' ? 'an LF without a CR before it' : 'a CR without an LF after it'
  return {
    code: 554,
    status: '5.6.0',
    text: `Line ${line} of the message holds ${what}; every line must end in CR LF (curl: use --crlf)`,
  }
}

type LineEnds = {
  take(chunk: Uint8Array): Refusal | undefined
  /** After the last chunk: a CR that nothing follows is bare as well. */
  end(): Refusal | undefined
}

function lineEnds(): LineEnds {
  let afterCr = false
  let line = 1
  return {
    take(chunk) {
      // By index: an iterator takes several times as long, and this runs over every octet of every mail.
      for (let at = 0; at < chunk.length; at += 1) {
        const octet = chunk[at]
        if (octet === LF) {
          if (!afterCr) return bareEnd('LF', line)
          line += 1
        } else if (afterCr) return bareEnd('CR', line)
        afterCr = octet === CR
      }
      return undefined
    },
    end: () => (afterCr ? bareEnd('CR', line) : undefined),
  }
}
