import { mkdirSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../ops/clock.ts'
import type { Log } from '../ops/events.ts'
import { UNFINISHED } from './spool.ts'
import type { Store } from './store.ts'

/** Where whole messages go that no row names. */
export const ORPHANS = 'orphans'
/** How long they stay there: time to notice that an older backup of the ledger was restored. 30 days. */
const ORPHAN_KEPT_MS = 30 * 24 * 60 * 60 * 1000
const FINISHED = /^[0-9A-HJKMNP-TV-Z]{26}$/u

/**
 * Clears the spool of what a crash left: unfinished files are removed; a whole message that no row names (a crash between
 * its new name and the commit, never answered with 250) is moved to `orphans/`, because after restoring an older ledger it would
 * look the same and be mail that we accepted. A file that a row names, and any file we did not make, is left alone.
 */
export function clearOrphans(store: Store, folder: string, parts: { world: World; log: Log }): void {
  for (const file of readdirSync(folder, { withFileTypes: true })) {
    if (!file.isFile()) continue
    const path = join(folder, file.name)
    if (file.name.endsWith(UNFINISHED)) {
      unlinkSync(path)
      parts.log('ledger.orphan', { file: path })
    } else if (FINISHED.test(file.name) && !named(store, file.name)) {
      mkdirSync(join(folder, ORPHANS), { recursive: true, mode: 0o700 })
      renameSync(path, join(folder, ORPHANS, file.name))
      parts.log('ledger.orphan', { file: join(folder, ORPHANS, file.name) })
    }
  }
  dropOld(join(folder, ORPHANS), parts.world.now())
}

function named(store: Store, spool: string): boolean {
  return store.get('SELECT 1 FROM octets WHERE spool = ?', spool) !== undefined
}

function dropOld(folder: string, now: number): void {
  const files = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : []
  for (const name of files.filter((one) => FINISHED.test(one))) {
    const path = join(folder, name)
    if (now - statSync(path).ctimeMs > ORPHAN_KEPT_MS) unlinkSync(path)
  }
}
