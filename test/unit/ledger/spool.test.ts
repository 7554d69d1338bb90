import { Buffer } from 'node:buffer'
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { openLedger } from '../../../src/ledger/open.ts'
import { instant } from '../../../src/mail/instant.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { SILENT_LOG } from '../../../src/ops/events.ts'
import { accept, arrival, DIGEST, newIncomingId, octetsOf } from './arrivals.ts'
import { aPlace, keepingLog, openAt } from './sqlite-ledger.ts'

const LARGE = 'x'.repeat(200_000)
const MEBIBYTE = 1024 * 1024

describe('where octets lie', () => {
  test('up to 64 KiB in the row, larger ones in a file of their own that only one name refers to', async () => {
    const place = aPlace()
    const ledger = await openAt(place)
    await accept(ledger, 'x'.repeat(65_536))
    expect(readdirSync(place.spool)).toEqual([])
    const { id } = await accept(ledger, 'x'.repeat(65_537))
    expect(readdirSync(place.spool)).toEqual([id])
    expect(statSync(join(place.spool, id)).nlink).toBe(1)
  })

  test('the bound can be lower, for a store that wants small rows', async () => {
    const place = aPlace()
    const ledger = await openLedger({ ...place, inlineOctets: 10 }, { world: WORLD, log: SILENT_LOG })
    const small = await accept(ledger, '0123456789')
    const { id } = await accept(ledger, '0123456789A')
    expect(readdirSync(place.spool)).toEqual([id])
    expect((await octetsOf(ledger, small.id)).toString()).toBe('0123456789')
    expect((await octetsOf(ledger, id)).toString()).toBe('0123456789A')
    await ledger.close()
  })

  test('an aborted large message leaves no file', async () => {
    const place = aPlace()
    const deposit = (await openAt(place)).deposit()
    await deposit.write(Buffer.from(LARGE))
    expect(readdirSync(place.spool)).toHaveLength(1)
    await deposit.abort()
    expect(readdirSync(place.spool)).toEqual([])
  })

  test('a file that is gone is a Trouble that names it', async () => {
    const place = aPlace()
    const ledger = await openAt(place)
    const { id } = await accept(ledger, LARGE)
    unlinkSync(join(place.spool, id))
    const trouble = { name: 'Trouble', kind: 'permanent', message: expect.stringContaining(join(place.spool, id)) }
    await expect(ledger.head(id, 10)).rejects.toMatchObject(trouble)
    await expect(octetsOf(ledger, id)).rejects.toMatchObject(trouble)
  })

  test('a spool that vanishes refuses large messages and goes on with small ones', async () => {
    const place = aPlace()
    const ledger = await openAt(place)
    rmdirSync(place.spool)
    await expect(accept(ledger, LARGE)).rejects.toMatchObject({ name: 'Trouble', kind: 'permanent' })
    await accept(ledger, 'small')
    expect(await ledger.unsettled(undefined, 10)).toHaveLength(1)
  })

  test('a hundred large messages at once are held in a few megabytes', async () => {
    const ledger = await openAt(aPlace())
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const before = process.memoryUsage()
    const deposits = Array.from({ length: 100 }, () => ledger.deposit())
    for (let written = 0; written < 16; written += 1) {
      await Promise.all(deposits.map((deposit) => deposit.write(chunk)))
    }
    const now = process.memoryUsage()
    const grown = now.heapUsed + now.arrayBuffers - before.heapUsed - before.arrayBuffers
    expect(grown).toBeLessThan(30 * MEBIBYTE) // 100 MiB were written, 6.25 MiB of them may wait in memory
    await Promise.all(deposits.map((deposit) => deposit.abort()))
  })
})

describe('what a crash leaves in the spool', () => {
  test('is cleared at the next start: unfinished files removed, whole ones moved aside, named ones left alone', async () => {
    const place = aPlace()
    const first = await openAt(place)
    const kept = await accept(first, LARGE)
    await first.close()
    const orphan = newIncomingId()
    writeFileSync(join(place.spool, 'abc123.tmp'), 'half a mess')
    writeFileSync(join(place.spool, orphan), 'a whole message, never answered with 250')
    writeFileSync(join(place.spool, 'NOTES-OF-THE-OPERATOR'), 'not ours')
    const { log, lines } = keepingLog()
    const again = await openAt(place, log)
    expect(readdirSync(place.spool).sort()).toEqual([kept.id, 'NOTES-OF-THE-OPERATOR', 'orphans'].sort())
    expect(readdirSync(join(place.spool, 'orphans'))).toEqual([orphan])
    const told = lines.filter((line) => line.name === 'ledger.orphan').map((line) => line.fields)
    expect(told).toHaveLength(2)
    expect(told).toContainEqual({ file: join(place.spool, 'orphans', orphan) })
    expect((await octetsOf(again, kept.id)).length).toBe(LARGE.length)
  })

  test('goes away from the place aside after thirty days', async () => {
    const place = aPlace()
    const orphan = join(place.spool, 'orphans', newIncomingId())
    mkdirSync(join(place.spool, 'orphans'), { recursive: true })
    writeFileSync(orphan, 'old')
    utimesSync(orphan, 0, 0) // times can be set back by anyone; when the file was put there counts
    await (await openAt(place)).close()
    expect(existsSync(orphan)).toBe(true)
    const later = { ...WORLD, now: () => instant(Date.now() + 31 * 24 * 60 * 60 * 1000) }
    await (await openLedger(place, { world: later, log: SILENT_LOG })).close()
    expect(existsSync(orphan)).toBe(false)
  })

  test('an unfinished deposit is an unfinished file', async () => {
    const place = aPlace()
    const deposit = (await openAt(place)).deposit()
    await deposit.write(Buffer.from(LARGE))
    expect(readdirSync(place.spool).every((name) => name.endsWith('.tmp'))).toBe(true)
    const { id } = await deposit.commit(arrival(), DIGEST)
    expect(readdirSync(place.spool)).toEqual([id])
  })
})
