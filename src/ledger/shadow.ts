import type { EntryId } from '../mail/ids.ts'
import type { Shadow } from '../mail/ledger-port.ts'
import { type EntryRow, entryOf } from './entry-rows.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Store } from './store.ts'
import { reading } from './trouble-of.ts'

/** Only what is never attempted: of any other entry the first attempt says what its octets are. */
function keepOctets(store: Store, id: EntryId, octets: Uint8Array): void {
  if (store.get("SELECT 1 FROM entries WHERE id = ? AND state = 'would-send'", id) === undefined) {
    throw new Error(`Cannot keep the octets of ${id}: it is no entry of shadow mode`)
  }
  store.run('INSERT INTO rendered (entry, octets) VALUES (?, ?) ON CONFLICT DO NOTHING', id, octets)
}

export function openShadow(store: Store, group: GroupCommit): Shadow {
  return {
    keep: (id, rendered) => group.enqueue('keep a notice of shadow mode', () => keepOctets(store, id, rendered)),
    unrendered: (limit) =>
      reading('read what shadow mode has not rendered', () =>
        store
          .all<EntryRow>(
            `SELECT * FROM entries WHERE state = 'would-send'
               AND NOT EXISTS (SELECT 1 FROM rendered WHERE rendered.entry = entries.id)
             ORDER BY id LIMIT ?`,
            limit,
          )
          .map(entryOf),
      ),
  }
}
