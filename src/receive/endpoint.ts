import type { BlockList, Socket } from 'node:net'
import { isIP, isIPv6 } from 'node:net'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js'
import type { ListenerLimits } from './limits.ts'
import { REFUSALS, type Refusal } from './reply.ts'

export type EndpointRules = {
  readonly limits: ListenerLimits
  /** Peers that must begin with a PROXY line. */
  readonly proxies: BlockList
  /** Peers that `sessionsPerIp` does not count. */
  readonly unlimited: BlockList
  /** A session, or one that did not come to be, is closed by us with a 421. */
  readonly turnedAway: (ip: string, why: string) => void
}

type ProxyCallback = Parameters<SMTPServer['_handleProxy']>[1]

const STATUS = /^[245]\.\d{1,3}\.\d{1,3} /u
const INTERMEDIATE = 354
const CLOSING = 421
/** How long a client that was turned away may take to read why; the library gives a refused PROXY peer the same. */
const LINGER_MS = 1_000

/**
 * One SMTP session. The library offers no hook for a command cap and no way for a handler to name the enhanced status code;
 * every reply passes `send`, so both are done there.
 */
export class Session extends SMTPConnection {
  readonly #rules: EndpointRules
  #replies = 0

  constructor(endpoint: Endpoint, socket: Socket, options: SMTPConnectionOptions | null | undefined) {
    super(endpoint, socket, options)
    this.#rules = endpoint.rules
  }

  override send(code: number, text?: string | string[] | null, context?: string | false): void {
    this.#replies = code === INTERMEDIATE ? 0 : this.#replies + 1
    if (code !== CLOSING && this.#replies > this.#rules.limits.commandsPerMessage) {
      this.dismiss(REFUSALS.tooManyCommands)
      return
    }
    if (code === CLOSING) this.#rules.turnedAway(this.remoteAddress, String(text))
    // A status of our own takes the place of the library's guess from the code.
    super.send(code, text, typeof text === 'string' && STATUS.test(text) ? false : context)
  }

  dismiss({ code, status, text }: Refusal): void {
    this.send(code, `${status} ${text}`, false)
  }

  /** Ends the connection without a word. Not in a TLS handshake: tearing the socket from under one crashes Node. */
  cut(): void {
    this.close()
    if (!this._upgrading) this._socket.destroy()
  }
}

/** `smtp-server` with caps on sessions, PROXY by network, and a stop that lets messages finish. */
export class Endpoint extends SMTPServer {
  readonly rules: EndpointRules
  readonly #sessions = new Map<string, Session>()
  /** Messages being taken, by session. */
  readonly #taking = new Map<string, Promise<void>>()
  #stopping = false

  constructor(options: SMTPServerOptions, rules: EndpointRules) {
    super(options)
    this.rules = rules
  }

  override connect(socket: Socket, options?: SMTPConnectionOptions | null): void {
    const session = new Session(this, socket, options)
    const refusal = this.#refusalOf(session.remoteAddress)
    if (refusal !== undefined) {
      this.rules.turnedAway(session.remoteAddress, refusal.text)
      turnAway(socket, refusal)
      return
    }
    this.connections.add(session)
    this.#sessions.set(session.id, session)
    session.on('error', (error: Error) => this.emit('error', error))
    session.init()
  }

  #refusalOf(ip: string): Refusal | undefined {
    const { limits, unlimited } = this.rules
    if (this.#stopping) return REFUSALS.stopping
    if (this.#sessions.size >= limits.sessions) return REFUSALS.tooManySessions
    if (ip === '' || contains(unlimited, ip)) return undefined
    let fromThere = 0
    for (const session of this.#sessions.values()) if (session.remoteAddress === ip) fromThere += 1
    return fromThere >= limits.sessionsPerIp ? REFUSALS.tooManyFromYou : undefined
  }

  /** By network, where the library only compares whole addresses. Both calls of the library come here. */
  override _expectsProxyHeader(socket: Socket): boolean {
    return contains(this.rules.proxies, socket.remoteAddress ?? '')
  }

  /** The library tells nobody of a missing or broken PROXY line; to an operator it is a proxy that is set up wrong. */
  override _handleProxy(socket: Socket, callback: ProxyCallback): void {
    super._handleProxy(socket, (error, options) => {
      if (error !== null) this.emit('error', error)
      callback(error, options)
    })
  }

  /** To be told by the `onClose` handler: the session's socket is gone. */
  forget(session: SMTPServerSession): void {
    this.#sessions.delete(session.id)
  }

  /** Keeps the session until its message is taken; then, in a stop, lets it go. Never rejects if `work` does not. */
  async during(session: SMTPServerSession, work: Promise<void>): Promise<void> {
    this.#taking.set(session.id, work)
    await work
    this.#taking.delete(session.id)
    if (this.#stopping) this.#sessions.get(session.id)?.dismiss(REFUSALS.stopping)
  }

  /** From now on a new session gets 421, as do those that are not sending a message; the others when they have. */
  refuse(): void {
    if (this.#stopping) return
    this.#stopping = true
    for (const [id, session] of this.#sessions) if (!this.#taking.has(id)) session.dismiss(REFUSALS.stopping)
  }

  /** Sessions open at the moment. */
  get size(): number {
    return this.#sessions.size
  }

  /** Resolves when no message is being taken. */
  async settled(): Promise<void> {
    while (this.#taking.size > 0) await Promise.all(this.#taking.values())
  }

  cutAll(): void {
    for (const session of this.#sessions.values()) session.cut()
  }
}

function contains(list: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/iu, '')
  return isIP(plain) !== 0 && list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}

function turnAway(socket: Socket, { code, status, text }: Refusal): void {
  socket.on('error', () => {}) // it may be gone already; nobody else listens
  socket.end(`${code} ${status} ${text}\r\n`)
  socket.resume() // reads the client's FIN, so that the socket can close
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
