import { Buffer } from 'node:buffer'
import { Readable } from 'node:stream'
import { type ARCData, arc, type DKIMResult, type DKIMVerifyResult, type DNSResolver, dkimVerify } from 'mailauth'
import type { Verdict } from '../mail/authentication.ts'
import type { Instant } from '../mail/instant.ts'
import type { Field } from '../mail/message.ts'
import { sameOrganisation } from '../mail/organisation.ts'
import { asReceived, BeyondBound } from './as-received.ts'
import type { Deadline } from './deadline.ts'
import { dnsError, type Resolve, saysNothing } from './resolve.ts'
import { trustedSealer } from './sealers.ts'
import { asciiDomain, strongest, verdictOf } from './testimony.ts'

export type Signed = {
  octets(): AsyncIterable<Uint8Array>
  /** True where the first field is the one we put on top. */
  readonly isTraced: boolean
  readonly fields: readonly Field[]
  /** The one domain in From, see `asciiDomain`. */
  readonly fromDomain: string
  /** Signatures that expired later were good then (RFC 6376 3.5, x=). */
  readonly receivedAt: Instant
  readonly sealers: readonly string[]
}

/** What the ARC chain of a trusted forwarder is worth. */
export type Chain =
  | { readonly kind: 'good'; readonly fields: readonly Field[] }
  | { readonly kind: 'bad' | 'temperror' }

export type Signatures = {
  /** Of the organisation in From: `fail` where its signature is there and does not hold. */
  readonly dkim: Verdict
  /** Domains whose signatures verify. */
  readonly domains: readonly string[]
  readonly because: string
  /** Not to be asked before it matters: it costs questions to the DNS. */
  chain(resolve: Resolve): Promise<Chain>
}

export type SignatureTime = {
  /** For reading the octets and for the keys of From's own organisation. */
  readonly early: Deadline
  /** For all other keys; ends sooner. */
  readonly strangers: Deadline
}

const NO_CHAIN = async (): Promise<Chain> => ({ kind: 'bad' })

/**
 * Verifies the signatures that can say something about From (RFC 6376): those of its own domain, and those of ARC sets whose
 * newest one a trusted forwarder sealed. Keys of anybody else are not asked for, so no stranger's name server decides how long
 * we wait.
 * @throws what reading the octets throws, and the deadline's error
 */
export async function signaturesOf(signed: Signed, resolve: Resolve, time: SignatureTime): Promise<Signatures> {
  const sealer = trustedSealer(signed.fields, signed.sealers)
  const early = time.early.limit(resolve)
  const strangers = time.strangers.limit(resolve)
  const keys: DNSResolver = (name, type) => {
    const domain = keyDomain(name)
    const isKnown = domain === sealer || mayAlign(domain, signed.fromDomain)
    if (!isKnown && sealer === undefined) return Promise.reject(dnsError('ENOTFOUND', 'a key that is not asked for'))
    return keyOf(isKnown ? early : strangers, name, type)
  }
  const stream = Readable.from(asReceived(signed.octets(), signed.isTraced), { objectMode: false })
  let verified: DKIMVerifyResult
  try {
    const options = {
      resolver: keys,
      rejectRsaSha1: true,
      curTime: signed.receivedAt,
      sender: 'nobody@invalid',
    }
    verified = await time.early.hold(dkimVerify(stream, options))
  } catch (error) {
    if (!(error instanceof BeyondBound)) throw error
    return { dkim: 'none', domains: [], because: `DKIM not checked, ${error.message}`, chain: NO_CHAIN }
  } finally {
    stream.destroy()
  }
  // whoever signed another From than the one we read has signed nothing
  const isOurFrom = verified.fromFields === 1 && verified.headerFrom.every((one) => isIn(one, signed.fromDomain))
  const results = isOurFrom ? verified.results : []
  return { ...findingOf(results, signed.fromDomain), chain: (later) => chainOf(verified, sealer, later) }
}

