/** Every SMTP and LMTP listener that the configuration names, opened and closed together. */
import { inputPath } from './config/paths.ts'
import type { Address } from './mail/address.ts'
import type { ListenTarget } from './mail/listen.ts'
import { Trouble } from './mail/trouble.ts'
import type { ListenAt } from './ops/bind.ts'
import { activatedSockets } from './ops/socket-activation.ts'
import { LISTENER_LIMITS } from './receive/limits.ts'
import { type Listener, type ListenerParts, openListener } from './receive/listener.ts'
import type { Settings } from './settings.ts'

export type Listeners = {
  /** The first address that each protocol is served at; null where it is not. */
  readonly smtp: string | null
  readonly lmtp: string | null
  refuse(): void
  close(graceMs: number): Promise<void>
  reloadTls(): Promise<void>
}

type At = { readonly configFile: string; readonly env: NodeJS.ProcessEnv }

/**
 * @param settings asked for every recipient, so that a reload takes effect at once; where to listen is read only now
 * @throws Trouble where an address cannot be bound or a certificate cannot be used; what was opened is closed again
 */
export async function openListeners(settings: () => Settings, at: At, parts: ListenerParts): Promise<Listeners> {
  const { receive } = settings().config
  const shared = {
    recipient: (address: Address) => settings().recipient(address),
    proxyFrom: receive.proxyFrom,
    unlimitedFrom: receive.trustedNetworks,
    limits: LISTENER_LIMITS,
  }
  const tls = receive.smtp?.tls
  const pair = tls && { certificate: inputPath(tls.certificate, at.configFile), key: inputPath(tls.key, at.configFile) }
  const opened: { protocol: 'smtp' | 'lmtp'; listener: Listener }[] = []
  const close = async (graceMs: number): Promise<void> => {
    await Promise.all(opened.map(({ listener }) => listener.close(graceMs)))
  }
  try {
    for (const protocol of ['smtp', 'lmtp'] as const) {
      const one = receive[protocol]
      if (one === undefined) continue
      for (const target of one.listen) {
        const { hostname, maxMessageOctets } = one
        const options = { ...shared, hostname, maxMessageOctets, protocol, listen: listenAt(target, at.env) }
        const listener = await openListener({ ...options, tls: protocol === 'smtp' ? pair : undefined }, parts)
        opened.push({ protocol, listener })
      }
    }
  } catch (error) {
    await close(0)
    throw error
  }
  const first = (protocol: 'smtp' | 'lmtp'): string | null =>
    opened.find((one) => one.protocol === protocol)?.listener.address ?? null
  return {
    smtp: first('smtp'),
    lmtp: first('lmtp'),
    refuse: () => {
      for (const { listener } of opened) listener.refuse()
    },
    close,
    reloadTls: async () => {
      for (const { listener } of opened) await listener.reloadTls()
    },
  }
}

/**
 * A target with the number of its socket where systemd opened it.
 * @throws Trouble (permanent) where it did not
 */
export function listenAt(target: ListenTarget, env: NodeJS.ProcessEnv): ListenAt {
  if (target.kind !== 'fd') return target
  const sockets = activatedSockets(env, process.pid)
  const fd = sockets.get(target.name)
  if (fd !== undefined) return { kind: 'fd', fd }
  const given = sockets.size === 0 ? 'none at all' : [...sockets.keys()].join(', ')
  throw new Trouble(
    `listen on fd:${target.name}`,
    'permanent',
    new Error(`found ${given}, wanted a systemd .socket unit with FileDescriptorName=${target.name}`),
  )
}
