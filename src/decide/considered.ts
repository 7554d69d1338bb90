import type { Disposition, Threading } from '../mail/decision.ts'
import type { Facts } from '../mail/facts.ts'
import type { Candidate } from './candidate.ts'
import type { Recipient } from './recipient.ts'
import type { Storm } from './storm.ts'
import type { limitsOn } from './tallies.ts'

/** Facts with what was made of them before the vetoes are asked. */
export type Considered = {
  readonly facts: Facts
  readonly disposition: Disposition
  readonly threading: Threading
  /** Of service notices, and under whom the mail is counted. */
  readonly recipient: Recipient
  readonly candidate: Candidate
  readonly storm: Storm
  readonly limits: ReturnType<typeof limitsOn>
}
