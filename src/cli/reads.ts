import { statePath } from '../config/paths.ts'
import { openReads } from '../ledger/reads.ts'
import type { Reads } from '../mail/ledger-port.ts'
import { loaded } from './loaded.ts'
import type { Invocation } from './program.ts'

/** Reads the ledger beside a running daemon, or without one; opens it read-only and closes it again. */
export async function withReads<T>(invocation: Invocation, look: (reads: Reads) => Promise<T>): Promise<T> {
  const { config } = (await loaded(invocation)).settings
  const reads = openReads(statePath(config.storage.ledger, invocation.env, process.cwd()))
  try {
    return await look(reads)
  } finally {
    reads.close()
  }
}
