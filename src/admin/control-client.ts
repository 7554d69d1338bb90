import { once } from 'node:events'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { Trouble } from '../mail/trouble.ts'

export type ControlRequest = {
  readonly method: 'GET' | 'POST'
  /** With the query, percent-encoded. */
  readonly path: string
  /** Sent as it comes. It is not touched before a daemon has taken the connection. */
  readonly body?: AsyncIterable<Uint8Array>
  /** Longest time in which nothing happens on the connection; five minutes unless told. */
  readonly idleMs?: number
}

export type ControlAnswer =
  /** Nobody listens there: the request was not sent, the body not read. */
  { readonly kind: 'no-daemon' } | { readonly kind: 'answer'; readonly status: number; readonly text: string }

/** A reload compiles templates, which takes seconds; an MTA waits longer than this for its pipe. */
const IDLE_MS = 300_000
/** Our own answers are a few kilobytes. */
const MAX_ANSWER_OCTETS = 1024 * 1024

/**
 * Asks the daemon over its control socket.
 * @param socketPath see `openControl`
 * @throws Trouble (temporary) where a daemon is there, but gives no whole answer, so that nobody knows what it did;
 *   (permanent) where we may not talk to it
 */
export async function callControl(socketPath: string, request: ControlRequest): Promise<ControlAnswer> {
  const socket = await connected(socketPath)
  if (socket === undefined) return { kind: 'no-daemon' }
  const idleMs = request.idleMs ?? IDLE_MS
  socket.setTimeout(idleMs, () => socket.destroy(new Error(`nothing happened for ${idleMs} ms`)))
  try {
    return await exchange(socket, request)
  } catch (error) {
    throw new Trouble(`get an answer from the daemon over ${socketPath}`, 'temporary', error)
  } finally {
    socket.destroy()
  }
}

async function connected(socketPath: string): Promise<Socket | undefined> {
  const socket = connect(socketPath)
  try {
    await once(socket, 'connect')
    return socket
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined
    const denied = code === 'EACCES' || code === 'EPERM'
    const why = denied ? new Error('it talks only to its own user and to root; run this as one of them') : error
    throw new Trouble(`talk to the daemon over ${socketPath}`, denied ? 'permanent' : 'temporary', why)
  }
}

async function exchange(socket: Socket, { method, path, body }: ControlRequest): Promise<ControlAnswer> {
  const call = httpRequest({ createConnection: () => socket, method, path, headers: { host: 'replyd' } })
  const answered = once(call, 'response') as Promise<[IncomingMessage]>
  const [[response]] = await Promise.all([answered, send(call, body, answered)])
  const chunks: Buffer[] = []
  let octets = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    octets += chunk.length
    if (octets > MAX_ANSWER_OCTETS) throw new Error(`the answer has more than ${MAX_ANSWER_OCTETS} octets`)
    chunks.push(chunk)
  }
  return { kind: 'answer', status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }
}

/** Sends the body, until it ends or the answer is there, whichever comes first. */
async function send(
  call: ClientRequest,
  body: AsyncIterable<Uint8Array> | undefined,
  answered: Promise<unknown>,
): Promise<void> {
  if (body === undefined) {
    call.end()
    return
  }
  const sent = pipeline(body, call)
  sent.catch(() => {}) // after an early answer, what becomes of the rest of the body does not matter
  await Promise.race([answered, sent])
}
