import { readdirSync, readFileSync } from 'node:fs'
import type { Connection } from './store.ts'

const FOLDER = new URL('./migrations/', import.meta.url)
const FILE = /^(\d{4})-[a-z0-9-]+\.sql$/u

type Migration = { readonly number: number; readonly sql: string }

/** The numbered files in order; each number once, without a gap, else the program itself is broken. */
function migrations(): readonly Migration[] {
  const found = readdirSync(FOLDER)
    .filter((name) => FILE.test(name))
    .sort()
    .map((name) => ({ number: Number(name.slice(0, 4)), sql: readFileSync(new URL(name, FOLDER), 'utf8') }))
  if (found.length === 0 || found.some((one, index) => one.number !== index + 1)) {
    throw new Error(`The migrations in ${FOLDER.pathname} are not numbered 0001, 0002, ... without a gap`)
  }
  return found
}

/** The schema that this program knows: the number of its last migration. */
export function knownSchema(): number {
  return migrations().length
}

export function schemaOf(connection: Connection): number {
  return Number(connection.pragma('user_version', { simple: true }))
}

/**
 * Brings the ledger to the schema of this program, each step in a transaction of its own together with its number: a
 * crash between two steps leaves a ledger that the next start carries on with.
 */
export function migrate(connection: Connection): void {
  const from = schemaOf(connection)
  for (const { number, sql } of migrations()) {
    if (number <= from) continue
    const step = connection.transaction(() => {
      connection.exec(sql)
      connection.pragma(`user_version = ${number}`)
    })
    step.immediate()
  }
}
