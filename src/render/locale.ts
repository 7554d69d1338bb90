const RIGHT_TO_LEFT: ReadonlySet<string> = new Set([
  'Adlm',
  'Arab',
  'Hebr',
  'Mand',
  'Nkoo',
  'Rohg',
  'Samr',
  'Syrc',
  'Thaa',
])

export type Direction = 'ltr' | 'rtl'

/** The tag in canonical case (BCP 47), or undefined where it is none. */
export function canonicalLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch {
    return undefined
  }
}

/** Which way the script of a locale runs. */
export function directionOf(locale: string): Direction {
  const script = new Intl.Locale(locale).maximize().script
  return script !== undefined && RIGHT_TO_LEFT.has(script) ? 'rtl' : 'ltr'
}

/**
 * Where to look for a text, best first: the locale itself, less and less of it, the same language in its likely
 * script (`zh-TW` finds `zh-Hant`, never `zh-Hans`), and last the default.
 */
export function localeChain(locale: string, defaultLocale: string): readonly string[] {
  const canonical = canonicalLocale(locale)
  const wanted = canonical === undefined ? [] : [...shortened(canonical), ...likely(canonical)]
  return [...new Set([...wanted, ...shortened(defaultLocale), defaultLocale])]
}

function shortened(locale: string): readonly string[] {
  const parts = locale.split('-')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'))
}

function likely(locale: string): readonly string[] {
  const { language, script, region } = new Intl.Locale(locale).maximize()
  return script === undefined
    ? [language]
    : [`${language}-${script}-${region ?? ''}`, `${language}-${script}`, language]
}
