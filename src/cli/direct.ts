/** Work on the ledger by a command when no daemon runs: under the daemon's own lock, and briefly. */
import { statePath } from '../config/paths.ts'
import { openLedger } from '../ledger/open.ts'
import type { Envelope } from '../mail/envelope.ts'
import { WORLD } from '../ops/clock.ts'
import { SILENT_LOG } from '../ops/events.ts'
import { type Received, receiveMessage } from '../receive/standard-input.ts'
import { receiving, type Settings } from '../settings.ts'

/**
 * Takes one message from a stream into the ledger; the daemon settles it when it starts.
 * @throws Trouble where the ledger cannot be opened
 */
export async function takeDirectly(
  stream: AsyncIterable<Uint8Array>,
  envelope: Envelope,
  at: { settings: Settings; env: NodeJS.ProcessEnv },
): Promise<Received> {
  const { storage } = at.settings.config
  const path = (written: string): string => statePath(written, at.env, process.cwd())
  const ledger = await openLedger(
    { path: path(storage.ledger), spool: path(storage.spool) },
    { world: WORLD, log: SILENT_LOG },
  )
  try {
    return await receiveMessage(stream, envelope, receiving(at.settings, { intake: ledger, log: SILENT_LOG }))
  } finally {
    await ledger.close()
  }
}
