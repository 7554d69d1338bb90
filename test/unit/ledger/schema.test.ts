import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../../../src/ledger/connect.ts'
import { ledgerOn } from '../../../src/ledger/ledger.ts'
import { knownSchema, migrate } from '../../../src/ledger/migrate.ts'
import { openSpool } from '../../../src/ledger/spool.ts'
import { type Consequences, type Ledger, NO_CONSEQUENCES } from '../../../src/mail/ledger-port.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { SILENT_LOG } from '../../../src/ops/events.ts'
import { FILED, inquiry, joining, MARIA, mid, NOW, notice, octetsOf, SUPPORT, settled, ticketOf } from './arrivals.ts'
import { aPlace } from './sqlite-ledger.ts'

function migrated(): Database.Database {
  const connection = new Database(':memory:')
  migrate(connection)
  return connection
}

type Row = Readonly<Record<string, string>>

test('the schema after all migrations is the one that was agreed on (test/golden/schema.sql)', async () => {
  const statements = migrated()
    .prepare<[], Row>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name')
    .all()
  const schema = statements.map((row) => `${row.sql};\n`).join('\n')
  await expect(`-- schema ${knownSchema()}\n\n${schema}`).toMatchFileSnapshot('../../golden/schema.sql')
})

test('migrating twice changes nothing, and a step that fails leaves the number of the step before', () => {
  const connection = migrated()
  const schema = (): unknown => connection.prepare('SELECT * FROM sqlite_schema').all()
  const before = schema()
  migrate(connection)
  expect(schema()).toEqual(before)
  const halfway = new Database(':memory:')
  halfway.exec('CREATE TABLE entries (x)') // in the way of the first migration
  expect(() => migrate(halfway)).toThrow(/entries already exists/u)
  expect(halfway.pragma('user_version', { simple: true })).toBe(0)
  expect(halfway.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()).toBe(1)
})

test('every table is STRICT, and every foreign key has an index that begins with it', () => {
  const connection = migrated()
  const tables = connection.prepare<[], Row>("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").all()
  const ours = tables.filter((table) => !table.name?.startsWith('sqlite_'))
  expect(ours.length).toBeGreaterThan(8)
  for (const table of ours) {
    expect(Number(table.strict), table.name).toBe(1)
    const indexed = connection
      .prepare<[string | undefined], Row>(
        `SELECT c.name FROM pragma_index_list(?) AS i JOIN pragma_index_info(i.name) AS c WHERE c.seqno = 0`,
      )
      .all(table.name)
      .map((row) => row.name)
    const keys = connection
      .prepare<[string | undefined], Row>('SELECT "from" FROM pragma_foreign_key_list(?)')
      .all(table.name)
    for (const key of keys) expect(indexed, `${table.name}.${key.from}`).toContain(key.from)
  }
})

/** Every statement that a ledger prepares in a life that touches all its verbs. */
async function preparedInALife(): Promise<{ connection: Database.Database; statements: ReadonlySet<string> }> {
  const place = aPlace()
  const connection = connect(place.path)
  const statements = new Set<string>()
  const prepare = connection.prepare.bind(connection)
  connection.prepare = (sql: string) => {
    statements.add(sql)
    return prepare(sql)
  }
  const parts = { world: WORLD, log: SILENT_LOG, inlineOctets: 65_536, onClosed: () => {} }
  const ledger = ledgerOn({ connection, spool: openSpool(place.spool), ...parts })
  await lead(ledger)
  return { connection, statements }
}

