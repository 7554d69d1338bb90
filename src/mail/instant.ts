import type { Brand } from './brand.ts'

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. Comes in as an argument; no pure room reads a clock. */
export type Instant = Brand<number, 'Instant'>

/** @param ms milliseconds since the epoch */
export function instant(ms: number): Instant {
  return ms as Instant
}

/** The instant `ms` milliseconds after `from` (before it, when negative). */
export function after(from: Instant, ms: number): Instant {
  return (from + ms) as Instant
}
