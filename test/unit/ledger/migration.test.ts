/** A ledger that an earlier version made, with mail in it, goes on with this one. */
import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { knownSchema } from '../../../src/ledger/migrate.ts'
import type { EntryId, IncomingId } from '../../../src/mail/ids.ts'
import { after } from '../../../src/mail/instant.ts'
import { NO_CONSEQUENCES } from '../../../src/mail/ledger-port.ts'
import { ticketIdFrom } from '../../../src/mail/tag.ts'
import { account, findings, inquiry, MARIA, mid, NOW, notice, SUPPORT } from './arrivals.ts'
import { aPlace, openAt, type Place } from './sqlite-ledger.ts'

const FIRST = new URL('../../../src/ledger/migrations/0001-first.sql', import.meta.url)
const APPLICATION_ID = 0x72706c79

const SETTLED = '01JA0000000000000000000001' as IncomingId
const WAITING = '01JA0000000000000000000002' as IncomingId
const SHADOW = '01JA0000000000000000000003' as IncomingId
const NOTICE = '01JA0000000000000000000004' as EntryId
const WOULD_SEND = '01JA0000000000000000000005' as EntryId

const DECISION = {
  disposition: 'new-ticket',
  threading: { kind: 'new' },
  reply: { kind: 'silence', because: [{ code: 'too-old' }] },
  handOn: [SUPPORT],
}
const CARGO = JSON.stringify(notice().cargo)

const TICKET = ticketIdFrom(new Uint8Array(6))

/** What the first version left behind: mail settled and waiting, a notice sent and one of shadow mode. */
function makeFirstLedger(place: Place): void {
  const old = new Database(place.path)
  old.exec(readFileSync(FIRST, 'utf8'))
  old.pragma('user_version = 1')
  old.pragma(`application_id = ${APPLICATION_ID}`)
  old.pragma('journal_mode = WAL')
  const run = (sql: string, ...values: readonly (string | number | null)[]): void =>
    void old.prepare(sql).run(...values)
  run(
    "INSERT INTO tickets (id, state, mailbox, opened_at, last_activity) VALUES (?, 'open', ?, ?, ?)",
    TICKET,
    SUPPORT,
    NOW,
    NOW,
  )
  run("INSERT INTO participants VALUES (?, ?, ?, 'requester')", TICKET, MARIA.toLowerCase(), MARIA)
  for (const [id, state] of [
    [SETTLED, 'processed'],
    [WAITING, 'accepted'],
    [SHADOW, 'processed'],
  ] as const) {
    run(
      `INSERT INTO incoming (id, state, source, reverse_path, recipients, received_at, octets, body_digest)
       VALUES (?, ?, 'smtp', ?, ?, ?, 5, 'd')`,
      id,
      state,
      MARIA,
      JSON.stringify([SUPPORT]),
      NOW,
    )
    run('INSERT INTO octets (incoming, here) VALUES (?, CAST(? AS BLOB))', id, 'Hello')
    if (state === 'accepted') continue
    run(
      `INSERT INTO settlements (incoming, settled_at, copy_key, body_digest, sender, subject, nature, disposition, reply,
         ticket, handed_on, decision, signs, authentication, defects)
       VALUES (?, ?, ?, 'd', ?, 'Old', 'person', 'new-ticket', 'send', ?, '[]', ?, '[]', '{}', '[]')`,
      id,
      NOW,
      id,
      MARIA,
      TICKET,
      JSON.stringify(DECISION),
    )
  }
  for (const [id, incoming, state] of [
    [NOTICE, SETTLED, 'sent'],
    [WOULD_SEND, SHADOW, 'would-send'],
  ] as const) {
    run(
      `INSERT INTO entries (id, incoming, ticket, kind, cargo, state, next_attempt, message_id)
       VALUES (?, ?, ?, 'notice', ?, ?, ?, ?)`,
      id,
      incoming,
      TICKET,
      CARGO,
      state,
      NOW,
      mid(`${id}@acme.example`),
    )
  }
  old.close()
}

test('mail of a ledger of the first version is there, waits, and may be ordered about', async () => {
  const place = aPlace()
  makeFirstLedger(place)
  const ledger = await openAt(place)
  expect((await ledger.message(SETTLED))?.line).toMatchObject({ subject: 'Old', ticket: TICKET, marked: undefined })
  expect((await ledger.unsettled(undefined, 10)).map((one) => one.id)).toEqual([WAITING])
  const waiting = (await ledger.unsettled(undefined, 1))[0]
  if (waiting === undefined) throw new Error('nothing waits')
  const asked = { correspondent: MARIA, fingerprint: 'f' }
  await ledger.settle(inquiry(waiting, asked), NOW, (found) => {
    expect(found).toMatchObject({
      openTickets: 1,
      recent: [],
      told: [],
      never: [],
      mute: undefined,
      breaker: undefined,
    })
    return account()
  })
  const { recent } = await findings(ledger, { ...asked, now: after(NOW, 1) })
  expect(recent).toMatchObject([{ fingerprint: 'f' }])
  expect((await ledger.unrendered(10)).map((one) => one.id)).toEqual([WOULD_SEND])
  const order = (id: IncomingId) =>
    ledger.order({ ...inquiry(waiting), incoming: id }, NOW, (_, { notices }) =>
      notices.length > 0
        ? { refused: [{ code: 'answered-before' }] }
        : {
            order: { kind: 'send', notice: 'acknowledgement' },
            entries: [notice()],
            consequences: NO_CONSEQUENCES,
            ticket: 'as-it-is',
            pending: 'as-it-is',
          },
    )
  expect((await order(SETTLED)).kind).toBe('refused')
  expect(await order(SHADOW)).toMatchObject({ kind: 'done', ticket: TICKET, entries: [{ state: 'queued' }] })
})

test('a migrated ledger has the schema of a new one, and is sound', async () => {
  const [old, young] = [aPlace(), aPlace()]
  makeFirstLedger(old)
  const schemas: unknown[] = []
  for (const place of [old, young]) {
    await (await openAt(place)).close()
    const connection = new Database(place.path, { readonly: true })
    expect(connection.pragma('user_version', { simple: true })).toBe(knownSchema())
    expect(connection.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(connection.pragma('foreign_key_check')).toEqual([])
    schemas.push(connection.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all())
    connection.close()
  }
  expect(schemas[0]).toEqual(schemas[1])
})
