/**
 * A next hop that does what a script says: a reply, silence, or hanging up, for each verb. It notes every command and every
 * message it was sent, octet for octet. It knows nothing of the code that talks to it.
 */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

/** A reply of one or more lines without the last CRLF; or `stall`, nothing at all; or `drop`, the end of the connection. */
export type Act = string
/** The same each time, or by how often the verb was seen on this sink (0 is the first time). */
export type Step = Act | ((times: number) => Act)

export const VERBS = ['greeting', 'ehlo', 'auth', 'starttls', 'mail', 'rcpt', 'data', 'dot', 'rset', 'quit'] as const
export type Verb = (typeof VERBS)[number]

export type Script = Partial<Readonly<Record<Verb, Step>>> & {
  /** EHLO keywords; PIPELINING is left out unless it is named here. */
  readonly extensions?: readonly string[]
  readonly protocol?: 'smtp' | 'lmtp'
  /** PEM; for STARTTLS, or with `implicit` from the first octet. `maxVersion`: of TLS, too old for anybody. */
  readonly tls?: {
    readonly cert: string
    readonly key: string
    readonly implicit?: boolean
    readonly maxVersion?: 'TLSv1'
  }
  /** A path listens on a unix socket; default is a free port on 127.0.0.1. */
  readonly path?: string
  /** What happens after so many octets of a message, before its end. */
  readonly amid?: { readonly octets: number; readonly act: Act }
}

export type Received = {
  /** `MAIL FROM:<...> ...` as it came. */
  readonly mail: string
  readonly rcpt: readonly string[]
  /** The message without dot-stuffing and final dot. */
  readonly octets: Buffer
  readonly session: number
  readonly isEncrypted: boolean
}

export type Sink = {
  readonly port: number
  /** Sessions opened so far. */
  sessions(): number
  /** Sessions open now. */
  open(): number
  /** Most sessions that were open at once. */
  peak(): number
  /** Every command line, in order, over all sessions. */
  readonly commands: readonly string[]
  /** Messages read to their final dot, whatever was replied. */
  readonly received: readonly Received[]
  /** Resolves when the condition holds; it is looked at after each command and message. */
  until(condition: () => boolean): Promise<void>
  /** Closes each open session, as a hop does that is restarted. */
  hangUp(): void
  close(): Promise<void>
}

const DEFAULTS: Readonly<Record<Verb, string>> = {
  greeting: '220 sink.example ready',
  ehlo: '', // made from the extensions
  auth: '235 2.7.0 welcome',
  starttls: '220 2.0.0 go ahead',
  mail: '250 2.1.0 ok',
  rcpt: '250 2.1.5 ok',
  data: '354 go ahead',
  dot: '250 2.0.0 queued as 4711',
  rset: '250 2.0.0 ok',
  quit: '221 2.0.0 bye',
}

type State = {
  readonly script: Script
  readonly seen: Map<Verb, number>
  readonly commands: string[]
  readonly received: Received[]
  readonly sockets: Set<Socket>
  sessions: number
  peak: number
  changed(): void
}

/** Starts listening. */
export async function startSink(script: Script = {}): Promise<Sink> {
  const watchers: { condition: () => boolean; resolve: () => void }[] = []
  const state: State = {
    script,
    seen: new Map(),
    commands: [],
    received: [],
    sockets: new Set(),
    sessions: 0,
    peak: 0,
    changed() {
      for (const one of watchers.splice(0)) {
        if (one.condition()) one.resolve()
        else watchers.push(one)
      }
    },
  }
  const server = createServer((socket) => converse(socket, state))
  if (script.path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(script.path)
  await once(server, 'listening')
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    sessions: () => state.sessions,
    open: () => state.sockets.size,
    peak: () => state.peak,
    commands: state.commands,
    received: state.received,
    until: (condition) =>
      new Promise((resolve) => {
        watchers.push({ condition, resolve })
        state.changed()
      }),
    hangUp() {
      for (const socket of state.sockets) socket.destroy()
    },
    close: () => closed(server, state),
  }
}

function closed(server: Server, state: State): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of state.sockets) socket.destroy()
  })
}

function actOf(state: State, verb: Verb): Act {
  const times = state.seen.get(verb) ?? 0
  state.seen.set(verb, times + 1)
  const step = state.script[verb]
  if (step === undefined) return verb === 'ehlo' ? ehloReply(state.script.extensions ?? []) : DEFAULTS[verb]
  return typeof step === 'string' ? step : step(times)
}

