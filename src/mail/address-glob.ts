import type { Address } from './address.ts'

const MAX_GLOB = 320 // characters; RFC 5321 4.5.3.1: 64 + 1 + 255

/** `no` with a hint, where one can be given of what was meant. */
export type GlobRead =
  | { readonly kind: 'glob'; readonly glob: string }
  | { readonly kind: 'no'; readonly hint: string | undefined }

/**
 * Reads a glob over whole addresses as a person writes it.
 * @returns no for what could match no address (without @ and without `*`) or is no address at all
 */
export function readGlob(text: string): GlobRead {
  const no = (hint?: string): GlobRead => ({ kind: 'no', hint })
  if (text === '' || text.length > MAX_GLOB || /[\s<>,;"\p{Cc}]/u.test(text)) return no()
  const ats = text.split('@').length - 1
  if (ats > 1 || text.includes('**')) return no()
  if (ats === 1 || text.includes('*')) return { kind: 'glob', glob: text }
  return no(text.includes('.') ? `did you mean "*@${text}"?` : `did you mean "${text}@*"?`)
}

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
