/** What is known of the language to answer in; tags are BCP 47, and may be the sender's nonsense. */
type LocaleEvidence = {
  /** The language this correspondent was found to write in before. */
  readonly remembered: string | undefined
  /** The language of the text, where it is beyond doubt. */
  readonly detected: string | undefined
  /** Content-Language as written: tags separated by commas. */
  readonly contentLanguage: string | undefined
  /** Locales the mailbox offers, best first. */
  readonly offered: readonly string[]
  readonly fallback: string
}

const MAX_TAGS = 10 // of one Content-Language
const MAX_TAG = 35 // characters; RFC 5646 4.4.1

/**
 * The offered locale to write in: that of the strongest evidence which any offered locale meets (DESIGN 4.11), else the
 * fallback. `el-GR` is met by `el`; Chinese goes by script, so that `zh-TW` and `zh-HK` are met by `zh-Hant`, `zh-CN`
 * by `zh-Hans`, and one never by the other.
 */
export function chooseLocale({ remembered, detected, contentLanguage, offered, fallback }: LocaleEvidence): string {
  const written = (contentLanguage ?? '')
    .slice(0, MAX_TAGS * MAX_TAG)
    .split(',')
    .slice(0, MAX_TAGS)
  for (const tag of [remembered, detected, ...written]) {
    const met = tag === undefined ? undefined : meeting(tag, offered)
    if (met !== undefined) return met
  }
  return fallback
}

type Read = { readonly tag: string; readonly language: string; readonly script: string | undefined }

function read(text: string): Read | undefined {
  const tag = text.trim().replaceAll('_', '-')
  if (tag === '' || tag.length > MAX_TAG) return undefined
  try {
    const locale = new Intl.Locale(tag)
    return { tag: locale.toString(), language: locale.language, script: locale.maximize().script }
  } catch {
    return undefined // not a language tag: no evidence
  }
}

/**
 * The same tag, else the longest offered one that it begins with, else one of the same language and script. A bare
 * language whose script nobody told is met by any script rather than by a foreign language.
 */
function meeting(wanted: string, offered: readonly string[]): string | undefined {
  const want = read(wanted)
  if (want === undefined || want.language === 'und') return undefined
  const alike = offered.flatMap((text) => {
    const one = read(text)
    return one?.language === want.language && one.script === want.script ? [{ text, tag: one.tag }] : []
  })
  const exact = alike.find((one) => one.tag === want.tag)
  const general = alike
    .filter((one) => want.tag.startsWith(`${one.tag}-`))
    .reduce<{ text: string; tag: string } | undefined>(
      (best, one) => (best === undefined || one.tag.length > best.tag.length ? one : best),
      undefined,
    )
  const bare = want.tag === want.language ? offered.find((text) => read(text)?.language === want.language) : undefined
  return (exact ?? general ?? alike[0])?.text ?? bare
}
