import { LONGEST_WINDOW_MS, type Rate } from '../../mail/limits.ts'
import { count, Refused, text } from './leaf.ts'

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const UNIT_OCTETS = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const

const DURATION_PATTERN = '^[0-9]{1,6}(?:[.][0-9]{1,3})?[smhdw]$'
const DURATION = /^(\d{1,6}(?:\.\d{1,3})?)([smhdw])$/u
const SIZE_PATTERN = '^[0-9]{1,9}(?:[.][0-9]{1,3})?(?:B|[kKMG]B|[KMG]iB)$'
const SIZE = /^(\d{1,9}(?:\.\d{1,3})?)(B|[kKMG]B|[KMG]iB)$/u
const RATE = /^(\d{1,9})\/(.+)$/u

const DURATION_WANTED = 'a duration with its unit (s, m, h, d or w) such as 30s, 60m, 24h or 7d'

/** @returns milliseconds, undefined where the text is no duration */
function readDuration(value: string): number | undefined {
  const found = DURATION.exec(value)
  const unit = UNIT_MS[found?.[2] as keyof typeof UNIT_MS]
  return found === null ? undefined : Math.round(Number(found[1]) * unit)
}

type Span = { readonly least: string; readonly most: string }

/** The duration in milliseconds; a Refused where it is outside `span`. */
function within(value: string, span: Span): number | Refused | undefined {
  const ms = readDuration(value)
  if (ms === undefined) return undefined
  const fits = ms >= (readDuration(span.least) ?? 0) && ms <= (readDuration(span.most) ?? 0)
  return fits ? ms : new Refused({ wanted: `a duration from ${span.least} to ${span.most}` })
}

/** `24h` -> milliseconds. */
export function duration(span: Span) {
  return text(DURATION_WANTED, (value) => within(value, span), { pattern: DURATION_PATTERN, examples: ['24h'] })
}

/** `24h` -> milliseconds, or a word of its own. */
export function durationOr<const Word extends string>(word: Word, span: Span) {
  return text<number | Word>(
    `${DURATION_WANTED}, or ${word}`,
    (value) => (value === word ? word : within(value, span)),
    { pattern: `${DURATION_PATTERN}|^${word}$`, examples: ['24h', word] },
  )
}

/** @returns octets, undefined where the text is no size */
function readSize(value: string): number | undefined {
  const found = SIZE.exec(value)
  return found === null ? undefined : Math.round(Number(found[1]) * UNIT_OCTETS[found[2] as keyof typeof UNIT_OCTETS])
}

/** `50MiB` -> octets. */
export function size(span: Span) {
  return text(
    'a size with its unit (kB, MB, GB, KiB, MiB or GiB) such as 50MiB',
    (value) => {
      const found = readSize(value)
      if (found === undefined) return undefined
      const fits = found >= (readSize(span.least) ?? 0) && found <= (readSize(span.most) ?? 0)
      return fits ? found : new Refused({ wanted: `a size from ${span.least} to ${span.most}` })
    },
    { pattern: SIZE_PATTERN, examples: ['50MiB'] },
  )
}

/** As far back as the ledger counts notices. */
const MAX_WINDOW_MS = LONGEST_WINDOW_MS

/** `10/24h` -> at most ten in any 24 hours. */
export const rate = text<Rate>(
  'how many in which time, such as 10/24h, or off',
  (value) => {
    if (value === 'off') return value
    const found = RATE.exec(value)
    const windowMs = readDuration(found?.[2] ?? '')
    if (found === null || windowMs === undefined) return undefined
    const most = Number(found[1])
    if (most === 0) return new Refused({ wanted: 'at least 1', hint: 'to send nothing at all, set send.mode: off' })
    return windowMs < UNIT_MS.m || windowMs > MAX_WINDOW_MS
      ? new Refused({ wanted: 'a window from 1m to 31d after the slash' })
      : { count: most, windowMs }
  },
  { pattern: '^off$|^[1-9][0-9]{0,8}/[0-9]{1,6}[smhdw]$', examples: ['10/24h', 'off'] },
)

export const port = count({ least: 1, most: 65_535 })
