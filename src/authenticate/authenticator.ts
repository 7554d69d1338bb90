import type { Address } from '../mail/address.ts'
import { domainOf } from '../mail/address.ts'
import type { Authentication } from '../mail/authentication.ts'
import { NOT_AUTHENTICATED } from '../mail/authentication.ts'
import type { Incoming } from '../mail/incoming.ts'
import type { Message } from '../mail/message.ts'
import type { World } from '../ops/clock.ts'
import type { Log } from '../ops/events.ts'
import { CACHE_BOUNDS, type CacheBounds, cached } from './dns-cache.ts'
import { headerVerdict } from './header-verdict.ts'
import { checkSender } from './own-check.ts'
import { openPatience, PATIENCE } from './patience.ts'
import { type Resolve, systemResolver } from './resolve.ts'
import { TRUSTED_SEALERS } from './sealers.ts'
import { asciiDomain } from './testimony.ts'
import { trustedFields } from './trusted-zone.ts'

/** Whose word counts, as the configuration has it. */
export type Trust = {
  /** Is this address in `receive.trusted_networks`? */
  readonly isTrusted: (ip: string) => boolean
  /** Names under which hosts that we trust write Authentication-Results. */
  readonly authservIds: readonly string[]
  /** Our own name. */
  readonly hostname: string
  /** Forwarders whose ARC seals are believed, besides the shipped ones; lower case. */
  readonly sealers?: readonly string[]
}

export type Asked = {
  readonly incoming: Incoming
  readonly message: Message
  /** The stored octets, from the beginning; read at most once, and not where the header alone decides. */
  readonly octets: () => AsyncIterable<Uint8Array>
  readonly trust: Trust
}

export type AuthenticatorOptions = {
  readonly world: World
  readonly log: Log
  /** For everything that one message asks of the DNS and of its octets; 1 or more. Less while no name server answers. */
  readonly timeLimitMs: number
  /** Instead of the name servers of this machine. */
  readonly resolve?: Resolve
  readonly cache?: CacheBounds
}

export type Authenticator = {
  /** Never rejects: what cannot be found out is unknown, and `because` says why. */
  verdict(asked: Asked): Promise<Authentication>
  /** Gives up open questions to the DNS. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A healthy DNS answers everything in a fraction of a second. RFC 7208 4.6.4 would grant SPF alone 20 seconds, but then a
 * failure of the DNS would hold up people's mail, and what is not known in time is no failure of the sender.
 */
export const AUTHENTICATION_LIMIT_MS = 10_000

/** Finds out what is known of a sender's authenticity; asks the DNS. */
export function openAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { world, log, timeLimitMs } = options
  const servers = options.resolve === undefined ? systemResolver() : { resolve: options.resolve, close: () => {} }
  const patience = openPatience({ ...PATIENCE, fullMs: timeLimitMs }, world, (to, without) => log(`dns.${to}`, without))
  const resolve = cached(patience.listened(servers.resolve), options.cache ?? CACHE_BOUNDS, world)
  return {
    verdict: async (asked) => {
      const told = (error: string): void => log('authentication.trouble', { id: asked.incoming.id, error })
      try {
        return await verdictOn(asked, { resolve, timeLimitMs: patience.limitMs(), told })
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        told(why)
        return { ...NOT_AUTHENTICATED, because: `could not be checked: ${why}` }
      }
    },
    [Symbol.asyncDispose]: async () => servers.close(),
  }
}

type Means = { readonly resolve: Resolve; readonly timeLimitMs: number; told(error: string): void }

async function verdictOn({ incoming, message, octets, trust }: Asked, means: Means): Promise<Authentication> {
  const { source, peer, envelope } = incoming
  const from = soleAuthor(message)
  const sealers = [...TRUSTED_SEALERS, ...(trust.sealers ?? [])]
  const isStored = source === 'file'
  if (isStored && peer.ip === undefined) return NOT_AUTHENTICATED
  if ((source === 'smtp' || isStored) && peer.ip !== undefined && !trust.isTrusted(peer.ip)) {
    const { ip, helo } = peer
    const brought = { ip, helo, from, octets, sealers, isTraced: !isStored, fields: message.fields }
    const { receivedAt } = incoming
    const known = { ...brought, receivedAt, reversePath: envelope.reversePath, hostname: trust.hostname }
    const { authentication, trouble } = await checkSender(known, means.resolve, means.timeLimitMs)
    if (trouble !== undefined) means.told(trouble)
    return authentication
  }
  // whoever brought the stored message was trusted, so its top field is that host's, as a provider's is over IMAP
  const at = { source: isStored ? 'imap' : source, peer, isTrusted: trust.isTrusted } as const
  return headerVerdict(message.fields, {
    trustedFields: trustedFields(message.fields, at),
    authservIds: trust.authservIds,
    fromDomain: from === undefined ? undefined : asciiDomain(domainOf(from)),
    sealers,
  })
}

/** The one whose word is in question (RFC 5322 3.6.2); with several, or none that can be read, nobody is. */
function soleAuthor({ from, defects }: Message): Address | undefined {
  const isPlain = !defects.some((one) => one.code === 'several-from')
  return isPlain && from.length === 1 ? from[0]?.address : undefined
}
