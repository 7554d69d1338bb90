// oxlint-disable typescript/no-unnecessary-type-parameters -- the shape of a row is what the caller's SQL says
import type Database from 'better-sqlite3'

export type Connection = Database.Database
type Value = string | number | Uint8Array | null

/** A connection with its statements prepared once: preparing costs several times what running does. */
export type Store = {
  /** The first row, or undefined. `sql` is a constant text; values are bound. */
  get<Row>(sql: string, ...values: readonly Value[]): Row | undefined
  all<Row>(sql: string, ...values: readonly Value[]): readonly Row[]
  /** @returns how many rows were changed */
  run(sql: string, ...values: readonly Value[]): number
}

export function storeOn(connection: Connection): Store {
  const prepared = new Map<string, Database.Statement>()
  const statement = (sql: string): Database.Statement => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const made = connection.prepare(sql)
    prepared.set(sql, made)
    return made
  }
  return {
    get: <Row>(sql: string, ...values: readonly Value[]) => statement(sql).get(...values) as Row | undefined,
    all: <Row>(sql: string, ...values: readonly Value[]) => statement(sql).all(...values) as readonly Row[],
    run: (sql, ...values) => statement(sql).run(...values).changes,
  }
}
