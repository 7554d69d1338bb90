import type { Sync } from '../mail/ledger-port.ts'
import { Trouble } from '../mail/trouble.ts'
import type { Log } from '../ops/events.ts'
import type { Connection } from './store.ts'
import { troubleOf } from './trouble-of.ts'

/**
 * Operations in one transaction: enough to share an fsync among all that a full house of connections can have under way,
 * few enough that the event loop is held for a few tens of milliseconds at most.
 */
const OPERATIONS_PER_COMMIT = 256

/** Writes that share transactions, so that they share an fsync. */
export type GroupCommit = {
  /**
   * Runs `work` in the next transaction, in the order asked for. Resolves with its result only after the COMMIT; rejects
   * with its own error where it alone failed (nothing it wrote remains, its neighbours are untouched), or with a Trouble
   * where the transaction failed.
   * @param doing an infinitive clause for the Trouble
   */
  enqueue<T>(doing: string, work: () => Sync<T>): Promise<T>
  /** Runs what was asked for; later operations are refused with a Trouble. */
  close(): Promise<void>
}

type Operation = {
  readonly doing: string
  /** Does the work; returns what tells the asker once it is durable. */
  run(): () => void
  reject(error: unknown): void
}

/** One transaction over the whole group, one savepoint for each operation. Returns what to tell after the COMMIT. */
function groupOn(connection: Connection, undone: () => void): (group: readonly Operation[]) => readonly (() => void)[] {
  const savepoint = connection.transaction((operation: Operation) => operation.run())
  const whole = connection.transaction((group: readonly Operation[]) =>
    group.map((operation) => {
      try {
        return savepoint(operation)
      } catch (error) {
        undone()
        // SQLite ends the whole transaction itself on some errors (disk full, out of memory): then nobody's work is left
        if (!connection.inTransaction) throw error
        return () => operation.reject(troubleOf(operation.doing, error))
      }
    }),
  )
  return (group) => whole.immediate(group)
}

/** @param undone called whenever an operation or a whole transaction was rolled back, before the next one runs */
export function openGroupCommit(connection: Connection, log: Log, undone: () => void): GroupCommit {
  const inOneTransaction = groupOn(connection, undone)
  const waiting: Operation[] = []
  const drained: (() => void)[] = []
  let scheduled = false
  let closed = false

  function flush(): void {
    scheduled = false
    const group = waiting.splice(0, OPERATIONS_PER_COMMIT)
    try {
      for (const tell of inOneTransaction(group)) tell()
    } catch (error) {
      undone()
      log('ledger.trouble', { doing: `commit ${group.length} operations`, error: String(error) })
      for (const operation of group) operation.reject(failed(operation.doing, error))
    }
    schedule()
  }

  function schedule(): void {
    if (scheduled) return
    if (waiting.length === 0) {
      for (const done of drained.splice(0)) done()
      return
    }
    scheduled = true
    setImmediate(flush) // after the input of this turn: everything it brings shares the transaction
  }

  return {
    enqueue: <T>(doing: string, work: () => Sync<T>) =>
      new Promise<T>((resolve, reject) => {
        if (closed) {
          reject(new Trouble(doing, 'temporary', new Error('the ledger is closed')))
          return
        }
        const run = (): (() => void) => {
          const result: T = work()
          return () => resolve(result)
        }
        waiting.push({ doing, run, reject })
        schedule()
      }),
    close: () => {
      closed = true
      return new Promise((resolve) => {
        drained.push(resolve)
        schedule()
      })
    },
  }
}

/** A COMMIT that fails for an unheard-of reason is still no fault of the operations in it. */
function failed(doing: string, error: unknown): unknown {
  const known = troubleOf(doing, error)
  return known instanceof Trouble ? known : new Trouble(doing, 'temporary', error)
}
