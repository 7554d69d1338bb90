import { Buffer } from 'node:buffer'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../../../src/ledger/connect.ts'
import { ledgerOn } from '../../../src/ledger/ledger.ts'
import { openSpool } from '../../../src/ledger/spool.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { SILENT_LOG } from '../../../src/ops/events.ts'
import { accept, account, handOn, inquiry, NOW, octetsOf } from './arrivals.ts'
import { aPlace, openAt, placeIn } from './sqlite-ledger.ts'

const DISK_FULL = { name: 'Trouble', kind: 'disk-full' }
const SMALL = 'x'.repeat(50_000)
const LARGE = 'x'.repeat(300_000)

/** A file system of 4 MiB for one test, or undefined where we may not mount. */
function tinyDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'replyd-disk-'))
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    rmdirSync(folder)
    return undefined
  }
  onTestFinished(() => {
    execFileSync('/bin/umount', [folder])
    rmdirSync(folder)
  })
  return folder
}

test('a database that may not grow refuses with disk-full, loses nothing, and works again once it may', async () => {
  const place = aPlace()
  const connection = connect(place.path)
  const parts = { world: WORLD, log: SILENT_LOG, inlineOctets: 65_536, onClosed: () => {} }
  const ledger = ledgerOn({ connection, spool: openSpool(place.spool), ...parts })
  onTestFinished(() => ledger.close())
  const first = await accept(ledger, SMALL)
  connection.pragma(`max_page_count = ${String(connection.pragma('page_count', { simple: true }))}`)
  const refused = await Promise.allSettled([accept(ledger, SMALL), accept(ledger, SMALL)])
  for (const one of refused) expect(one).toMatchObject({ status: 'rejected', reason: DISK_FULL })
  expect((await octetsOf(ledger, first.id)).toString()).toBe(SMALL)
  connection.pragma('max_page_count = 1000000')
  const second = await accept(ledger, SMALL)
  expect((await ledger.unsettled(undefined, 10)).map((one) => one.id)).toEqual([first.id, second.id])
})

test('a full disk: accepts and settles get disk-full, nothing is left behind, and room makes it work again', async (at) => {
  const disk = tinyDisk()
  if (disk === undefined) {
    at.skip('mounting a small file system needs root')
    return
  }
  const place = placeIn(disk)
  const ledger = await openAt(place)
  const incoming = await accept(ledger, 'one that fits')
  const ballast = join(disk, 'ballast')
  try {
    writeFileSync(ballast, Buffer.alloc(8 * 1024 * 1024))
  } catch {
    // as much as there was room for
  }
  await expect(accept(ledger, SMALL)).rejects.toMatchObject(DISK_FULL)
  await expect(accept(ledger, LARGE)).rejects.toMatchObject(DISK_FULL)
  const entries = Array.from({ length: 200 }, () => handOn())
  const settle = () => ledger.settle(inquiry(incoming), NOW, () => account({ entries }))
  await expect(settle()).rejects.toMatchObject(DISK_FULL)
  expect(readdirSync(place.spool)).toEqual([])
  expect((await ledger.counts()).incoming).toEqual({ accepted: 1, processed: 0, 'set-aside': 0 })
  unlinkSync(ballast)
  expect((await settle()).entries).toHaveLength(200)
  await accept(ledger, SMALL)
  const large = await accept(ledger, LARGE)
  expect((await octetsOf(ledger, large.id)).length).toBe(LARGE.length)
  await ledger.close()
})
