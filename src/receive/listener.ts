import type { SMTPServerOptions } from 'smtp-server'
import type { Incoming } from '../mail/incoming.ts'
import type { Intake } from '../mail/ledger-port.ts'
import { bind, type ListenAt } from '../ops/bind.ts'
import type { World } from '../ops/clock.ts'
import type { Log } from '../ops/events.ts'
import { openConversation } from './conversation.ts'
import { Endpoint } from './endpoint.ts'
import type { ListenerLimits } from './limits.ts'
import { networkSet } from './networks.ts'
import type { RecipientRules } from './recipient.ts'
import { readTlsPair, TLS_FLOOR, type TlsFiles, type TlsPair } from './tls-files.ts'

export type ListenerOptions = RecipientRules & {
  readonly protocol: 'smtp' | 'lmtp'
  readonly listen: ListenAt
  /** Largest message that is taken, as sent; octets, 1 up. */
  readonly maxMessageOctets: number
  /** undefined: no STARTTLS. */
  readonly tls: TlsFiles | undefined
  /** IP addresses and CIDR networks whose connections begin with a PROXY protocol line (version 1). Nobody else may send one. */
  readonly proxyFrom: readonly string[]
  /** IP addresses and CIDR networks that may open any number of sessions up to `limits.sessions`: our own MTA, say. */
  readonly unlimitedFrom: readonly string[]
  readonly limits: ListenerLimits
}

export type ListenerParts = {
  readonly intake: Intake
  readonly world: World
  readonly log: Log
  /** Resolves when one more message can be worked on soon, or after about a second even so: until then its 250 waits. */
  readonly room: () => Promise<void>
  /** Told of each message after its 250. Must not throw. */
  readonly onAccepted: (incoming: Incoming) => void
}

export type Listener = {
  /** What is really bound: `127.0.0.1:2525`, `[::1]:25`, `unix:/path`, or `fd:3` where the system does not tell more. */
  readonly address: string
  /** Sessions open at the moment. */
  sessions(): number
  /** Reads certificate and key anew. Where they cannot be used or have expired, the old ones stay, and the log says why. */
  reloadTls(): Promise<'no-tls' | 'loaded' | 'kept'>
  /** First phase of a stop: 421 to every new session and to those that are not sending a message. Idempotent. */
  refuse(): void
  /**
   * Second phase: waits for messages on their way, then closes socket and sessions. Begins with `refuse` where that was not
   * done. When it resolves no deposit is open any more. Idempotent.
   * @param graceMs how long a message may still take, 0 up; then it is cut off, and its sender will try again
   */
  close(graceMs: number): Promise<void>
}

const UNIX_SOCKET_MODE = 0o660 // for an MTA that shares our group; who may connect may put mail into our mailboxes
/** For clients that do not close their side: the library's own close() waits 30 s for them. */
const CLOSE_TIMEOUT_MS = 200
/** Authentication we have no use for, forwarding of a client's identity nobody is trusted with, and old sendmail jokes. */
const DISABLED = ['AUTH', 'XCLIENT', 'XFORWARD', 'WIZ', 'SHELL', 'KILL']

/**
 * Opens an SMTP or LMTP listener.
 * @throws Trouble (permanent) where the address cannot be bound or certificate and key cannot be used
 */
