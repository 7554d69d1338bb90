import { dmarc, spf } from 'mailauth'
import { type Address, domainOf, NULL_PATH, type ReversePath, UNKNOWN_PATH } from '../mail/address.ts'
import { type Authentication, failureOf, type Verdict } from '../mail/authentication.ts'
import { sameOrganisation } from '../mail/organisation.ts'
import { openDeadline } from './deadline.ts'
import { lifted } from './header-verdict.ts'
import type { Resolve } from './resolve.ts'
import { voucher } from './sealers.ts'
import { type Signatures, type Signed, signaturesOf } from './signatures.ts'
import { asciiDomain, verdictOf } from './testimony.ts'

const MAX_HELO = 255 // characters; RFC 5321 4.5.3.1.2

/** A message and who brought it. */
export type Brought = Omit<Signed, 'fromDomain'> & {
  readonly ip: string
  readonly helo: string | undefined
  readonly reversePath: ReversePath
  /** The one address in From; undefined where it names no or several. */
  readonly from: Address | undefined
  /** Our own name, for the macros of SPF. */
  readonly hostname: string
}

export type Checked = { readonly authentication: Authentication; readonly trouble: string | undefined }

/**
 * SPF, DKIM and DMARC as the MX that stands at the border checks them (RFC 7208, 6376, 9989).
 * @param timeLimitMs one half for SPF and the signatures, of which keys of strangers get the first half, and the other one for
 *   the policy of From's domain: a forger's slow name server hides neither the policy nor the keys of the domain he forges
 */
export async function checkSender(brought: Brought, resolve: Resolve, timeLimitMs: number): Promise<Checked> {
  const { from } = brought
  using early = openDeadline(timeLimitMs / 2)
  using strangers = openDeadline(timeLimitMs / 4)
  const fromDomain = from === undefined ? undefined : asciiDomain(domainOf(from))
  const [envelope, signatures] = await Promise.all([
    spfOf(brought, early.limit(resolve)),
    fromDomain === undefined
      ? undefined
      : signaturesOf({ ...brought, fromDomain }, resolve, { early, strangers }).catch((error: unknown) =>
          unread(error),
        ),
  ])
  if (from === undefined || fromDomain === undefined || signatures === undefined) {
    const because = `${envelope.because}; From names no or several mailboxes`
    return {
      authentication: { dmarc: 'unknown', spf: envelope.verdict, dkim: 'unknown', source: 'checked', because },
      trouble: undefined,
    }
  }
  using late = openDeadline(timeLimitMs / 2)
  const policy = await policyOf(from, { envelope, signatures, resolve: late.limit(resolve) })
  const found: Authentication = {
    dmarc: policy === 'fail' ? tempered({ envelope, signatures, fromDomain }) : policy,
    spf: envelope.verdict,
    dkim: signatures.dkim,
    source: 'checked',
    because: shown(`${envelope.because}; ${signatures.because}; DMARC ${policy} (${fromDomain})`),
  }
  const trouble = 'trouble' in signatures ? signatures.trouble : undefined
  const authentication =
    failureOf(found) === undefined
      ? found
      : await forgiven(found, { signatures, fromDomain, sealers: brought.sealers, resolve: late.limit(resolve) })
  return { authentication, trouble }
}

type Envelope = { readonly verdict: Verdict; readonly domain: string; readonly because: string }

/** SPF of the reverse-path, or of the HELO name where it is null (RFC 7208 2.4). */
async function spfOf({ ip, helo, reversePath, hostname }: Brought, resolve: Resolve): Promise<Envelope> {
  if (reversePath === UNKNOWN_PATH) return { verdict: 'unknown', domain: '', because: 'SPF unknown, no reverse-path' }
  const name = helo === undefined || helo === '' ? `[${ip}]` : helo.slice(0, MAX_HELO)
  const result = await spf({
    sender: reversePath === NULL_PATH ? '' : reversePath,
    ip,
    helo: name,
    mta: hostname,
    resolver: async (asked, type) => (await resolve(asked, type)) as string[],
  })
  const word = result.status.result
  const domain = asciiDomain(result.domain)
  return { verdict: verdictOf(word), domain, because: `SPF ${word} (${domain} from ${ip})` }
}

type Evidence = { readonly envelope: Envelope; readonly signatures: Signatures }

/** RFC 9989: whose policy holds for From, and does one of the domains that authenticated stand for it? */
async function policyOf(
  from: Address,
  { envelope, signatures, resolve }: Evidence & { readonly resolve: Resolve },
): Promise<Verdict> {
  const result = await dmarc({
    headerFrom: [from],
    fromFields: 1,
    spfDomains: envelope.verdict === 'pass' ? [envelope.domain] : [],
    dkimDomains: signatures.domains.map((domain) => ({ domain })),
    resolver: async (asked, type) => (await resolve(asked, type)) as string[],
  })
  return result === false ? 'unknown' : verdictOf(result.status.result)
}

/** A failure of DMARC is none as long as what could have met the policy was not seen or could not be looked up. */
function tempered({ envelope, signatures, fromDomain }: Evidence & { readonly fromDomain: string }): Verdict {
  const isSpfOpen = envelope.verdict === 'temperror' && sameOrganisation(envelope.domain, fromDomain)
  if (isSpfOpen || signatures.dkim === 'temperror') return 'temperror'
  return envelope.verdict === 'unknown' ? 'unknown' : 'fail'
}

type Appeal = {
  readonly signatures: Signatures
  readonly fromDomain: string
  readonly sealers: readonly string[]
  readonly resolve: Resolve
}

/** A forwarder breaks SPF and a list breaks DKIM; what was true before them, one that we trust may say (RFC 8617). */
async function forgiven(
  found: Authentication,
  { signatures, fromDomain, sealers, resolve }: Appeal,
): Promise<Authentication> {
  const chain = await signatures.chain(resolve)
  switch (chain.kind) {
    case 'good':
      return lifted(found, voucher(chain.fields, { fromDomain, sealers }))
    case 'temperror':
      return { ...found, dmarc: 'temperror', spf: found.spf === 'fail' ? 'temperror' : found.spf }
    case 'bad':
      return found
    default:
      return chain satisfies never
  }
}

/** The octets could not be read to their end, so the signatures could not be checked for now. */
function unread(error: unknown): Signatures & { readonly trouble: string } {
  const trouble = error instanceof Error ? error.message : String(error)
  return {
    dkim: 'temperror',
    domains: [],
    because: 'DKIM not checked',
    chain: async () => ({ kind: 'bad' }),
    trouble,
  }
}

/** Longest explanation; characters. Names in it are the sender's. */
const MAX_BECAUSE = 500

function shown(text: string): string {
  return text.replace(/[^\P{C}]/gu, '?').slice(0, MAX_BECAUSE)
}