async function lead(ledger: Ledger): Promise<void> {
  const entry = notice()
  const correspondent = MARIA
  const { incoming, ...first } = await settled(ledger, {
    entries: [entry],
    messageId: mid('a@b.example'),
    language: 'el',
  })
  const claims = [{ code: 'stored-message-id', messageId: mid('a@b.example'), value: '' }] as const
  await settled(
    ledger,
    { decision: joining(ticketOf(first), 'reopen') },
    { claims, correspondent, copyKey: incoming.id },
  )
  await ledger.due(NOW, 10)
  await ledger.lease([{ id: entry.id, rendered: new Uint8Array(1) }])
  await ledger.interrupted()
  await ledger.rendered(entry.id)
  const hopMessageId = mid('c@b.example')
  await ledger.conclude(entry.id, { state: 'sent', nextAttempt: NOW, unknown: 0, outcome: '250', hopMessageId })
  await ledger.stumbled(incoming.id, 'x')
  await ledger.unsettled(undefined, 10)
  await ledger.head(incoming.id, 10)
  await octetsOf(ledger, incoming.id)
  await ledger.messages({ limit: 10, before: undefined })
  for (const name of [incoming.id, 'a@b.example']) await ledger.message(name)
  for (const state of [undefined, 'queued'] as const) await ledger.queue({ limit: 10, before: undefined, state })
  await ledger.ticket(ticketOf(first))
  await ledger.counts()
  await leadByHand(ledger)
}

/** Limits, memories and orders, until the settlements bring about a pruning. */
async function leadByHand(ledger: Ledger): Promise<void> {
  const correspondent = MARIA
  const tallies = [{ scope: 'global', key: '', windowMs: 3_600_000 }] as const
  const told = { mailbox: SUPPORT, notice: 'holiday', occasion: 'x' } as const
  const consequences: Consequences = {
    reserve: tallies,
    told,
    mute: { until: NOW, because: 'x' },
    breaker: { until: NOW, because: 'x' },
  }
  const shadow = notice({ state: 'would-send' })
  const { incoming } = await settled(ledger, { consequences, entries: [shadow] }, { correspondent, tallies })
  await ledger.keep(shadow.id, new Uint8Array(1))
  await ledger.unrendered(10)
  await ledger.order(inquiry(incoming, { correspondent, tallies }), NOW, () => ({
    order: { kind: 'mark', nature: 'automatic' },
    entries: [],
    consequences: NO_CONSEQUENCES,
    ticket: 'as-it-is',
    pending: 'withdraw',
  }))
  await settled(ledger, { decision: FILED }).then((filed) =>
    ledger.order(inquiry(filed.incoming), NOW, () => ({
      order: { kind: 'send', notice: 'acknowledgement' },
      entries: [notice()],
      consequences: NO_CONSEQUENCES,
      ticket: 'opens',
      pending: 'as-it-is',
    })),
  )
  for (const note of ['a', 'b']) await ledger.addNever({ pattern: 'x@y.example', since: NOW, note })
  await ledger.removeNever('x@y.example')
  await ledger.never()
  await ledger.mutes(NOW)
  await ledger.liftMute(correspondent)
  await ledger.breaker(NOW)
  await ledger.arm(NOW)
  await Promise.all(Array.from({ length: 64 }, () => settled(ledger)))
}

/** Sorted in memory, because there are few: the participants of one ticket (bounded), the attempts of one message. */
const FEW = /^SELECT (?:address, role FROM participants|entry, at, outcome FROM attempts) /u
/** Asked for as a whole. */
const WHOLE = /^SELECT pattern, since, note FROM never /u

test('no statement walks through a table, and none sorts what an index could give in order', async () => {
  const { connection, statements } = await preparedInALife()
  onTestFinished(() => void connection.close())
  expect(statements.size).toBeGreaterThan(60)
  const slow = [...statements]
    .filter(
      (sql) =>
        /^(?:SELECT|UPDATE|INSERT|DELETE)/u.test(sql) &&
        !sql.includes('GROUP BY state') &&
        !FEW.test(sql) &&
        !WHOLE.test(sql),
    )
    .flatMap((sql) =>
      connection
        .prepare<[], Row>(`EXPLAIN QUERY PLAN ${sql}`.replaceAll('?', 'NULL'))
        .all()
        .map((row) => `${row.detail}: ${sql}`)
        .filter((line) => /^(?:SCAN (?!CONSTANT ROW|each )(?!\w+ USING INDEX)|USE TEMP B-TREE FOR ORDER)/u.test(line)),
    )
  expect(slow).toEqual([])
})