function ehloReply(extensions: readonly string[]): string {
  return ['sink.example', ...extensions]
    .map((line, i) => `250${i === extensions.length ? ' ' : '-'}${line}`)
    .join('\r\n')
}

type Session = { socket: Socket; mail: string; rcpt: string[]; isEncrypted: boolean; readonly number: number }

function converse(plain: Socket, state: State): void {
  const { script } = state
  state.sessions += 1
  const session: Session = { socket: plain, mail: '', rcpt: [], isEncrypted: false, number: state.sessions }
  follow(plain, state)
  if (script.tls?.implicit === true) encrypt(session, state)
  else listen(session, state)
  perform(session, actOf(state, 'greeting'))
}

function follow(socket: Socket, state: State): void {
  socket.setNoDelay(true) // a pipelined envelope is answered in pieces, which Nagle would hold back
  state.sockets.add(socket)
  state.peak = Math.max(state.peak, state.sockets.size)
  socket.on('error', () => {})
  socket.on('close', () => {
    state.sockets.delete(socket)
    state.changed()
  })
}

function encrypt(session: Session, state: State): void {
  const { tls } = state.script
  if (tls === undefined) throw new Error('a script with STARTTLS needs a certificate')
  const plain = session.socket
  plain.removeAllListeners('data')
  session.socket = new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(tls) })
  session.socket.on('error', () => plain.destroy())
  session.isEncrypted = true
  listen(session, state)
}

function perform({ socket }: Session, act: Act): void {
  if (act === 'drop') socket.destroy()
  else if (act !== 'stall') socket.write(`${act}\r\n`)
}

/** Reads commands line by line, and between DATA's 354 and the final dot a message. */
function listen(session: Session, state: State): void {
  let buffered = Buffer.alloc(0)
  let isInData = false
  let isAmidDone = false
  session.socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    for (;;) {
      if (isInData) {
        const { amid } = state.script
        if (amid !== undefined && !isAmidDone && buffered.length >= amid.octets) {
          isAmidDone = true
          perform(session, amid.act)
        }
        const end = endOfData(buffered)
        if (end === undefined) return
        endMessage(session, state, buffered.subarray(0, end.body))
        buffered = buffered.subarray(end.next)
        isInData = false
      } else {
        const at = buffered.indexOf('\r\n')
        if (at < 0) return
        const line = buffered.toString('utf8', 0, at)
        buffered = buffered.subarray(at + 2)
        isInData = command(session, state, line) === 'data'
      }
    }
  })
}

function endOfData(buffered: Buffer): { body: number; next: number } | undefined {
  if (buffered.toString('latin1', 0, 3) === '.\r\n') return { body: 0, next: 3 }
  const at = buffered.indexOf('\r\n.\r\n')
  return at < 0 ? undefined : { body: at + 2, next: at + 5 }
}

function endMessage(session: Session, state: State, stuffed: Buffer): void {
  const text = stuffed.toString('latin1').replace(/(^|\r\n)\./gu, '$1')
  const { mail, rcpt, number, isEncrypted } = session
  state.received.push({ mail, rcpt, octets: Buffer.from(text, 'latin1'), session: number, isEncrypted })
  const replies = state.script.protocol === 'lmtp' ? rcpt.length : 1
  for (let i = 0; i < replies; i += 1) perform(session, actOf(state, 'dot'))
  session.mail = ''
  session.rcpt = []
  state.changed()
}

function command(session: Session, state: State, line: string): 'data' | 'command' {
  state.commands.push(line)
  const word = line.split(' ')[0]?.toUpperCase() ?? ''
  const verb = VERBS.find((one) => one === word.toLowerCase()) ?? (/^(?:LHLO|HELO)$/u.test(word) ? 'ehlo' : 'auth')
  const isOutOfOrder =
    state.script[verb] === undefined &&
    ((verb === 'rcpt' && session.mail === '') || (verb === 'data' && session.rcpt.length === 0))
  const act = isOutOfOrder ? '503 5.5.1 bad sequence of commands' : actOf(state, verb)
  perform(session, act)
  if (act.startsWith('2') || act.startsWith('3')) {
    if (verb === 'mail') session.mail = line
    if (verb === 'rcpt') session.rcpt.push(line)
    if (verb === 'starttls') encrypt(session, state)
    if (verb === 'quit') session.socket.end()
  }
  state.changed()
  return verb === 'data' && act.startsWith('3') ? 'data' : 'command'
}
