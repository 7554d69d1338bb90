import type { Field } from '../mail/message.ts'
import { readResultsField } from './results-field.ts'
import { asciiDomain, testimonyOf, vouches } from './testimony.ts'

/**
 * Forwarders and list servers whose word on the mail they forward is taken (`d=` of their ARC-Seal). Google and Microsoft seal
 * what Gmail, Google Groups, Workspace and Microsoft 365 forward; the others stand on the list that operators keep together,
 * trusteddomainproject/ARC_Community_Sealers on GitHub, and on the one that mailauth ships (lib/arc/trustlist.js).
 */
export const TRUSTED_SEALERS: readonly string[] = [
  'google.com',
  'microsoft.com',
  'gmail.com',
  'googlegroups.com',
  'messagingengine.com',
  'fastmail.com',
  'pobox.com',
  'topicbox.com',
  'umich.edu',
  'one.com',
  'securemx.jp',
  'zone.eu',
  'forwardemail.net',
]

/** RFC 8617 4.2.1. */
const MAX_INSTANCES = 50
/** Characters of one ARC field that are read. */
const MAX_CHARACTERS = 16 * 1024

type Instance = { readonly sealer: string; readonly results: string }

/** The domain that set the newest seal, where it is one of `sealers`; says nothing of whether the seal holds. */
export function trustedSealer(fields: readonly Field[], sealers: readonly string[]): string | undefined {
  return trustedInstances(fields, sealers)[0]?.sealer
}

/**
 * Which trusted forwarder says that the mail was authentic when it came to him. To be asked only of a chain that verifies:
 * then every seal holds, and nothing that a trusted sealer wrote was changed since (RFC 8617 5.2).
 * @param fromDomain the one in From
 * @returns the domain of his seal; undefined where the newest one is a stranger's, or none of those before it says so
 */
export function voucher(
  fields: readonly Field[],
  about: { readonly fromDomain: string; readonly sealers: readonly string[] },
): string | undefined {
  for (const { sealer, results } of trustedInstances(fields, about.sealers)) {
    const said = readResultsField(results)
    if (said !== undefined && vouches(testimonyOf([said], about.fromDomain))) return sealer
  }
  return undefined
}

/** The newest instances, as long as one trusted sealer follows the other without a stranger in between. */
function trustedInstances(fields: readonly Field[], sealers: readonly string[]): readonly Instance[] {
  const seals = new Map<number, string>()
  const results = new Map<number, string>()
  for (const { name, value } of fields) {
    const isSeal = name === 'arc-seal'
    if ((!isSeal && name !== 'arc-authentication-results') || value.length > MAX_CHARACTERS) continue
    const instance = instanceOf(value)
    const kept = isSeal ? seals : results
    if (instance === undefined) continue
    if (kept.has(instance)) return [] // RFC 8617 5.2: one of each; a second one could be anybody's
    kept.set(instance, isSeal ? (tagOf(value, 'd') ?? '') : value.slice(value.indexOf(';') + 1))
  }
  const trusted: Instance[] = []
  for (let instance = Math.max(0, ...seals.keys()); instance > 0; instance -= 1) {
    const sealer = asciiDomain(seals.get(instance) ?? '')
    if (!sealers.includes(sealer)) break
    trusted.push({ sealer, results: results.get(instance) ?? '' })
  }
  return trusted
}

function instanceOf(value: string): number | undefined {
  const written = tagOf(value, 'i')
  const instance = written !== undefined && /^[0-9]{1,2}$/u.test(written) ? Number(written) : 0
  return instance >= 1 && instance <= MAX_INSTANCES ? instance : undefined
}

/** The value of the first such tag in a tag-list (RFC 6376 3.2), without blanks. */
function tagOf(value: string, name: string): string | undefined {
  for (const tag of value.split(';')) {
    const equals = tag.indexOf('=')
    if (equals > 0 && tag.slice(0, equals).trim() === name) return tag.slice(equals + 1).replace(/\s+/gu, '')
  }
  return undefined
}
