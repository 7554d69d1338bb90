import type { Address } from '../mail/address.ts'
import type { Instant } from '../mail/instant.ts'
import type { Mute } from '../mail/limits.ts'
import type { Store } from './store.ts'

const COLUMNS = 'SELECT correspondent, since, until, because FROM mutes'

/** The mute that holds at `now`. @param correspondent as `correspondentKey` says */
export function muteOf(store: Store, correspondent: Address, now: Instant): Mute | undefined {
  return store.get<Mute>(`${COLUMNS} WHERE correspondent = ? AND until > ?`, correspondent, now)
}

export function mutesAt(store: Store, now: Instant): readonly Mute[] {
  return store.all<Mute>(`${COLUMNS} WHERE until > ? ORDER BY since DESC, correspondent`, now)
}

/** Mutes from now on. One that holds already goes on from when it began, and never ends sooner for it. */
export function muteCorrespondent(store: Store, { correspondent, since, until, because }: Mute): void {
  store.run(
    `INSERT INTO mutes (correspondent, since, until, because) VALUES (?, ?, ?, ?)
     ON CONFLICT (correspondent) DO UPDATE SET
       since = iif(mutes.until > excluded.since, mutes.since, excluded.since),
       because = iif(mutes.until > excluded.until, mutes.because, excluded.because),
       until = max(mutes.until, excluded.until)`,
    correspondent,
    since,
    until,
    because,
  )
}

/** @param correspondent as `correspondentKey` says */
export function endMute(store: Store, correspondent: Address): 'lifted' | 'absent' {
  return store.run('DELETE FROM mutes WHERE correspondent = ?', correspondent) > 0 ? 'lifted' : 'absent'
}

/** Drops mutes that are over. @returns how many, `limit` at most */
export function pruneMutes(store: Store, now: Instant, limit: number): number {
  return store.run(
    'DELETE FROM mutes WHERE correspondent IN (SELECT correspondent FROM mutes WHERE until <= ? LIMIT ?)',
    now,
    limit,
  )
}
