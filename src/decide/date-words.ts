/** Languages that notices of other systems come in; every further one costs a millisecond, once. */
const LANGUAGES: readonly string[] = 'en de fr es it nl pt sv da nb fi pl cs hu ro ru uk el tr ja ko zh ar he'.split(
  ' ',
)
const PARTS: readonly string[] = ['weekday', 'month', 'dayPeriod']
const HAN = /\p{Script=Han}/u

let known: ReadonlySet<string> | undefined

/** Names of months, days and halves of a day (CLDR), in lower case; in Chinese and Japanese each of their characters. */
export function dateWords(): ReadonlySet<string> {
  known ??= new Set(LANGUAGES.flatMap((language) => [...namesIn(language, 'long'), ...namesIn(language, 'short')]))
  return known
}

function namesIn(language: string, style: 'long' | 'short'): readonly string[] {
  const format = new Intl.DateTimeFormat(language, {
    weekday: style,
    day: 'numeric',
    month: style,
    hour: 'numeric',
    hour12: true,
    timeZone: 'UTC',
  })
  // twelve dates that have every month, every weekday and both halves of a day among them
  return Array.from({ length: 12 }, (_, month) => Date.UTC(2026, month, month + 1, 2 * month))
    .flatMap((at) => format.formatToParts(at).filter((part) => PARTS.includes(part.type)))
    .flatMap(
      (part) =>
        part.value
          .normalize('NFKC')
          .toLowerCase()
          .match(/[\p{L}\p{M}]+/gu) ?? [],
    )
    .flatMap((word) => (HAN.test(word) ? Array.from(word) : [word]))
}
