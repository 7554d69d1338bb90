/**
 * Header lines on an ordinary letter of a person: as like a sign as can be, and none. A line takes the place of the
 * letter's own field of that name. What needs a body of its own is a file in near-misses/.
 */
export const NEAR_MISSES: Readonly<Record<string, readonly string[]>> = {
  'auto-submitted': ['Auto-Submitted: no (typed by hand)'],
}
