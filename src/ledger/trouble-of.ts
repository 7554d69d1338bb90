import { Trouble, type TroubleKind } from '../mail/trouble.ts'

/** Codes of SQLite and of the system that say: no room. SHMSIZE is how SQLite reports it for the index of its log. */
const DISK_FULL = ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT']
const TEMPORARY = /^(?:SQLITE_(?:BUSY|LOCKED|NOMEM|PROTOCOL|INTERRUPT)|EMFILE$|ENFILE$|EAGAIN$|EBUSY$|ENOMEM$|EINTR$)/u
const PERMANENT = /^SQLITE_(?:IOERR|CORRUPT|NOTADB|READONLY|CANTOPEN|PERM|AUTH|NOLFS)/u

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function kindOf(error: unknown): TroubleKind | undefined {
  const code = codeOf(error)
  if (code === undefined) return undefined
  if (DISK_FULL.includes(code)) return 'disk-full'
  if (TEMPORARY.test(code)) return 'temporary'
  if (PERMANENT.test(code)) return 'permanent'
  return error instanceof Error && 'syscall' in error ? 'permanent' : undefined
}

/**
 * A failure of the store as a Trouble that says what we were doing; anything else (a bug, a violated constraint, a Trouble
 * already) comes back as it is.
 * @param doing an infinitive clause, e.g. `store the message`
 */
export function troubleOf(doing: string, error: unknown): unknown {
  const kind = kindOf(error)
  return kind === undefined ? error : new Trouble(doing, kind, error)
}

/** Runs `work`; a failure of the store comes out as a Trouble. For reads, which need no transaction of their own. */
export function reading<T>(doing: string, work: () => T): Promise<T> {
  return new Promise((resolve) => {
    try {
      resolve(work())
    } catch (error) {
      throw troubleOf(doing, error)
    }
  })
}
