import { getDomain } from 'tldts'

/** Registries of private suffixes count: two customers of one hosting service are two organisations. */
const OPTIONS = { allowPrivateDomains: true } as const

/**
 * The organisational domain (RFC 7489 3.2) by the Public Suffix List.
 * @param domain lower case
 * @returns the domain itself where it has no known suffix, e.g. `localhost`
 */
export function organisationOf(domain: string): string {
  return getDomain(domain, OPTIONS) ?? domain
}

/** True where both domains belong to the same organisation; lower case. */
export function sameOrganisation(a: string, b: string): boolean {
  return organisationOf(a) === organisationOf(b)
}