function isIn(address: string, domain: string): boolean {
  return asciiDomain(address.slice(address.lastIndexOf('@') + 1)) === domain
}

function findingOf(
  results: readonly DKIMResult[],
  fromDomain: string,
): Pick<Signatures, 'dkim' | 'domains' | 'because'> {
  const signatures = results.map((result) => ({ result, domain: asciiDomain(result.signingDomain ?? '') }))
  const aligned = signatures.filter((one) => one.domain !== '' && sameOrganisation(one.domain, fromDomain))
  const dkim = strongest(aligned.map((one) => verdictOfSignature(one.result)))
  const shown = aligned.find((one) => verdictOfSignature(one.result) === dkim)
  const where = shown === undefined ? '' : ` (${shown.domain}, ${shown.result.selector ?? ''})`
  const why = dkim !== 'pass' && shown?.result.status.comment !== undefined ? `: ${shown.result.status.comment}` : ''
  return {
    dkim,
    domains: signatures.filter((one) => one.result.status.result === 'pass').map((one) => one.domain),
    because: `DKIM ${dkim}${where}${why}`,
  }
}

/** A body that was changed is a failure of the signature (RFC 6376 6.1.3), which mailauth calls neutral. */
function verdictOfSignature({ status, bodyHash, bodyHashExpecting }: DKIMResult): Verdict {
  const isTampered = status.result === 'neutral' && bodyHash !== undefined && bodyHash !== bodyHashExpecting
  return isTampered ? 'fail' : verdictOf(status.result)
}

const KEYS = '._domainkey.'

function keyDomain(name: string): string {
  return asciiDomain(name.slice(name.indexOf(KEYS) + KEYS.length))
}

async function keyOf(resolve: Resolve, name: string, type: string): Promise<string[]> {
  if (!isKeyName(name)) throw dnsError('ENOTFOUND', 'no name of a key')
  try {
    return (await resolve(name, type)) as string[]
  } catch (error) {
    throw saysNothing(error) ? dnsError('ENOTFOUND', 'no such key') : error
  }
}

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/iu // RFC 6376 3.1, and the underscores that are in use

/** A signature may name any text; what is no host name would fail as if the name server were in trouble. */
function isKeyName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => LABEL.test(label))
}

/** Wider than one organisation by our list: DMARC finds it by walking up the tree (RFC 9989 4.10). */
function mayAlign(domain: string, fromDomain: string): boolean {
  return sameOrganisation(domain, fromDomain) || domain.endsWith(`.${fromDomain}`) || fromDomain.endsWith(`.${domain}`)
}

async function chainOf({ arc: found }: DKIMVerifyResult, sealer: string | undefined, resolve: Resolve): Promise<Chain> {
  if (sealer === undefined || found === undefined || found.chain === false) return { kind: 'bad' }
  let isSealerSilent = false
  const resolver: DNSResolver = (name, type) =>
    keyOf(resolve, name, type).catch((error: unknown) => {
      isSealerSilent ||= keyDomain(name) === sealer && !saysNothing(error)
      throw error
    })
  // the chain comes from mailauth itself; its types know it under two names
  const result = await arc(found as ARCData, { resolver })
  if (result.status.result !== 'pass') return { kind: isSealerSilent ? 'temperror' : 'bad' }
  // the fields that were verified, as they were read for it: another reader might see others
  const fields = found.chain.flatMap((instance) =>
    (['arc-seal', 'arc-authentication-results'] as const).map((name) => ({ name, value: afterName(instance[name]) })),
  )
  return { kind: 'good', fields }
}

function afterName(field: { readonly original?: Uint8Array | string } | undefined): string {
  const line = Buffer.from(field?.original ?? '').toString('utf8')
  return line
    .slice(line.indexOf(':') + 1)
    .replace(/\r?\n/gu, '')
    .trim()
}
