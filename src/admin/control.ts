import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'
import { type Address, parseAddress, parseReversePath } from '../mail/address.ts'
import { type HandCommand, type HandResult, readCommand } from '../mail/command.ts'
import type { Envelope } from '../mail/envelope.ts'
import type { Log } from '../ops/events.ts'
import { askHealth, type Health } from './health.ts'
import { type App, newApp, type Service, serve } from './http.ts'

/** How one message from a command ended. `text` is for the person or the MTA that ran it. */
export type Receipt =
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'refused'; readonly why: 'unknown-recipient' | 'message'; readonly text: string }
  | { readonly kind: 'trouble'; readonly text: string }

export type Reloaded = { readonly ok: true } | { readonly ok: false; readonly problems: readonly string[] }

export type ControlParts = {
  /** @param stream the message; it fails where the command broke off, and then nothing may be kept */
  receive(stream: AsyncIterable<Uint8Array>, envelope: Envelope): Promise<Receipt>
  reload(): Promise<Reloaded>
  health(): Promise<Health>
  /** Carries out what a person ordered. Rejects with a Trouble where the ledger cannot. */
  command(command: HandCommand): Promise<HandResult>
  readonly log: Log
}

/** Whoever may connect may put mail into our mailboxes and has us reload: our own user and root. */
const UNIX_SOCKET_MODE = 0o600
/** An MTA pipes some messages at once, a person types. */
const MAX_CONNECTIONS = 200
/** As many as an MTA may hand over at once (RFC 5321 4.5.3.1.8 asks for 100 or more). */
const MAX_RECIPIENTS = 1_000
/** Recipients stand in the URL: a thousand of 254 octets, percent-encoded. */
const MAX_HEADER_OCTETS = 1024 * 1024
/** What RFC 5321 4.5.3.2.6 gives the end of a message; the rest may take as long. */
const REQUEST_TIMEOUT_MS = 600_000
const LIMITS = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  headersTimeout: 10_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: MAX_HEADER_OCTETS,
}
/** A message that a command is piping in may end within this. */
const GRACE_MS = 10_000

/**
 * The door for our own commands: HTTP on a unix socket that only our own user may connect to.
 * `POST /receive?mail-from=A&rcpt-to=B&rcpt-to=C` with the octets of a message as body answers a Receipt,
 * `POST /command` with a HandCommand as JSON answers a HandResult, `POST /reload` answers Reloaded, `GET /health` how the
 * daemon is, part by part.
 * @param socketPath absolute, at most 107 octets
 * @throws Trouble (permanent) where it cannot listen there, for instance because another daemon does
 */
export async function openControl(socketPath: string, parts: ControlParts): Promise<Service> {
  const app = newApp(parts.log)
  app.use(async (c, next) => {
    await next()
    parts.log('control.call', { method: c.req.method, path: c.req.path, status: c.res.status })
  })
  app.get('/health', async (c) => {
    const { status, body } = await askHealth(() => parts.health(), 'ready')
    return c.json(body, status)
  })
  app.post('/reload', async (c) => {
    const reloaded = await parts.reload()
    return c.json(reloaded, reloaded.ok ? 200 : 422)
  })
  addReceive(app, parts)
  addCommand(app, parts)
  const options = {
    name: 'control',
    listen: { kind: 'unix', path: socketPath },
    unixMode: UNIX_SOCKET_MODE,
    maxConnections: MAX_CONNECTIONS,
    graceMs: GRACE_MS,
    limits: LIMITS,
  } as const
  return serve(app, options, parts.log)
}

function addReceive(app: App, parts: ControlParts): void {
  app.post('/receive', async (c) => {
    const envelope = envelopeOf(c.req.query('mail-from') ?? '', c.req.queries('rcpt-to') ?? [])
    const receipt: Receipt =
      typeof envelope === 'string'
        ? { kind: 'refused', why: 'message', text: envelope }
        : await parts.receive(octetsOf(c.env.incoming), envelope)
    await letGo(c.env.incoming)
    switch (receipt.kind) {
      case 'accepted':
        return c.json({ kind: receipt.kind, id: receipt.id }, 200)
      case 'refused':
        return c.json(receipt, 422)
      case 'trouble':
        return c.json(receipt, 503)
      default:
        return receipt satisfies never
    }
  })
}

/** A command is a line of JSON. */
const MAX_COMMAND_OCTETS = 16 * 1024

function addCommand(app: App, parts: ControlParts): void {
  app.post('/command', async (c) => {
    const command = readCommand(await jsonBody(c.env.incoming))
    if (typeof command === 'string') {
      return c.json({ ok: false, text: command, facts: { error: 'usage' } } satisfies HandResult, 400)
    }
    const result = await parts.command(command)
    return c.json(result, result.ok ? 200 : 409)
  })
}

/** @returns undefined where it is no JSON, or too long to be a command */
async function jsonBody(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let octets = 0
  for await (const chunk of octetsOf(incoming)) {
    octets += chunk.length
    if (octets <= MAX_COMMAND_OCTETS) chunks.push(Buffer.from(chunk))
  }
  if (octets > MAX_COMMAND_OCTETS) return undefined
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
  } catch {
    return undefined
  }
}

/** The body as it comes. Leaving it early must not cut the connection, which is still to carry the answer. */
function octetsOf(incoming: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => incoming.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array> }
}

/** Reads what is left of the body: a command that is still writing would find its pipe broken, and never read the answer. */
async function letGo(incoming: IncomingMessage): Promise<void> {
  incoming.resume()
  await finished(incoming, { writable: false }).catch(() => {}) // who has gone away hears no answer anyhow
}

/** @returns a sentence that says what is wrong, where it is no envelope */
function envelopeOf(mailFrom: string, rcptTo: readonly string[]): Envelope | string {
  const reversePath = parseReversePath(mailFrom)
  if (reversePath === undefined) return `mail-from: found ${JSON.stringify(mailFrom)}, wanted one address or nothing`
  if (rcptTo.length === 0 || rcptTo.length > MAX_RECIPIENTS) {
    return `rcpt-to: found ${rcptTo.length} addresses, wanted 1 to ${MAX_RECIPIENTS}`
  }
  const recipients = new Set<Address>()
  for (const text of rcptTo) {
    const address = parseAddress(text)
    if (address === undefined) return `rcpt-to: found ${JSON.stringify(text)}, wanted one address`
    recipients.add(address)
  }
  return { reversePath, recipients: [...recipients] }
}
