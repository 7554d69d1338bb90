/** The SQLite ledger in a folder that goes away with the test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openLedger } from '../../../src/ledger/open.ts'
import type { Ledger } from '../../../src/mail/ledger-port.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { type Events, type Log, SILENT_LOG } from '../../../src/ops/events.ts'
import { NOW } from './arrivals.ts'
import type { OpenLedger } from './opened.ts'

export type Place = { readonly folder: string; readonly path: string; readonly spool: string }

export function placeIn(folder: string): Place {
  return { folder, path: join(folder, 'replyd.db'), spool: join(folder, 'spool') }
}

/** A folder of its own for one test. */
export function aPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'replyd-ledger-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return placeIn(folder)
}

/** Opens the ledger of this place; it is closed with the test. */
export async function openAt(place: Place, log: Log = SILENT_LOG): Promise<Ledger> {
  const ledger = await openLedger(place, { world: WORLD, log })
  onTestFinished(() => ledger.close())
  return ledger
}

export type Logged = { readonly name: keyof Events; readonly fields: Events[keyof Events] }

/** A log that keeps what it is told. */
export function keepingLog(): { log: Log; lines: readonly Logged[] } {
  const lines: Logged[] = []
  return { log: (name, fields) => void lines.push({ name, fields }), lines }
}

export const openSqlite: OpenLedger = async () => {
  const place = placeIn(mkdtempSync(join(tmpdir(), 'replyd-ledger-')))
  // the clock of the contract, or what it counts would be old and gone at the next start
  const parts = { world: { ...WORLD, now: () => NOW }, log: SILENT_LOG }
  let present = await openLedger(place, parts)
  return {
    ledger: present,
    reopen: async () => {
      await present.close()
      present = await openLedger(place, parts)
      return present
    },
    dispose: async () => {
      await present.close()
      rmSync(place.folder, { recursive: true, force: true })
    },
  }
}
