import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type GroupCommit, openGroupCommit } from '../../../src/ledger/group-commit.ts'
import { Trouble } from '../../../src/mail/trouble.ts'
import { type Log, SILENT_LOG } from '../../../src/ops/events.ts'
import { aPlace, keepingLog } from './sqlite-ledger.ts'

type Bench = {
  readonly group: GroupCommit
  readonly connection: Database.Database
  /** What a second connection sees, which is what is committed. */
  readonly committed: () => readonly number[]
  readonly other: Database.Database
  /** How many transactions were committed so far. */
  readonly commits: () => number
  readonly insert: (value: number) => Promise<number>
}

function bench(log: Log = SILENT_LOG): Bench {
  const path = join(aPlace().folder, 'group.db')
  let commits = 0
  const verbose = (sql: unknown): void => {
    if (sql === 'COMMIT') commits += 1
  }
  const connection = new Database(path, { timeout: 20, verbose })
  connection.pragma('journal_mode = WAL')
  connection.exec('CREATE TABLE numbers (value INTEGER PRIMARY KEY, ballast BLOB) STRICT')
  const other = new Database(path)
  onTestFinished(() => {
    connection.close()
    other.close()
  })
  const group = openGroupCommit(connection, log, () => {})
  const statement = connection.prepare('INSERT INTO numbers (value) VALUES (?)')
  return {
    group,
    connection,
    other,
    commits: () => commits,
    committed: () => other.prepare<[], number>('SELECT value FROM numbers ORDER BY value').pluck().all(),
    insert: (value) => group.enqueue('insert', () => Number(statement.run(value).lastInsertRowid)),
  }
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1)

describe('operations asked for at the same time', () => {
  test('share one transaction, and each gets its own result', async () => {
    const { insert, commits, committed } = bench()
    expect(await Promise.all(numbers(100).map(insert))).toEqual(numbers(100))
    expect(commits()).toBe(1)
    expect(committed()).toEqual(numbers(100))
  })

  test('beyond the bound go into the next one, in the order asked for', async () => {
    const { insert, commits, committed } = bench()
    const order: number[] = []
    await Promise.all(numbers(600).map((value) => insert(value).then(() => order.push(value))))
    expect(commits()).toBe(3)
    expect(order).toEqual(numbers(600))
    expect(committed()).toHaveLength(600)
  })

  test('are seen by others when the promise resolves, and not before', async () => {
    const { insert, committed } = bench()
    const inserted = insert(1)
    expect(committed()).toEqual([])
    await inserted
    expect(committed()).toEqual([1])
  })

  test('come one after another where each waits for the one before', async () => {
    const { insert, commits } = bench()
    for (const value of numbers(5)) await insert(value)
    expect(commits()).toBe(5)
  })
})

describe('an operation that fails', () => {
  test('fails alone with its own error; what it wrote before is undone', async () => {
    const { group, insert, committed, commits, connection } = bench()
    const failing = group.enqueue('fail', () => {
      connection.exec('INSERT INTO numbers (value) VALUES (77)')
      throw new RangeError('a bug')
    })
    const ended = await Promise.allSettled([insert(1), failing, insert(2), insert(1)])
    expect(ended.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
    expect(ended[1]).toMatchObject({ reason: { name: 'RangeError' } })
    expect(committed()).toEqual([1, 2])
    expect(commits()).toBe(1)
  })
})

describe('a transaction that fails', () => {
  test('because another process writes: every operation gets a temporary Trouble, later ones work', async () => {
    const { log, lines } = keepingLog()
    const { insert, other, committed } = bench(log)
    other.exec('BEGIN IMMEDIATE')
    const ended = await Promise.allSettled([insert(1), insert(2)])
    for (const one of ended) {
      expect(one).toMatchObject({ status: 'rejected', reason: { name: 'Trouble', kind: 'temporary' } })
    }
    expect(lines.map((line) => line.name)).toEqual(['ledger.trouble'])
    other.exec('ROLLBACK')
    await insert(3)
    expect(committed()).toEqual([3])
  })

  test('because there is no room: a disk-full Trouble, and once there is room it works again', async () => {
    const { group, connection, insert, committed } = bench()
    connection.pragma(`max_page_count = ${Number(connection.pragma('page_count', { simple: true })) + 2}`)
    const large = connection.prepare('INSERT INTO numbers (value, ballast) VALUES (?, zeroblob(100000))')
    const ended = await Promise.allSettled(
      numbers(3).map((value) => group.enqueue('store the message', () => large.run(value).changes)),
    )
    for (const one of ended) {
      expect(one).toMatchObject({ status: 'rejected', reason: { name: 'Trouble', kind: 'disk-full' } })
    }
    expect(String((ended[0] as PromiseRejectedResult).reason)).toContain('Cannot store the message')
    expect(committed()).toEqual([])
    connection.pragma('max_page_count = 1000000')
    await Promise.all(numbers(3).map(insert))
    expect(committed()).toEqual([1, 2, 3])
  })
})

describe('closing', () => {
  test('runs what was asked for and refuses what comes later', async () => {
    const { group, insert, committed } = bench()
    const before = numbers(300).map(insert)
    const closed = group.close()
    await expect(insert(301)).rejects.toBeInstanceOf(Trouble)
    await closed
    expect(committed()).toHaveLength(300)
    expect(await Promise.all(before)).toHaveLength(300)
    await group.close()
  })
})
