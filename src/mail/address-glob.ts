import type { Address } from './address.ts'

/**
 * Compares an address with a glob over whole addresses.
 * @param glob `*` stands for any run of characters, none included; everything else for itself; case does not count
 * @returns true where the whole address matches; steps are bounded by the product of both lengths
 */
export function matchesGlob(glob: string, address: Address): boolean {
  const pattern = glob.toLowerCase()
  const text = address.toLowerCase()
  let at = 0
  let p = 0
  let star = -1 // position of the last `*` seen, and where in the text its run ends for now
  let runEnd = 0
  while (at < text.length) {
    if (pattern[p] === '*') {
      star = p
      runEnd = at
      p += 1
    } else if (pattern[p] === text[at]) {
      p += 1
      at += 1
    } else if (star >= 0) {
      runEnd += 1
      at = runEnd
      p = star + 1
    } else return false
  }
  while (pattern[p] === '*') p += 1
  return p === pattern.length
}
