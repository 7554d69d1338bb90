import { MAX_SUBJECT_READ, REPLY_MARK } from './stranger.ts'

/** `[#402]`, `(2)`, `#17`: counters and tags come and go with every exchange. */
const ASIDE = /\[[^[\]]{0,60}\]|\([^()\p{L}]{0,40}\)|#[\p{L}\p{N}_-]{1,41}/gu
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}]+/gu

/**
 * What remains of a subject when all is taken off that changes from one exchange to the next: case, reply prefixes at the
 * beginning, tags, counters, every word with a digit.
 * @returns words; none where nothing else stood there
 */
export function stemOf(subject: string): readonly string[] {
  let rest = subject.slice(0, MAX_SUBJECT_READ).normalize('NFKC').toLowerCase().replace(ASIDE, ' ').trim()
  for (let found = REPLY_MARK.exec(rest); found !== null; found = REPLY_MARK.exec(rest)) {
    rest = rest.slice(found[0].length).trimStart()
  }
  return (rest.match(WORD) ?? []).filter((word) => !/\p{N}/u.test(word))
}

/** Words of a stem, or characters of one word, that are too much to be in two subjects by chance. */
const TELLING_WORDS = 2
const TELLING_CHARACTERS = 8
/** Where a subject was cut on its way, this share of the earlier one must be left, in one piece. */
const SHARE_LEFT = 0.6
const PIECE_WORDS = 4

/**
 * True where the subject is an earlier one again, or has grown out of it by what was put before or behind: the earlier one
 * stands in it whole, or the greater part of it in one piece, because we and others cut long subjects.
 */
export function growsFrom(stem: readonly string[], earlier: readonly string[]): boolean {
  if (stem.length === 0 || earlier.length === 0) return false
  if (stem.join(' ') === earlier.join(' ')) return true
  const isTelling = earlier.length >= TELLING_WORDS || (earlier[0] ?? '').length >= TELLING_CHARACTERS
  const run = longestRun(stem, earlier)
  return (isTelling && run === earlier.length) || (run >= PIECE_WORDS && run >= SHARE_LEFT * earlier.length)
}

/** Length of the longest run of words that both have; the bound on subjects bounds the steps. */
function longestRun(a: readonly string[], b: readonly string[]): number {
  let best = 0
  let above: readonly number[] = []
  for (const word of a) {
    const row = b.map((other, at) => (word === other ? (at === 0 ? 0 : (above[at - 1] ?? 0)) + 1 : 0))
    best = Math.max(best, ...row)
    above = row
  }
  return best
}
