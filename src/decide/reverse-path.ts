import { type Address, domainOf, folded, localOf } from '../mail/address.ts'

/** BATV `prvs=tag=local` and `prvs=local/tag` (draft-levine-smtp-batv), Barracuda's `btv1==tag==local`. */
const BATV = [/^prvs=[0-9a-z]{4,20}=(.+)$/u, /^prvs=(.+)\/[0-9a-z]{4,20}$/u, /^btv1==[0-9a-z]{1,20}==(.+)$/u]
/** SRS0=hash=time=domain=local; the separator after SRS0 may be one of three. */
const SRS0 = /^srs0[=+-][^=]{1,32}=[^=]{1,8}=([^=]+)=(.+)$/u
/** SRS1=hash=forwarder==hash=time=domain=local: what a second forwarder makes of an SRS0. */
const SRS1 = /^srs1[=+-][^=]{1,32}=[^=]+=[=+-][^=]{1,32}=[^=]{1,8}=([^=]+)=(.+)$/u
/** VERP: local, `+` or `-`, then the recipient with `=` for its `@`. */
const VERP = /^(.+?)[+-][^=]+=[^=]+$/u

/**
 * True where the reverse-path names the mailbox `from` once case, BATV, SRS and VERP are taken away, so that an answer to
 * it reaches the same person, and bounces of it are known to their system.
 */
export function leadsTo(reversePath: Address, from: Address): boolean {
  const wanted = folded(from)
  const at = `@${domainOf(reversePath)}`
  const local = localOf(reversePath).toLowerCase()
  const srs = SRS0.exec(local) ?? SRS1.exec(local)
  const names = [
    local + at,
    ...[...untagged(local), ...verpBases(local)].map((one) => one + at),
    ...(srs === null ? [] : [`${srs[2] ?? ''}@${srs[1] ?? ''}`]),
  ]
  return names.includes(wanted)
}

function untagged(local: string): readonly string[] {
  return BATV.map((pattern) => pattern.exec(local)?.[1]).filter((one) => one !== undefined)
}

/** Where the local part itself holds a `-`, each place to cut is a candidate; the shortest base comes first. */
function verpBases(local: string): readonly string[] {
  if (!VERP.test(local)) return []
  const bases: string[] = []
  const end = local.lastIndexOf('=')
  for (let i = 1; i < end; i += 1) if (local[i] === '+' || local[i] === '-') bases.push(local.slice(0, i))
  return bases
}
