import { SIMPLIFIED, TRADITIONAL } from './han.ts'

const MIN_LETTERS = 8 // fewer are a name or a greeting, in whatever language
const MAX_LOOKED_AT = 8_000 // characters of the text; the language is told by the beginning
/** Share of all letters that must be in the script: foreign names, products and a signature may stand beside. */
const MIN_SHARE = 0.5
/** Share of kana among Japanese letters; a Chinese text with a fashionable の in it has far less. */
const MIN_KANA_SHARE = 0.1
/** Characters of one Chinese script that must be there, and how many times as many as of the other. */
const MIN_MARKS = 2
const MARKS_RATIO = 4

/** Scripts in which people of today write one language. */
const SCRIPTS: readonly (readonly [script: RegExp, language: string])[] = [
  [/\p{Script=Greek}/gu, 'el'],
  [/\p{Script=Hangul}/gu, 'ko'],
  [/\p{Script=Thai}/gu, 'th'],
  [/\p{Script=Georgian}/gu, 'ka'],
  [/\p{Script=Armenian}/gu, 'hy'],
]

/**
 * The language of a text where its script leaves no doubt: Greek, Korean, Japanese, Chinese in either script and a few
 * more. Latin, Cyrillic, Arabic and Hebrew letters serve several languages and tell nothing.
 * @returns a BCP 47 tag, or undefined
 */
export function languageOf(text: string): string | undefined {
  // most mail is in Latin letters; U+0370 is the first Greek one, and the first that could tell anything
  if (!/[\u0370-\uFFFF]/u.test(text)) return undefined
  const own = ownWords(text.slice(0, MAX_LOOKED_AT))
  const letters = count(own, /\p{L}/gu)
  if (letters < MIN_LETTERS) return undefined
  const enough = letters * MIN_SHARE
  const found = SCRIPTS.find(([script]) => count(own, script) >= enough)
  if (found !== undefined) return found[1]
  const kana = count(own, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu)
  const han = count(own, /\p{Script=Han}/gu)
  if (kana + han < enough) return undefined
  return kana >= (kana + han) * MIN_KANA_SHARE ? 'ja' : chineseOf(own)
}

function count(text: string, characters: RegExp): number {
  return text.match(characters)?.length ?? 0
}

function chineseOf(text: string): string | undefined {
  let traditional = 0
  let simplified = 0
  for (const one of text) {
    if (TRADITIONAL.has(one)) traditional += 1
    else if (SIMPLIFIED.has(one)) simplified += 1
  }
  if (traditional >= Math.max(MIN_MARKS, simplified * MARKS_RATIO)) return 'zh-Hant'
  if (simplified >= Math.max(MIN_MARKS, traditional * MARKS_RATIO)) return 'zh-Hans'
  return undefined
}

/** Where a signature or a quoted letter begins: RFC 3676 4.3, and the rules that Outlook and others draw. */
const END_OF_OWN = /^(?:-- ?$|[-_]{5,})/u

/** Without quoted lines and letters, links and addresses: they are somebody else's words, or nobody's. */
function ownWords(text: string): string {
  const lines = text.split('\n')
  const end = lines.findIndex((line, index) => index > 0 && END_OF_OWN.test(line))
  return (end < 0 ? lines : lines.slice(0, end))
    .filter((line) => !/^\s{0,3}>/u.test(line))
    .flatMap((line) => line.split(/\s+/u))
    .filter((word) => !/:\/\/|@|^www\./iu.test(word))
    .join(' ')
}
