import type { Address } from '../mail/address.ts'
import { RECENT_MAX, RECENT_MS } from '../mail/facts.ts'
import type { IncomingId } from '../mail/ids.ts'
import type { Instant } from '../mail/instant.ts'
import type { Recent } from '../mail/limits.ts'
import type { Store } from './store.ts'

/** A notice went out or still may, or would have in shadow mode: what was refused or taken back told nobody anything. */
const ANSWERED = `EXISTS (SELECT 1 FROM entries WHERE entries.incoming = settlements.incoming AND kind = 'notice'
  AND (entries.state NOT IN ('failed', 'withdrawn') OR unknowns > 0))`

/** Mails of the correspondent that were taken for a person's, newest first. @param correspondent as `correspondentKey` says */
export function recentMails(
  store: Store,
  correspondent: Address,
  { now, but }: { now: Instant; but: IncomingId },
): readonly Recent[] {
  return store.all<Recent>(
    `SELECT settled_at AS at, iif(${ANSWERED}, 'notice', 'silence') AS answer, subject, fingerprint FROM settlements
     WHERE correspondent = ? AND nature = 'person' AND settled_at > ? AND incoming <> ?
     ORDER BY settled_at DESC, rowid DESC LIMIT ${RECENT_MAX}`,
    correspondent,
    now - RECENT_MS,
    but,
  )
}
