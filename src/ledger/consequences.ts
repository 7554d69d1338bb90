import { type Address, correspondentKey } from '../mail/address.ts'
import type { Instant } from '../mail/instant.ts'
import type { Consequences } from '../mail/ledger-port.ts'
import { tripBreaker } from './breaker.ts'
import { muteCorrespondent } from './mutes.ts'
import type { Store } from './store.ts'
import { reservePlaces } from './tallies.ts'
import { rememberTold } from './told.ts'

/**
 * Writes what a decision changes beside the mail itself. Runs inside the transaction that records the decision. Where there
 * is no correspondent, nobody is muted, and nobody was told anything that could be remembered.
 */
export function applyConsequences(
  store: Store,
  { reserve, told, mute, breaker }: Consequences,
  { correspondent, now }: { correspondent: Address | undefined; now: Instant },
): void {
  if (breaker !== undefined) tripBreaker(store, { since: now, until: breaker.until, because: breaker.because })
  reservePlaces(store, reserve, now)
  if (correspondent === undefined) return
  const key = correspondentKey(correspondent)
  if (told !== undefined) rememberTold(store, key, { told, at: now })
  if (mute !== undefined) muteCorrespondent(store, { correspondent: key, since: now, ...mute })
}
