/** A plain SMTP client that says what the test says: for mails, dialogues and misbehaviour. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export type Dialogue = {
  readonly socket: Socket
  /** Reads one complete reply (all its lines). */
  reply(): Promise<string>
  /** Sends a line and reads the reply to it. */
  say(line: string): Promise<string>
  close(): void
}

export async function dialogue(address: string): Promise<Dialogue> {
  const at = address.lastIndexOf(':')
  const socket = connect(Number(address.slice(at + 1)), address.slice(0, at))
  socket.on('error', () => {})
  let buffered = ''
  let ended = false
  const wakers: (() => void)[] = []
  const wake = (): void => {
    for (const one of wakers.splice(0)) one()
  }
  socket.setEncoding('latin1').on('data', (text: string) => {
    buffered += text
    wake()
  })
  socket.on('close', () => {
    ended = true
    wake()
  })
  await once(socket, 'connect')
  const reply = async (): Promise<string> => {
    for (;;) {
      const found = /^(?:\d{3}-[^\r\n]*\r\n)*\d{3}(?: [^\r\n]*)?\r\n/u.exec(buffered)
      if (found !== null) {
        buffered = buffered.slice(found[0].length)
        return found[0].trimEnd()
      }
      if (ended) return 'closed'
      await new Promise<void>((resolve) => wakers.push(resolve))
    }
  }
  return {
    socket,
    reply,
    say: (line) => {
      socket.write(`${line}\r\n`)
      return reply()
    },
    close: () => socket.destroy(),
  }
}

export type Sent = { readonly from: string; readonly to: readonly string[]; readonly mail: string }

/** One mail over a session of its own or a given one. @returns the reply to the final dot */
export async function sendMail(address: string, sent: Sent, verb = 'EHLO'): Promise<string> {
  const session = await dialogue(address)
  await session.reply()
  await session.say(`${verb} client.example`)
  const last = await sendOver(session, sent)
  session.socket.end('QUIT\r\n')
  return last
}

export async function sendOver(session: Dialogue, sent: Sent): Promise<string> {
  const mail = await session.say(`MAIL FROM:<${sent.from}>`)
  if (!mail.startsWith('2')) return mail
  for (const recipient of sent.to) {
    const rcpt = await session.say(`RCPT TO:<${recipient}>`)
    if (!rcpt.startsWith('2')) return rcpt
  }
  const go = await session.say('DATA')
  if (!go.startsWith('3')) return go
  const body = sent.mail.replace(/\r?\n/gu, '\r\n').replace(/^\./gmu, '..')
  return session.say(`${body}${body.endsWith('\r\n') ? '' : '\r\n'}.`)
}

let serial = 0
/** A mail such as a person writes, with a Message-ID of its own. */
export function letter(
  fields: Readonly<Record<string, string>> = {},
  body = 'Hello,\n\nmy inverter shows E07. What can I do?\n\nMaria',
): string {
  serial += 1
  const all = {
    From: 'Maria Papadaki <maria@customer.example>',
    To: 'support@acme.example',
    Subject: 'Inverter shows E07',
    Date: new Date().toUTCString().replace('GMT', '+0000'),
    'Message-ID': `<${serial}.${process.pid}.${Date.now()}@customer.example>`,
    ...fields,
  }
  return `${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n\n${body}\n`
}
