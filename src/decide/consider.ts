import type { Facts } from '../mail/facts.ts'
import { candidateOf } from './candidate.ts'
import type { Considered } from './considered.ts'
import { serviceRecipient } from './recipient.ts'
import { stormOf } from './storm.ts'
import { limitsOn } from './tallies.ts'
import { fileUnder } from './threading.ts'

/** What the vetoes are asked about: where the message is filed, who would be written to, and what. */
export function consider(facts: Facts): Considered {
  const recipient = serviceRecipient(facts)
  const candidate = candidateOf(facts, recipient)
  return { facts, ...fileUnder(facts), recipient, candidate, storm: stormOf(facts), limits: limitsOn(facts) }
}
