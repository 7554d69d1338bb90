/** The roof: opens the parts in order, closes them in reverse. */
import { openControl } from './admin/control.ts'
import { openAdmin } from './admin/server.ts'
import { EXIT } from './cli/exit.ts'
import type { Invocation } from './cli/program.ts'
import { statePath } from './config/paths.ts'
import { openDelivery } from './deliver/attempt.ts'
import { openRunner, type Runner } from './deliver/runner.ts'
import { madeKeys } from './keys.ts'
import { openLedger } from './ledger/open.ts'
import { controlSocket, load, type Settings } from './load.ts'
import type { Ledger } from './mail/ledger-port.ts'
import { WORLD } from './ops/clock.ts'
import type { Log } from './ops/events.ts'
import { openLifetime } from './ops/lifetime.ts'
import { openLog } from './ops/log.ts'
import { openMetrics } from './ops/metrics.ts'
import { VERSION } from './ops/version.ts'
import { fallback, prepare } from './outbound.ts'
import { openParser } from './parser.ts'
import { openPipeline, type Pipeline } from './pipeline.ts'
import { openListener, type Listener } from './receive/listener.ts'

/** How long a clean stop may take in all: DATA under way, attempts under way. Below the unit's TimeoutStopSec. */
const GRACE_MS = 20_000
/** Attempts at once over all next hops; the pools of a hop are smaller. */
const CONCURRENCY = 10

/** The settings of now; a reload puts others in their place as one value. */
type Present = { settings: Settings }

/**
 * Runs until it is told to stop.
 * @returns the exit code: 0 after a clean stop, 2 where the configuration cannot be used, 75 where another daemon has the
 *   ledger or the ledger cannot be opened
 */
export async function runDaemon(at: Invocation): Promise<number> {
  const began = WORLD.now()
  const first = await load(at.config, at.env, madeKeys)
  if (!first.ok) {
    process.stderr.write(`replyd: cannot use the configuration\n${first.problems.join('\n')}\n`)
    return EXIT.usage
  }
  return serve(at, { settings: first.settings }, { warnings: first.warnings, began })
}
