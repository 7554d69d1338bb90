const ASCII = /^[\x20-\x7e\s]*$/u
/** Accents of Latin, Greek and Cyrillic letters; marks of other scripts are letters there and stay. */
const ACCENTS = /[\u0300-\u036f]/gu

/**
 * Text as phrases are compared: lower case, without accents (many programs and people leave them out), one blank for
 * any number of them, straight apostrophes, half-width punctuation.
 */
export function foldedText(text: string): string {
  const plain = text.toLowerCase()
  return (ASCII.test(plain) ? plain : withoutAccents(plain))
    .replace(/[’‘`´]/gu, "'")
    .replace(/\s+/gu, ' ')
    .trim()
}

/** The same letters without accents, full-width ones as half-width. For patterns, too: it changes nothing in ASCII. */
export function withoutAccents(text: string): string {
  return text.normalize('NFKD').replace(ACCENTS, '').normalize('NFC')
}
