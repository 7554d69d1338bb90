import type { Disposition, Threading } from '../mail/decision.ts'
import type { Facts } from '../mail/facts.ts'
import type { Recipient } from './recipient.ts'

/** Facts with what was made of them before the vetoes are asked. */
export type Considered = {
  readonly facts: Facts
  readonly disposition: Disposition
  readonly threading: Threading
  readonly recipient: Recipient
}
