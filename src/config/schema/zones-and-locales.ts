import type { Locale, TimeZone } from '../config.ts'
import { didYouMean } from '../did-you-mean.ts'
import { Refused, text } from './leaf.ts'

const ZONE_WANTED = 'an IANA time zone such as Europe/Athens, or UTC'

/** Offsets and abbreviations (EST) know nothing of summer time: a schedule in one is wrong half of the year. */
const ZONE = /^(?!Etc\/GMT[+-])[A-Za-z_]+\/[A-Za-z0-9_+/-]+$/u

function isZone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function nearZone(value: string): string | undefined {
  const zones = Intl.supportedValuesOf('timeZone')
  const city = value.toLowerCase().replaceAll(' ', '_')
  const near = zones.find((zone) => zone.toLowerCase().endsWith(`/${city}`)) ?? didYouMean(value, zones)
  return near === undefined ? undefined : `did you mean ${near}?`
}

export const timeZone = text<TimeZone>(
  ZONE_WANTED,
  (value) => {
    if (value === 'UTC') return value
    if (ZONE.test(value) && isZone(value)) return value
    const hint = nearZone(value)
    return new Refused(
      hint === undefined ? { hint: 'offsets and abbreviations such as +02:00 or EST know no summer time' } : { hint },
    )
  },
  { examples: ['Europe/Athens', 'UTC'] },
)

/** Names of languages in English; undefined for a code that no register holds, such as `english` or `xx`. */
const NAMES = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })

function canonical(value: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(value)[0]
  } catch {
    return undefined
  }
}

export const locale = text<Locale>(
  'a language tag such as en, el, de-AT or zh-Hant',
  (value) => {
    const tag = canonical(value)
    if (tag !== undefined && NAMES.of(tag) !== undefined) return tag
    const dashed = canonical(value.replaceAll('_', '-'))
    return dashed !== undefined && dashed !== tag && NAMES.of(dashed) !== undefined
      ? new Refused({ hint: `did you mean ${dashed}?` })
      : undefined
  },
  { examples: ['en', 'el', 'zh-Hant'] },
)
