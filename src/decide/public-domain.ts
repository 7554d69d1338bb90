import domains from 'free-email-domains'
import { organisationOf } from '../mail/organisation.ts'

const PUBLIC: ReadonlySet<string> = new Set(domains)

/** True where anybody can have a mailbox, so that two addresses of the domain say nothing of each other; lower case. */
export function isPublicMailDomain(domain: string): boolean {
  return PUBLIC.has(domain) || PUBLIC.has(organisationOf(domain))
}