export async function openListener(options: ListenerOptions, parts: ListenerParts): Promise<Listener> {
  const tls = options.tls === undefined ? undefined : await firstPair(options.tls, parts)
  let address = ''
  const conversation = openConversation({ ...options, ...parts, listener: () => address })
  const endpoint: Endpoint = new Endpoint(
    {
      ...serverOptions(options, tls),
      onConnect: conversation.onConnect,
      onSecure: conversation.onSecure,
      onMailFrom: conversation.onMailFrom,
      onRcptTo: conversation.onRcptTo,
      onData: (stream, session, reply) => {
        void endpoint.during(session, conversation.transact(stream, session, reply))
      },
      onClose: (session) => {
        endpoint.forget(session)
        conversation.onClose(session)
      },
    },
    {
      limits: options.limits,
      proxies: networkSet(options.proxyFrom),
      unlimited: networkSet(options.unlimitedFrom),
      turnedAway: (ip, why) => parts.log('session.refused', { listener: address, ip, code: 421, why }),
    },
  )
  // Without a listener for 'error' a client's RST in the middle of DATA ends the process.
  endpoint.on('error', (error) => parts.log('listener.error', { listener: address, error: error.message }))
  address = await bind(endpoint.server, options.listen, UNIX_SOCKET_MODE)
  let closed: Promise<void> | undefined
  return {
    address,
    sessions: () => endpoint.size,
    reloadTls: () => reloadTls(endpoint, options.tls, parts),
    refuse: () => endpoint.refuse(),
    close: (graceMs) => {
      closed ??= close(endpoint, graceMs)
      return closed
    },
  }
}

function serverOptions(options: ListenerOptions, tls: TlsPair | undefined): SMTPServerOptions {
  const { limits } = options
  return {
    name: options.hostname,
    lmtp: options.protocol === 'lmtp',
    logger: false,
    size: options.maxMessageOctets,
    // A second lock: takeMessage refuses the same. Not for LMTP, where the library would count a repeated recipient once.
    rejectOversized: options.protocol === 'smtp',
    hideENHANCEDSTATUSCODES: false,
    hideDSN: true, // we never write a delivery report
    hideREQUIRETLS: true, // a promise about every later hop, which we cannot make
    disabledCommands: tls === undefined ? [...DISABLED, 'STARTTLS'] : DISABLED,
    disableReverseLookup: true, // a PTR lookup holds the greeting back and proves nothing
    lenientAddressParsing: true, // the strict readers of mail/address.ts judge, with texts that say what is wrong
    maxClients: limits.sessions, // the library's own guard for connections that have not sent their PROXY line
    maxRecipients: limits.recipientsPerMessage,
    socketTimeout: limits.idleMs,
    closeTimeout: CLOSE_TIMEOUT_MS,
    ...(tls === undefined ? {} : { cert: tls.cert, key: tls.key, minVersion: TLS_FLOOR }),
  }
}

/** At the start an expired certificate is served all the same: most senders do not check it, and mail must flow. */
async function firstPair(files: TlsFiles, { world, log }: ListenerParts): Promise<TlsPair> {
  const pair = await readTlsPair(files)
  const notAfter = new Date(pair.notAfter).toISOString()
  log(pair.notAfter <= world.now() ? 'tls.expired' : 'tls.loaded', { certificate: files.certificate, notAfter })
  return pair
}

async function reloadTls(
  endpoint: Endpoint,
  files: TlsFiles | undefined,
  { world, log }: ListenerParts,
): Promise<'no-tls' | 'loaded' | 'kept'> {
  if (files === undefined) return 'no-tls'
  try {
    const { cert, key, notAfter } = await readTlsPair(files)
    const until = new Date(notAfter).toISOString()
    if (notAfter <= world.now()) throw new Error(`it expired at ${until}; the one in use stays`)
    endpoint.updateSecureContext({ cert, key })
    log('tls.loaded', { certificate: files.certificate, notAfter: until })
    return 'loaded'
  } catch (error) {
    log('tls.refused', {
      certificate: files.certificate,
      error: error instanceof Error ? error.message : String(error),
    })
    return 'kept'
  }
}

async function close(endpoint: Endpoint, graceMs: number): Promise<void> {
  endpoint.refuse()
  const grace = Promise.withResolvers<void>()
  const timer = setTimeout(grace.resolve, graceMs)
  await Promise.race([endpoint.settled(), grace.promise])
  clearTimeout(timer)
  const closing = new Promise<void>((resolve) => endpoint.close(resolve))
  endpoint.cutAll()
  await endpoint.settled() // a cut message ends its deposit at once, a commit under way ends in the ledger's time
  await closing
}
