import { type Address, folded } from '../mail/address.ts'
import type { Findings } from '../mail/facts.ts'
import type { Instant } from '../mail/instant.ts'
import type { Told } from '../mail/limits.ts'
import type { Store } from './store.ts'

/** RFC 5230 4.2 asks for a memory of 1,000 responses or more, the oldest dropped first. A correspondent has this many... */
const TOLD_OF_ONE = 10_000
/** ...and all of them together so many, which is some hundred megabytes. */
const TOLD_IN_ALL = 1_000_000

/** Remembers that the text was told, anew where it was told before. @param correspondent as `correspondentKey` says */
export function rememberTold(store: Store, correspondent: Address, { told, at }: { told: Told; at: Instant }): void {
  store.run(
    'INSERT OR REPLACE INTO told (correspondent, mailbox, notice, occasion, at) VALUES (?, ?, ?, ?, ?)',
    correspondent,
    folded(told.mailbox),
    told.notice,
    told.occasion,
    at,
  )
  store.run(
    `DELETE FROM told WHERE id IN (
       SELECT id FROM told WHERE correspondent = ? ORDER BY at DESC, id DESC LIMIT -1 OFFSET ${TOLD_OF_ONE})`,
    correspondent,
  )
}

/** What the correspondent was told, newest first; the mailbox folded. */
export function toldTo(store: Store, correspondent: Address): Findings['told'] {
  return store.all<Findings['told'][number]>(
    'SELECT mailbox, notice, occasion, at FROM told WHERE correspondent = ? ORDER BY at DESC, id DESC',
    correspondent,
  )
}

/** Drops the oldest where there are too many. @returns how many, `limit` at most */
export function pruneTold(store: Store, limit: number): number {
  return store.run(
    `DELETE FROM told WHERE id IN (
       SELECT id FROM told WHERE id <= (SELECT max(id) FROM told) - ${TOLD_IN_ALL} ORDER BY id LIMIT ?)`,
    limit,
  )
}
