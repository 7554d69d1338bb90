/** What any implementation of src/mail/ledger-port.ts promises. Call it from a test file with a way to open one. */
import { describe } from 'vitest'
import { describeHand } from './contract-hand.ts'
import { describeIntake } from './contract-intake.ts'
import { describeLimits } from './contract-limits.ts'
import { describeOutbox } from './contract-outbox.ts'
import { describeReads } from './contract-reads.ts'
import { describeSettle } from './contract-settle.ts'
import type { OpenLedger } from './opened.ts'

/**
 * @param name the implementation
 * @param open makes an empty ledger, and opens it anew after `reopen`; its clock stands at NOW; it is closed and thrown away with
 *   the test
 */
export function describeLedger(name: string, open: OpenLedger): void {
  describe(name, () => {
    describe('accepting', () => describeIntake(open))
    describe('settling', () => describeSettle(open))
    describe('limits and memories', () => describeLimits(open))
    describe("a person's hand", () => describeHand(open))
    describe('the outbound queue', () => describeOutbox(open))
    describe('reads for people', () => describeReads(open))
  })
}
