/** Longest word that is compared: a longer one is no slip of the finger. */
const MAX_WORD = 64

/**
 * The one of `known` that `word` is most likely a slip for.
 * @returns undefined where none is near: at most one slip in three characters, and at most three
 */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_WORD) return undefined
  const plain = simplified(word)
  let best: string | undefined
  let bestDistance = Math.min(3, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    if (candidate.length > MAX_WORD) continue
    const distance = slips(plain, simplified(candidate))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** `handOn`, `hand-on` and `hand_on` are one word to a person. */
function simplified(word: string): string {
  return word
    .replace(/([a-z])([A-Z])/gu, '$1_$2')
    .toLowerCase()
    .replace(/[-\s]/gu, '_')
}

/** Characters to insert, remove, replace or swap with their neighbour (optimal string alignment). */
function slips(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    before = above
    above = row
  }
  return above[b.length] ?? 0
}
