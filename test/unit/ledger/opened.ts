import { onTestFinished } from 'vitest'
import type { Ledger } from '../../../src/mail/ledger-port.ts'

/** An empty ledger of some implementation. */
export type Opened = {
  readonly ledger: Ledger
  /** Closes it and opens what it kept, as the next start of the daemon does. */
  readonly reopen: () => Promise<Ledger>
  /** Closes it and removes what it kept. */
  readonly dispose: () => Promise<void>
}

export type OpenLedger = () => Promise<Opened>

/** A ledger for one test; it goes away with the test. */
export async function opened(open: OpenLedger): Promise<Opened> {
  const made = await open()
  onTestFinished(() => made.dispose())
  return made
}

export async function aLedger(open: OpenLedger): Promise<Ledger> {
  return (await opened(open)).ledger
}
