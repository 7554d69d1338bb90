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

/**
 * The language of a text where its script leaves no doubt: Greek, Korean, Japanese, Chinese in either script. Latin,
 * Cyrillic and Arabic letters serve many languages and tell nothing.
 * @returns a BCP 47 tag, or undefined
 */
export function languageOf(text: string): string | undefined {
  // most mail is in Latin letters; U+0370 is the first Greek one, and the first that could tell anything
  if (!/[\u0370-\uFFFF]/u.test(text)) return undefined
  const own = ownWords(text.slice(0, MAX_LOOKED_AT))
  const letters = own.match(/\p{L}/gu)?.length ?? 0
  if (letters < MIN_LETTERS) return undefined
  const count = (script: RegExp): number => own.match(script)?.length ?? 0
  const enough = letters * MIN_SHARE
  if (count(/\p{Script=Greek}/gu) >= enough) return 'el'
  if (count(/\p{Script=Hangul}/gu) >= enough) return 'ko'
  const kana = count(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu)
  const han = count(/\p{Script=Han}/gu)
  if (kana + han < enough) return undefined
  if (kana >= (kana + han) * MIN_KANA_SHARE) return 'ja'
  return chineseOf(own)
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

/** Without quoted lines, links and addresses: they are somebody else's words, or nobody's. */
function ownWords(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s{0,3}>/u.test(line))
    .flatMap((line) => line.split(/\s+/u))
    .filter((word) => !/:\/\/|@|^www\./iu.test(word))
    .join(' ')
}
