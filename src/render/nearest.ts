/** Longer names than this are not compared: no name of ours is. */
const MAX_COMPARED = 64

/**
 * The known name that was probably meant: at most one edit for each three characters begun away.
 * @returns undefined where nothing comes near
 */
export function nearest(found: string, known: readonly string[]): string | undefined {
  if (found.length > MAX_COMPARED) return undefined
  const allowed = Math.max(1, Math.ceil(found.length / 3))
  const ranked = known
    .map((name) => ({ name, edits: edits(found.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
  const best = ranked[0]
  return best !== undefined && best.edits <= allowed ? best.name : undefined
}

/** The hint that goes with an unknown name. */
export function didYouMean(found: string, known: readonly string[]): string {
  const name = nearest(found, known)
  return name === undefined ? `known here: ${known.join(', ')}` : `did you mean ${name}?`
}

/** Levenshtein distance, one row at a time. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
