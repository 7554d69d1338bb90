import { type Address, domainOf, folded } from '../../../src/mail/address.ts'
import type { Incoming } from '../../../src/mail/incoming.ts'
import { WORLD, type World } from '../../../src/ops/clock.ts'
import type { Events, Log } from '../../../src/ops/events.ts'
import { LISTENER_LIMITS, type ListenerLimits } from '../../../src/receive/limits.ts'
import { type Listener, type ListenerOptions, openListener } from '../../../src/receive/listener.ts'
import type { Admission } from '../../../src/receive/recipient.ts'
import { type MemoryIntake, memoryIntake } from './memory-intake.ts'

const OURS = [
  'support@acme.example',
  'sales@acme.example',
  'postmaster@mx.acme.example',
  'jõgeva@näide.ee',
  'info@näide.ee',
]

/** The recipients of a small house: five addresses in three domains. */
export function admission(address: Address): Admission {
  if (OURS.includes(folded(address))) return 'ours'
  return OURS.some((one) => one.endsWith(`@${domainOf(address)}`)) ? 'unknown' : 'foreign'
}

export type Logged = { readonly [Name in keyof Events]: { readonly name: Name } & Events[Name] }[keyof Events]

export type Door = {
  readonly listener: Listener
  readonly intake: MemoryIntake
  readonly accepted: readonly Incoming[]
  readonly log: readonly Logged[]
}

export type DoorOptions = Partial<Omit<ListenerOptions, 'limits'>> & {
  readonly limits?: Partial<ListenerLimits>
  readonly intake?: MemoryIntake
  readonly world?: World
}

/** A listener on loopback with an intake in memory. */
export async function openDoor(options: DoorOptions = {}): Promise<Door> {
  const { intake = memoryIntake(), world = WORLD, limits, ...rest } = options
  const accepted: Incoming[] = []
  const logged: Logged[] = []
  const log: Log = (name, fields) => void logged.push({ name, ...fields } as Logged)
  const listener = await openListener(
    {
      protocol: 'smtp',
      listen: { kind: 'tcp', host: '127.0.0.1', port: 0 },
      hostname: 'mx.acme.example',
      maxMessageOctets: 100_000,
      tls: undefined,
      proxyFrom: [],
      unlimitedFrom: [],
      recipient: admission,
      limits: { ...LISTENER_LIMITS, ...limits },
      ...rest,
    },
    { intake, world, log, room: async () => {}, onAccepted: (incoming) => void accepted.push(incoming) },
  )
  return { listener, intake, accepted, log: logged }
}

export const MAIL = 'From: Maria <maria@customer.example>\r\nSubject: E07\r\n\r\nHello\r\n'
