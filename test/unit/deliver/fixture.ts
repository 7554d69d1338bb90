import { Buffer } from 'node:buffer'
import { type Delivery, type DeliveryOptions, type Job, openDelivery } from '../../../src/deliver/attempt.ts'
import { type Address, NULL_PATH } from '../../../src/mail/address.ts'
import type { NextHop } from '../../../src/mail/queue.ts'
import type { Log } from '../../../src/ops/events.ts'
import type { Sink } from '../../peers/scripted-sink.ts'

export const MESSAGE = ['From: a@acme.example', 'Subject: hello', '', '.one dot', '..two', 'end', ''].join('\r\n')

export const ADDRESS = 'customer@there.example' as Address

type SocketHop = Extract<NextHop, { kind: 'smtp' | 'lmtp' }>

/** A delivery with timeouts short enough for a test that waits for them. */
export function delivery(changed: Partial<DeliveryOptions> = {}, log: Log = () => {}): Delivery {
  const options: DeliveryOptions = {
    hostname: 'mx.acme.example',
    connections: 3,
    timeoutMs: 5_000,
    deadlineMs: 10_000,
    tlsRejectUnauthorized: true,
    ...changed,
  }
  return openDelivery(options, { log })
}

export function hopTo(sink: Pick<Sink, 'port'>, changed: Partial<SocketHop> = {}): SocketHop {
  const tls = 'opportunistic'
  return { kind: 'smtp', host: '127.0.0.1', port: sink.port, tls, recipient: undefined, ...changed }
}

export function jobFor(hop: NextHop, changed: Partial<Job> = {}): Job {
  return {
    hop,
    auth: undefined,
    envelopeFrom: NULL_PATH,
    to: ADDRESS,
    octets: () => octetsOf(MESSAGE),
    size: MESSAGE.length,
    uniqueName: '01JXYZ.replyd',
    repeat: false,
    notifyNever: true,
    ...changed,
  }
}

/** The text in chunks of `size` octets. */
export async function* octetsOf(text: string | Uint8Array, size = 7): AsyncIterable<Uint8Array> {
  const octets = typeof text === 'string' ? Buffer.from(text) : text
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size)
}

export async function whole(octets: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of octets) chunks.push(chunk)
  return Buffer.concat(chunks)
}
