import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'

/** A client that says what a test says, octet by octet, and reads complete replies. */
export type Client = {
  readonly socket: Socket
  write(octets: string): void
  /** The next complete reply, all its lines; `closed` once the server has closed. */
  reply(): Promise<string>
  /** Sends a line and reads the reply to it. */
  say(line: string): Promise<string>
  /** All replies to as many lines, sent in one packet. */
  pipeline(lines: readonly string[]): Promise<readonly string[]>
  /** Runs a whole transaction. @returns the reply to the final dot, or the first refusal */
  send(mail: string, to?: readonly string[], from?: string): Promise<string>
  startTls(): Promise<TLSSocket>
  /** Leaves with an RST. */
  reset(): void
  close(): void
}

const REPLY = /^(?:\d{3}-[^\r\n]*\r\n)*\d{3}(?: [^\r\n]*)?\r\n/u

/** @param address `host:port` or `unix:/path`. @param first written before anything is read, e.g. a PROXY line */
export async function connectTo(address: string, first = ''): Promise<Client> {
  const at = address.lastIndexOf(':')
  const socket = address.startsWith('unix:')
    ? connect(address.slice('unix:'.length))
    : connect(Number(address.slice(at + 1)), address.slice(0, at))
  await once(socket, 'connect')
  if (first !== '') socket.write(first)
  return clientOn(socket)
}

/** Connected, greeted and introduced. */
export async function introduced(address: string, hello = 'EHLO client.example'): Promise<Client> {
  const client = await connectTo(address)
  await client.reply()
  await client.say(hello)
  return client
}

function reader(socket: Socket): () => Promise<string> {
  let buffered = ''
  let ended = false
  const waiting: (() => void)[] = []
  const wake = (): void => {
    for (const one of waiting.splice(0)) one()
  }
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    buffered += chunk.toString('utf8')
    wake()
  })
  socket.on('close', () => {
    ended = true
    wake()
  })
  return async () => {
    for (;;) {
      const found = REPLY.exec(buffered)?.[0]
      if (found !== undefined) {
        buffered = buffered.slice(found.length)
        return found.trimEnd()
      }
      if (ended) return 'closed'
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
}

function clientOn(first: Socket): Client {
  let socket = first
  let reply = reader(socket)
  const write = (octets: string): void => void socket.write(octets)
  const say = (line: string): Promise<string> => {
    write(`${line}\r\n`)
    return reply()
  }
  const pipeline = async (lines: readonly string[]): Promise<readonly string[]> => {
    write(lines.map((line) => `${line}\r\n`).join(''))
    const replies: string[] = []
    for (const _ of lines) replies.push(await reply())
    return replies
  }
  return {
    socket: first,
    write,
    reply: () => reply(),
    say,
    pipeline,
    async send(mail, to = ['support@acme.example'], from = 'maria@customer.example') {
      const commands = [`MAIL FROM:<${from}>`, ...to.map((one) => `RCPT TO:<${one}>`), 'DATA']
      const refused = (await pipeline(commands)).find((one) => !/^[23]/u.test(one))
      return refused ?? say(`${mail.replace(/^\./gmu, '..')}${mail.endsWith('\r\n') ? '' : '\r\n'}.`)
    },
    async startTls() {
      socket.removeAllListeners('data')
      const secure = connectTls({ socket, rejectUnauthorized: false })
      socket = secure
      reply = reader(secure)
      await once(secure, 'secureConnect')
      return secure
    },
    reset: () => first.resetAndDestroy(),
    close: () => socket.destroy(),
  }
}
