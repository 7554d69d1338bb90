import { randomBytes } from 'node:crypto'
import type { Instant } from '../mail/instant.ts'

/** Time and chance, the two things that pure rooms get as arguments. Tests hand in their own. */
export type World = {
  now(): Instant
  /** @param octets how many, 1 to 1024 */
  chance(octets: number): Uint8Array
}

export const WORLD: World = {
  now: () => Date.now() as Instant,
  chance: (octets) => randomBytes(octets),
}
