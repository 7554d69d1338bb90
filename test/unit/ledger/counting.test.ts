/** What the contract cannot reach: the bounds of counters and memories, and a list in memory behind a lost transaction. */
import Database from 'better-sqlite3'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect } from '../../../src/ledger/connect.ts'
import { ledgerOn } from '../../../src/ledger/ledger.ts'
import { migrate } from '../../../src/ledger/migrate.ts'
import { muteCorrespondent, muteOf, pruneMutes } from '../../../src/ledger/mutes.ts'
import { openSpool } from '../../../src/ledger/spool.ts'
import { type Connection, type Store, storeOn } from '../../../src/ledger/store.ts'
import { pruneTallies, reservePlaces, SLOT_MS, usedPlaces } from '../../../src/ledger/tallies.ts'
import { pruneTold, rememberTold, toldTo } from '../../../src/ledger/told.ts'
import { type Instant, instant, after as plus } from '../../../src/mail/instant.ts'
import type { Ledger } from '../../../src/mail/ledger-port.ts'
import { LONGEST_WINDOW_MS, type TallyKey } from '../../../src/mail/limits.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { SILENT_LOG } from '../../../src/ops/events.ts'
import { accept, account, address, findings, inquiry, MARIA, NOW, SUPPORT, settled } from './arrivals.ts'
import { aPlace, openAt } from './sqlite-ledger.ts'

const DAY_MS = 86_400_000
const KEY: TallyKey = { scope: 'mailbox', key: 'support@acme.example' }

