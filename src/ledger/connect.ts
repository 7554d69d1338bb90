import { closeSync, existsSync, mkdirSync, openSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { Trouble } from '../mail/trouble.ts'
import { knownSchema, migrate, schemaOf } from './migrate.ts'
import type { Connection } from './store.ts'
import { troubleOf } from './trouble-of.ts'

/** Up to 3.51.2 two connections could destroy a database in WAL mode (https://sqlite.org/wal.html#walresetbug). */
const OLDEST_SQLITE = [3, 51, 3] as const
/** How long a statement waits for another process that writes, in milliseconds. */
const BUSY_MS = 5_000
/** To what the write-ahead log is cut after a checkpoint; without it the file keeps its largest size for ever. */
const LOG_OCTETS = 64 * 1024 * 1024
/** Pages in the log before they are carried into the database: 16 MiB. */
const CHECKPOINT_PAGES = 4_000
const SYNCHRONOUS_FULL = 2
/** `rply`: tells our ledgers from other SQLite databases (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x72706c79
/** `f_type` of statfs(2) for NFS, CIFS, SMB2 and AFS: no shared memory between hosts, so WAL mode breaks there. */
const NETWORK_FILE_SYSTEMS: readonly number[] = [0x6969, 0xff534d42, 0xfe534d42, 0x5346414f]

function refused(path: string, why: string): Trouble {
  return new Trouble(`open the ledger ${path}`, 'permanent', new Error(why))
}

/** True where the version is 3.51.3 or newer; false for anything that is no version. */
export function soundSqlite(version: string): boolean {
  const numbers = version.split('.').map(Number)
  for (const [at, wanted] of OLDEST_SQLITE.entries()) {
    const found = numbers[at] ?? Number.NaN
    if (found !== wanted) return found > wanted
  }
  return true
}

export function sqliteVersion(connection: Connection): string {
  return String(connection.prepare('SELECT sqlite_version()').pluck().get())
}

/** Makes the folder (0700) and the empty file (0600) where they are missing; what is there keeps its rights. */
function prepareFile(path: string): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // SQLite gives the files beside it (-wal, -shm) the rights of this one
  closeSync(openSync(path, 'a', 0o600))
  if (NETWORK_FILE_SYSTEMS.includes(statfsSync(folder).type)) {
    throw refused(path, 'the folder lies on a network file system, where SQLite loses writes; use a local disk')
  }
}

function checkIdentity(path: string, connection: Connection): void {
  const version = sqliteVersion(connection)
  if (!soundSqlite(version)) {
    throw refused(path, `found SQLite ${version}, wanted ${OLDEST_SQLITE.join('.')} or newer: reinstall replyd`)
  }
  const schema = schemaOf(connection)
  const application = connection.pragma('application_id', { simple: true })
  const empty = connection.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (application !== APPLICATION_ID && !(empty && schema === 0)) {
    throw refused(path, 'it is a database of another program; name another file in storage.ledger')
  }
  const known = knownSchema()
  if (schema > known) {
    const made = `made by a newer replyd (schema ${schema}, this program knows ${known})`
    throw refused(path, `${made}: install that version or restore a backup`)
  }
}

/** What is wrong in words that lead somewhere, for the failures that SQLite reports by a code. */
function explained(path: string, error: unknown): unknown {
  if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_NOTADB')) {
    return refused(path, 'it is no database; move the file away, or restore a backup')
  }
  return troubleOf(`open the ledger ${path}`, error)
}

function opened(path: string, readonly: boolean, configure: (connection: Connection) => void): Connection {
  let connection: Connection | undefined
  try {
    if (!readonly) prepareFile(path)
    connection = new Database(path, { readonly, fileMustExist: true, timeout: BUSY_MS })
    checkIdentity(path, connection)
    configure(connection)
    return connection
  } catch (error) {
    connection?.close()
    throw explained(path, error)
  }
}

/** Set on every open: SQLite forgets them, and the build's default after reopening would be synchronous=NORMAL. */
function makeDurable(path: string, connection: Connection): void {
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  if (connection.pragma('synchronous', { simple: true }) !== SYNCHRONOUS_FULL) {
    throw refused(path, 'SQLite does not accept synchronous=FULL, so nothing would be safe from a power cut')
  }
  connection.pragma(`journal_size_limit = ${LOG_OCTETS}`)
  connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  connection.pragma('foreign_keys = ON')
  connection.pragma('temp_store = MEMORY') // what a savepoint would undo is kept in memory, not in a file that may not fit
}

/**
 * Opens the ledger for writing, made and migrated where needed. The caller holds the lock.
 * @throws Trouble that says what was found and what to do: a newer schema, no database, another program's, no access
 */
export function connect(path: string): Connection {
  return opened(path, false, (connection) => {
    makeDurable(path, connection)
    if (schemaOf(connection) === 0) connection.pragma(`application_id = ${APPLICATION_ID}`)
    migrate(connection)
  })
}

/**
 * Opens the ledger for reading, beside a daemon or without one; changes nothing.
 * @throws Trouble where there is none yet, or as `connect`; a ledger that waits for migration is refused too
 */
export function connectReadOnly(path: string): Connection {
  if (!existsSync(path)) throw refused(path, 'there is no such file; the daemon makes it when it first runs')
  return opened(path, true, (connection) => {
    const schema = schemaOf(connection)
    if (schema < knownSchema()) {
      const found = `it has schema ${schema}, this program reads ${knownSchema()}`
      throw refused(path, `${found}: start this version of the daemon once, which brings the ledger up to date`)
    }
  })
}
