import { connect, type Socket } from 'node:net'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { NextHop } from '../mail/queue.ts'
import type { Log } from '../ops/events.ts'
import type { DeliveryOptions, Job } from './attempt.ts'
import { hopName } from './hop-name.ts'

export type SocketHop = Extract<NextHop, { kind: 'smtp' | 'lmtp' }>

/** Whom we talk to, and as whom. */
export type Partner = { readonly hop: SocketHop; readonly auth: Job['auth'] }

/** A session ready for MAIL: greeted, encrypted and logged in as far as wanted. */
export type Session = {
  readonly connection: SMTPConnection
  /** EHLO keywords in upper case. */
  readonly extensions: ReadonlySet<string>
}

/** Longest reply we read, in octets; a hop that goes on and on is cut off. */
const MAX_REPLY_OCTETS = 64 * 1024

/**
 * Opens a session. Where TLS is merely opportunistic, a hop whose TLS does not work still gets the mail in the clear, as it
 * would had it offered none; but never a password. Rejects with nodemailer's error, of which `outcomeOf` makes an Outcome,
 * or with the signal's reason.
 */
export async function openSession(
  partner: Partner,
  options: DeliveryOptions,
  at: { readonly signal: AbortSignal; readonly log: Log; readonly withoutTls?: true },
): Promise<Session> {
  const { hop, auth } = partner
  at.signal.throwIfAborted()
  const socket = hop.socket === undefined ? undefined : await connectTo(hop.socket, options.timeoutMs, at.signal)
  const connection = new SMTPConnection({
    host: hop.host,
    port: hop.port,
    ...(socket === undefined ? {} : { connection: socket }),
    name: options.hostname,
    lmtp: hop.kind === 'lmtp',
    secure: hop.tls === 'implicit',
    requireTLS: hop.tls === 'required',
    opportunisticTLS: hop.tls === 'opportunistic',
    ignoreTLS: at.withoutTls === true,
    // opportunistic TLS is there against listeners only (RFC 7435); a password goes to nobody we cannot name
    tls: { rejectUnauthorized: options.tlsRejectUnauthorized && (hop.tls !== 'opportunistic' || auth !== undefined) },
    connectionTimeout: options.timeoutMs,
    greetingTimeout: options.timeoutMs,
    dnsTimeout: options.timeoutMs,
    socketTimeout: options.timeoutMs,
    socketCloseTimeout: 0,
    maxResponseSize: MAX_REPLY_OCTETS,
    allowInternalNetworkInterfaces: true, // a host whose only network is loopback still has next hops
  })
  connection.on('error', () => {}) // every wait below hears of it; between two waits nobody would, and Node would exit
  try {
    await during<void>(connection, at.signal, (done) => connection.connect(done))
    const extensions = extensionsOf(connection.lastServerResponse)
    if (auth !== undefined) await logIn(connection, { hop, auth, extensions, signal: at.signal })
    return { connection, extensions }
  } catch (error) {
    connection.close()
    const isTlsBroken = connection.upgrading === true && hop.tls === 'opportunistic' && auth === undefined
    if (!isTlsBroken || at.signal.aborted) throw error
    at.log('hop.unencrypted', { hop: hopName(hop), error: error instanceof Error ? error.message : String(error) })
    return openSession(partner, options, { ...at, withoutTls: true })
  }
}

type LogIn = {
  readonly hop: SocketHop
  readonly auth: NonNullable<Job['auth']>
  readonly extensions: ReadonlySet<string>
  readonly signal: AbortSignal
}

async function logIn(connection: SMTPConnection, { hop, auth, extensions, signal }: LogIn): Promise<void> {
  if (!connection.secure && !isLocal(hop)) {
    throw new Error('it offers no TLS, and a password is not sent in the clear; use smtps:// or a relay with STARTTLS')
  }
  if (!extensions.has('AUTH')) throw new Error('it offers no AUTH, but a user and password are configured for it')
  await during<unknown>(connection, signal, (done) => connection.login({ user: auth.user, pass: auth.password }, done))
}

function isLocal(hop: SocketHop): boolean {
  return hop.socket !== undefined || hop.host === 'localhost' || hop.host === '::1' || /^127\.[0-9.]+$/u.test(hop.host)
}

/** Keywords of an EHLO reply, `250-SIZE 1000` and old-fashioned `250-AUTH=PLAIN` alike (RFC 5321 4.1.1.1). */
function extensionsOf(reply: string | false): ReadonlySet<string> {
  const lines = reply === false ? [] : reply.split(/\r?\n/u).slice(1)
  return new Set(lines.map((line) => (/^\d{3}[ -]([A-Za-z0-9-]+)/u.exec(line)?.[1] ?? '').toUpperCase()))
}

/**
 * Waits for nodemailer's callback, for the loss of the connection, or for the signal, whichever is first. The library
 * reports a loss by callback, by event or, when it closes the connection itself, only by `end`.
 */
export function during<T>(
  connection: SMTPConnection,
  signal: AbortSignal,
  begin: (done: (error?: Error | null, value?: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (error: unknown, value?: T): void => {
      connection.off('error', settle)
      connection.off('end', ended)
      signal.removeEventListener('abort', aborted)
      if (error === undefined || error === null) resolve(value as T)
      else reject(error)
    }
    // `end` comes just before the callback that knows the reply: let that one speak first
    const ended = (): void => void setImmediate(() => settle(new Error('the connection was closed')))
    const aborted = (): void => {
      settle(signal.reason ?? new Error('it was broken off'))
      connection.close()
    }
    connection.once('error', settle)
    connection.once('end', ended)
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted, { once: true })
    begin(settle)
  })
}

function connectTo(path: string, timeoutMs: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    const settle = (error?: unknown): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.removeAllListeners('connect').removeAllListeners('error')
      if (error === undefined) resolve(socket)
      else {
        socket.on('error', () => {}).destroy()
        reject(error)
      }
    }
    const aborted = (): void => settle(signal.reason)
    const timer = setTimeout(() => settle(new Error(`no answer on ${path} within ${timeoutMs} ms`)), timeoutMs)
    socket.once('connect', () => settle()).once('error', settle)
    signal.addEventListener('abort', aborted, { once: true })
  })
}