function aStore(): { store: Store; rows: (table: string) => number } {
  const connection = new Database(':memory:')
  onTestFinished(() => void connection.close())
  migrate(connection)
  const rows = (table: string): number => Number(connection.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
  return { store: storeOn(connection), rows }
}

describe('counters', () => {
  test('never count less than the window holds, nor more than one slot before it', () => {
    const windowMs = fc.oneof(
      fc.integer({ min: 1, max: 3_600_000 }),
      fc.constantFrom(60_000, 3_600_000, DAY_MS, LONGEST_WINDOW_MS),
    )
    const ago = fc.oneof(fc.integer({ min: 0, max: 7_200_000 }), fc.integer({ min: 0, max: 40 * DAY_MS }))
    const connection = new Database(':memory:')
    migrate(connection)
    const store = storeOn(connection)
    fc.assert(
      fc.property(
        fc.array(ago, { maxLength: 30 }),
        windowMs,
        fc.integer({ min: 0, max: DAY_MS }),
        (agos, ms, shift) => {
          const now = plus(NOW, shift)
          store.run('DELETE FROM tallies')
          for (const one of agos) reservePlaces(store, [KEY], plus(now, -one))
          const within = (reach: number): number => agos.filter((one) => one < reach).length
          const used = usedPlaces(store, { ...KEY, windowMs: ms }, now)
          expect(used).toBeGreaterThanOrEqual(within(ms))
          expect(used).toBeLessThanOrEqual(within(ms + SLOT_MS))
        },
      ),
      { numRuns: 300 },
    )
    connection.close()
  })

  test('are forgotten after the longest window, or where a wrong clock left them, a bounded number at once', () => {
    const { store, rows } = aStore()
    const old = plus(NOW, -LONGEST_WINDOW_MS - DAY_MS)
    for (let i = 0; i < 50; i += 1) reservePlaces(store, [{ scope: 'correspondent', key: `${i}` }], old)
    reservePlaces(store, [KEY], plus(NOW, 365 * DAY_MS))
    reservePlaces(store, [KEY], plus(NOW, -LONGEST_WINDOW_MS))
    reservePlaces(store, [KEY], NOW)
    expect(rows('tallies')).toBe(106)
    expect(pruneTallies(store, NOW, 60)).toBe(60)
    expect(pruneTallies(store, NOW, 60)).toBe(42)
    expect(pruneTallies(store, NOW, 60)).toBe(0)
    expect(usedPlaces(store, { ...KEY, windowMs: LONGEST_WINDOW_MS }, NOW)).toBe(2)
  })
})

describe('the memory of absence texts (RFC 5230 4.2)', () => {
  const told = { mailbox: SUPPORT, notice: 'holiday' } as const

  /** As many texts told as the number says, one a millisecond. */
  function fill(store: Store, correspondent: string, count: number): void {
    store.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO told (correspondent, mailbox, notice, occasion, at)
       SELECT ?, 'support@acme.example', 'holiday', i, ? + i FROM n`,
      count,
      correspondent,
      NOW,
    )
  }

  test('holds thousands of one correspondent, and drops the oldest first', () => {
    const { store } = aStore()
    fill(store, MARIA, 10_000)
    const at = plus(NOW, 20_000)
    rememberTold(store, MARIA, { told: { ...told, occasion: 'the last' }, at })
    const left = toldTo(store, MARIA)
    expect(left).toHaveLength(10_000)
    expect(left[0]).toEqual({ ...told, occasion: 'the last', at })
    expect(left.at(-1)).toMatchObject({ occasion: '2' })
  })

  test('drops the oldest of all beyond a million, a bounded number at once', () => {
    const { store } = aStore()
    rememberTold(store, MARIA, { told: { ...told, occasion: 'first' }, at: NOW })
    rememberTold(store, MARIA, { told: { ...told, occasion: 'second' }, at: NOW })
    store.run(
      "INSERT INTO told (id, correspondent, mailbox, notice, occasion, at) VALUES (1000001, 'x@y.example', '', '', '', 0)",
    )
    expect(pruneTold(store, 10)).toBe(1)
    expect(toldTo(store, MARIA).map((one) => one.occasion)).toEqual(['second'])
    rememberTold(store, MARIA, { told: { ...told, occasion: 'second' }, at: NOW })
    rememberTold(store, MARIA, { told: { ...told, occasion: 'third' }, at: NOW })
    expect(pruneTold(store, 0)).toBe(0)
    expect(pruneTold(store, 10)).toBe(0)
    expect(toldTo(store, MARIA).map((one) => one.occasion)).toEqual(['third', 'second'])
  })
})

describe('pruning', () => {
  test('drops mutes that are over', () => {
    const { store, rows } = aStore()
    for (let i = 0; i < 10; i += 1) {
      const correspondent = address(`c${i}@x.example`)
      muteCorrespondent(store, { correspondent, since: NOW, until: plus(NOW, 1 + i), because: 'x' })
    }
    expect(pruneMutes(store, plus(NOW, 5), 3)).toBe(3)
    expect(pruneMutes(store, plus(NOW, 5), 100)).toBe(2)
    expect(rows('mutes')).toBe(5)
    expect(muteOf(store, address('c5@x.example'), plus(NOW, 5))).toBeDefined()
  })

  test('happens while messages are settled, and at the next start', async () => {
    const place = aPlace()
    const connection = connect(place.path)
    const ledger = onConnection(connection, place.spool)
    const left = () => Number(connection.prepare('SELECT count(*) FROM tallies').pluck().get())
    reservePlaces(storeOn(connection), [KEY], NOW)
    const later = plus(NOW, LONGEST_WINDOW_MS + DAY_MS)
    await Promise.all(Array.from({ length: 63 }, () => settled(ledger, {}, { now: later })))
    await ledger.stumbled((await accept(ledger)).id, 'a write of its own, behind all others')
    expect(left()).toBe(2)
    await settled(ledger, {}, { now: later })
    await ledger.stumbled((await accept(ledger)).id, 'and another')
    expect(left()).toBe(0)
    reservePlaces(storeOn(connection), [KEY], instant(WORLD.now() - LONGEST_WINDOW_MS - DAY_MS))
    reservePlaces(storeOn(connection), [KEY], WORLD.now())
    await ledger.close()
    await (await openAt(place)).close()
    const plain = new Database(place.path, { readonly: true })
    expect(plain.prepare('SELECT count(*) FROM tallies').pluck().get()).toBe(2)
    plain.close()
  })
})

function onConnection(connection: Connection, spool: string): Ledger {
  const parts = { world: WORLD, log: SILENT_LOG, inlineOctets: 65_536, onClosed: () => {} }
  return ledgerOn({ connection, spool: openSpool(spool), ...parts })
}

test('a list of whom we never write to that was not committed is not believed afterwards', async () => {
  const place = aPlace()
  const connection = connect(place.path)
  const ledger = onConnection(connection, place.spool)
  onTestFinished(() => ledger.close())
  const pattern = 'maria@customer.example'
  const [first, second] = [await accept(ledger), await accept(ledger)]
  connection.pragma(`max_page_count = ${String(connection.pragma('page_count', { simple: true }))}`)
  const seen: (readonly string[])[] = []
  const settle = (incoming: typeof first, now: Instant) =>
    ledger.settle(inquiry(incoming), now, ({ never }) => {
      seen.push(never.map((one) => one.pattern))
      return account({ subject: 'x'.repeat(100_000) })
    })
  const ended = await Promise.allSettled([
    ledger.addNever({ pattern, since: NOW, note: '' }),
    settle(first, NOW), // sees the pattern, and finds no room
    settle(second, NOW),
  ])
  expect(ended.map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(seen[0]).toEqual([pattern])
  connection.pragma('max_page_count = 1000000')
  expect((await findings(ledger)).never).toEqual([])
  expect(await ledger.never()).toEqual([])
})
