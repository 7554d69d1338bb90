import type { Ledger } from '../mail/ledger-port.ts'
import type { World } from '../ops/clock.ts'
import type { Log } from '../ops/events.ts'
import { connect, sqliteVersion } from './connect.ts'
import { ledgerOn } from './ledger.ts'
import { takeLock } from './lock.ts'
import { schemaOf } from './migrate.ts'
import { clearOrphans } from './orphans.ts'
import { pruneAtStart } from './prune.ts'
import { openSpool } from './spool.ts'
import { type Connection, storeOn } from './store.ts'
import { troubleOf } from './trouble-of.ts'

/** Messages up to so many octets lie in the database: a row that shares the commit is cheaper than a file of its own. */
const INLINE_OCTETS = 64 * 1024

export type LedgerOptions = {
  /** The database; the lock file lies beside it as `<path>.lock`. */
  readonly path: string
  /** The folder for messages too large for a row. */
  readonly spool: string
  /** Messages up to so many octets lie in the database; 1 to 64 KiB, 64 KiB where absent. */
  readonly inlineOctets?: number
}

/** The name of the lock file of a ledger. */
export function lockPath(ledger: string): string {
  return `${ledger}.lock`
}

function report(path: string, connection: Connection, log: Log): void {
  const count = (sql: string): number => storeOn(connection).get<{ rows: number }>(sql)?.rows ?? 0
  log('ledger.opened', {
    path,
    sqlite: sqliteVersion(connection),
    schema: schemaOf(connection),
    unsettled: count("SELECT count(*) AS rows FROM incoming WHERE state = 'accepted'"),
    interrupted: count("SELECT count(*) AS rows FROM entries WHERE state = 'sending'"),
  })
}

/**
 * Opens the ledger for this process alone: takes the lock, makes or migrates the database, clears the spool of orphans.
 * @throws LockHeld where another process has it; Trouble where it cannot be used, with what was found and what to do
 */
export async function openLedger(options: LedgerOptions, parts: { world: World; log: Log }): Promise<Ledger> {
  const lock = takeLock(lockPath(options.path))
  let connection: Connection | undefined
  try {
    connection = connect(options.path)
    const spool = openSpool(options.spool)
    clearOrphans(storeOn(connection), spool.folder, parts)
    pruneAtStart(connection, parts.world.now())
    report(options.path, connection, parts.log)
    const inlineOctets = Math.min(options.inlineOctets ?? INLINE_OCTETS, INLINE_OCTETS)
    return ledgerOn({ connection, spool, inlineOctets, ...parts, onClosed: () => lock.release() })
  } catch (error) {
    connection?.close()
    lock.release()
    throw troubleOf(`open the ledger ${options.path}`, error)
  }
}
