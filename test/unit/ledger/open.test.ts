import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { connect, connectReadOnly, soundSqlite } from '../../../src/ledger/connect.ts'
import { knownSchema } from '../../../src/ledger/migrate.ts'
import { lockPath } from '../../../src/ledger/open.ts'
import { openReads } from '../../../src/ledger/reads.ts'
import { accept, handOn, settled } from './arrivals.ts'
import { aPlace, keepingLog, openAt, type Place } from './sqlite-ledger.ts'

/** Opens the file behind the ledger's back. */
function meddle(place: Place, work: (connection: Database.Database) => void): void {
  const connection = new Database(place.path)
  work(connection)
  connection.close()
}

async function mustRefuse(place: Place, why: RegExp): Promise<void> {
  await expect(openAt(place)).rejects.toMatchObject({ name: 'Trouble', kind: 'permanent' })
  await expect(openAt(place)).rejects.toThrow(why)
  expect(readdirSync(place.folder)).not.toContain('replyd.db.lock')
}

function mode(path: string): number {
  return statSync(path).mode & 0o777
}

describe('opening', () => {
  test('makes folder and files that nobody else can read', async () => {
    const place = aPlace()
    const deep = {
      folder: place.folder,
      path: join(place.folder, 'a/b/replyd.db'),
      spool: join(place.folder, 'c/spool'),
    }
    const ledger = await openAt(deep)
    await accept(ledger, 'x'.repeat(100_000))
    for (const folder of ['a', 'a/b', 'c/spool']) expect(mode(join(place.folder, folder))).toBe(0o700)
    for (const suffix of ['', '-wal', '-shm', '.lock']) expect(mode(`${deep.path}${suffix}`)).toBe(0o600)
    for (const file of readdirSync(deep.spool)) expect(mode(join(deep.spool, file))).toBe(0o600)
  })

  test('sets synchronous=FULL anew each time, where the build would fall back to NORMAL', () => {
    const { path } = aPlace()
    connect(path).close()
    meddle({ folder: '', spool: '', path }, (plain) => {
      expect(plain.pragma('synchronous', { simple: true })).toBe(1)
    })
    const again = connect(path)
    expect(again.pragma('synchronous', { simple: true })).toBe(2)
    expect(again.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(again.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(again.pragma('journal_size_limit', { simple: true })).toBe(64 * 1024 * 1024)
    expect(again.pragma('busy_timeout', { simple: true })).toBe(5_000)
    again.close()
  })

  test('says what it found in one event', async () => {
    const place = aPlace()
    const first = await openAt(place)
    const entry = handOn()
    await settled(first, { entries: [entry] })
    await accept(first)
    await first.lease([{ id: entry.id, rendered: undefined }])
    await first.close()
    const { log, lines } = keepingLog()
    await openAt(place, log)
    expect(lines).toMatchObject([
      { name: 'ledger.opened', fields: { path: place.path, schema: knownSchema(), unsettled: 1, interrupted: 1 } },
    ])
  })

  test('closing leaves everything in one file', async () => {
    const place = aPlace()
    const ledger = await openAt(place)
    await settled(ledger)
    await ledger.close()
    expect(readdirSync(place.folder).sort()).toEqual(['replyd.db', 'spool'])
  })
})

describe('a ledger that cannot be used is refused in words that lead somewhere', () => {
  test('made by a newer program', async () => {
    const place = aPlace()
    await (await openAt(place)).close()
    const newer = knownSchema() + 1
    meddle(place, (connection) => void connection.pragma(`user_version = ${newer}`))
    const why = `made by a newer replyd \\(schema ${newer}, this program knows ${knownSchema()}\\): install that version or restore`
    await mustRefuse(place, new RegExp(why, 'u'))
    expect(() => openReads(place.path)).toThrow(/made by a newer replyd/u)
  })

  test('no database', async () => {
    const place = aPlace()
    writeFileSync(place.path, 'From maria@customer.example\n'.repeat(100))
    await mustRefuse(place, /it is no database; move the file away, or restore a backup/u)
    expect(() => openReads(place.path)).toThrow(/no database/u)
    expect(readFileSync(place.path, 'utf8')).toMatch(/^From maria/u)
  })

  test('the database of another program', async () => {
    const place = aPlace()
    meddle(place, (connection) => void connection.exec('CREATE TABLE bookmarks (url TEXT)'))
    await mustRefuse(place, /database of another program/u)
  })

  test('a place where no file can be made', async () => {
    const place = aPlace()
    writeFileSync(join(place.folder, 'file'), '')
    const path = join(place.folder, 'file', 'replyd.db')
    await expect(openAt({ ...place, path })).rejects.toMatchObject({ name: 'Trouble', kind: 'permanent' })
    await expect(openAt({ ...place, path })).rejects.toThrow(new RegExp(lockPath(path), 'u'))
  })

  test('a spool that is a file: the lock is given back', async () => {
    const place = aPlace()
    writeFileSync(place.spool, '')
    await mustRefuse(place, /open the ledger/u)
  })

  test('a folder in the place of the file', async () => {
    const place = aPlace()
    await mustRefuse({ ...place, path: place.folder }, /Cannot/u)
  })

  test('SQLite with the WAL-reset fault', () => {
    expect(['3.51.3', '3.51.10', '3.52.0', '4.0.0'].map(soundSqlite)).toEqual([true, true, true, true])
    expect(['3.51.2', '3.40.1', '2.8.17', '', 'x'].map(soundSqlite)).toEqual([false, false, false, false, false])
  })
})

describe('reads beside the daemon', () => {
  test('see what is committed, while it runs and after it stopped, and change nothing', async () => {
    const place = aPlace()
    const ledger = await openAt(place)
    const { incoming } = await settled(ledger, { entries: [handOn()] })
    const beside = openReads(place.path)
    expect((await beside.message(incoming.id))?.entries).toHaveLength(1)
    await accept(ledger)
    expect((await beside.counts()).incoming).toEqual({ accepted: 1, processed: 1, 'set-aside': 0 })
    beside.close()
    await ledger.close()
    const alone = openReads(place.path)
    expect(await alone.messages({ limit: 10, before: undefined })).toHaveLength(2)
    alone.close()
    const connection = connectReadOnly(place.path)
    expect(() => connection.exec('DELETE FROM entries')).toThrow(/readonly/u)
    connection.close()
  })

  test('without a ledger say so, and make none', () => {
    const place = aPlace()
    expect(() => openReads(place.path)).toThrow(/there is no such file; the daemon makes it when it first runs/u)
    expect(readdirSync(place.folder)).toEqual([])
  })

  test('of a ledger that waits for migration are refused', () => {
    const place = aPlace()
    writeFileSync(place.path, '')
    expect(() => openReads(place.path)).toThrow(/has schema 0, .* start this version of the daemon once/u)
  })
})
