import type { Instant } from '../mail/instant.ts'
import type { Breaker } from '../mail/limits.ts'
import type { Store } from './store.ts'
import { forgetGlobalTally } from './tallies.ts'

/** The global breaker where it is open at `now`; one whose cool-down is over is none. */
export function breakerAt(store: Store, now: Instant): Breaker | undefined {
  return store.get<Breaker>('SELECT since, until, because FROM breaker WHERE id = 1 AND until > ?', now)
}

/**
 * Arms one whose cool-down is over. Without it the count that tripped it, of a window that may be longer than the cool-down,
 * would trip it again at once.
 */
export function armCooledBreaker(store: Store, now: Instant): void {
  if (store.get('SELECT 1 FROM breaker WHERE id = 1 AND until <= ?', now) !== undefined) armBreaker(store, now)
}

/** Opens it. One that is open stays as it is: of two messages in one transaction the first one tripped it. */
export function tripBreaker(store: Store, { since, until, because }: Breaker): void {
  store.run(
    `INSERT INTO breaker (id, since, until, because) VALUES (1, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET since = excluded.since, until = excluded.until, because = excluded.because
     WHERE breaker.until <= excluded.since`,
    since,
    until,
    because,
  )
}

/** Closes it and forgets the global count, or the next message would trip it again. */
export function armBreaker(store: Store, now: Instant): 'armed' | 'was-armed' {
  const open = breakerAt(store, now)
  store.run('DELETE FROM breaker')
  forgetGlobalTally(store)
  return open === undefined ? 'was-armed' : 'armed'
}
