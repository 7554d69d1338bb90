import { statePath } from '../config/paths.ts'
import { openReads } from '../ledger/reads.ts'
import type { Reads } from '../mail/ledger-port.ts'
import type { Invocation } from './invocation.ts'
import { configured } from './loaded.ts'

/** Reads the ledger beside a running daemon, or without one; opens it read-only and closes it again. */
export async function withReads<T>(invocation: Invocation, look: (reads: Reads) => Promise<T>): Promise<T> {
  const config = await configured(invocation)
  const reads = openReads(statePath(config.storage.ledger, invocation.env, process.cwd()))
  try {
    return await look(reads)
  } finally {
    reads.close()
  }
}
