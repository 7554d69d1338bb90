/**
 * A relay between mail systems that rewrites what passes, as an ESP, a gateway or a filter does. It knows nothing of the
 * systems it joins, and it carries a bounded number of messages: what comes after that is taken and not carried, so that a
 * loop in a test ends and is seen.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A message with its envelope. `from` is '' for the null reverse-path; `mail` has its octets as UTF-8. */
export type Letter = { readonly from: string; readonly to: readonly string[]; readonly mail: string }

/** Takes a message to where it goes. @returns the reply to its final dot, such as `250 2.0.0 ok` */
export type Hop = (letter: Letter) => Promise<string>

export type Relay = {
  readonly port: number
  /** What was carried, as it came and as it went on, in order. */
  readonly carried: readonly { readonly came: Letter; readonly went: Letter; readonly reply: string }[]
  /** True once it has carried all it may. */
  isSpent(): boolean
  close(): Promise<void>
}

export type RelayPlan = {
  /** What becomes of a message on its way; `serial` counts from 1. */
  readonly rewrite: (letter: Letter, serial: number) => Letter
  /** The next hop of a domain; looked at for each message, so that hops may be added later. */
  readonly hops: ReadonlyMap<string, Hop>
  /** Messages carried at most. */
  readonly most: number
}

/** Starts listening on a free loopback port. */
export async function startRelay(plan: RelayPlan): Promise<Relay> {
  const carried: { came: Letter; went: Letter; reply: string }[] = []
  let taken = 0

  async function carry(came: Letter): Promise<string> {
    taken += 1
    if (taken > plan.most) return '250 taken and dropped'
    const went = plan.rewrite(came, taken)
    const domain = went.to[0]?.replace(/^.*@/u, '') ?? ''
    const hop = plan.hops.get(domain)
    const reply = hop === undefined ? `550 5.1.2 no hop for ${domain}` : await hop(went)
    carried.push({ came, went, reply })
    return reply
  }

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    hideSMTPUTF8: false,
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const mail = Buffer.concat(chunks).toString('utf8')
        const from = mailFrom === false ? '' : mailFrom.address
        carry({ from, to: rcptTo.map((one) => one.address), mail }).then(
          (reply) => answer(reply, callback),
          (error: unknown) => answer(`451 4.4.1 ${String(error)}`, callback),
        )
      })
    },
  })
  server.on('error', () => {}) // a client that hangs up is no trouble of ours
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  return {
    port: (listening.address() as AddressInfo).port,
    carried,
    isSpent: () => taken > plan.most,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function answer(reply: string, callback: (error?: Error | null, text?: string) => void): void {
  const text = reply.slice(4)
  if (reply.startsWith('2')) callback(null, text)
  else callback(Object.assign(new Error(text), { responseCode: Number(reply.slice(0, 3)) || 451 }))
}
