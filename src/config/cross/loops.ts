import type { ListenTarget } from '../../mail/listen.ts'
import type { NextHop } from '../../mail/queue.ts'
import type { Readable } from '../parse-sections.ts'
import type { Path } from '../yaml/document.ts'
import type { CrossCheck, Finding } from './found.ts'

type Hop = { readonly hop: NextHop; readonly path: Path }

/** Every next hop that the file names. */
function hops(readable: Readable): readonly Hop[] {
  const { send, routes } = readable.sections
  return [
    ...(send === undefined ? [] : [{ hop: send.via, path: ['send', 'via'] }]),
    ...readable.mailboxes.flatMap(({ at, parsed }) => [
      ...(parsed.hand_on === undefined || parsed.hand_on === 'none'
        ? []
        : [{ hop: parsed.hand_on, path: ['mailboxes', at, 'hand_on'] }]),
      ...(parsed.send?.via === undefined ? [] : [{ hop: parsed.send.via, path: ['mailboxes', at, 'send', 'via'] }]),
    ]),
    ...readable.agents.flatMap(({ at, parsed: one }) =>
      one.mailbox === undefined ? [] : [{ hop: one.mailbox.hand_on, path: ['agents', at, 'mailbox', 'hand_on'] }],
    ),
    ...Object.entries(routes ?? {}).map(([name, one]) => ({ hop: one.hand_on, path: ['routes', name, 'hand_on'] })),
  ]
}

type Listener = { readonly key: string; readonly target: ListenTarget; readonly hostname: string | undefined }

function listeners(readable: Readable): readonly Listener[] {
  const { smtp, lmtp } = readable.sections.receive ?? {}
  return [
    ...(smtp?.listen ?? []).map((target) => ({ key: 'receive.smtp', target, hostname: smtp?.hostname })),
    ...(lmtp?.listen ?? []).map((target) => ({ key: 'receive.lmtp', target, hostname: lmtp?.hostname })),
  ]
}

/** A notice or a mail handed on that arrives at our own door would come round for ever. */
export const neverToOurselves: CrossCheck = (readable) =>
  hops(readable).flatMap(({ hop, path }): readonly Finding[] => {
    const own = listeners(readable).find((listener) => isSame(hop, listener))
    if (own === undefined) return []
    return [
      {
        path,
        message: `this is where replyd itself listens (${own.key}): mail would come round for ever`,
        hint: 'name the server behind replyd',
      },
    ]
  })

const LOOPBACK = ['127.0.0.1', '::1', 'localhost']
const ANY = ['0.0.0.0', '::']

function isSame(hop: NextHop, { target, hostname }: Listener): boolean {
  if (hop.kind === 'maildir') return false
  if (hop.socket !== undefined) return target.kind === 'unix' && target.path === hop.socket
  if (target.kind !== 'tcp' || target.port !== hop.port) return false
  if (hop.host === target.host || ANY.includes(hop.host)) return true
  if (LOOPBACK.includes(hop.host)) return LOOPBACK.includes(target.host) || ANY.includes(target.host)
  return hop.host === hostname && !LOOPBACK.includes(target.host)
}
