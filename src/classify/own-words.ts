import type { Message } from '../mail/message.ts'
import { foldedText } from './folding.ts'

/**
 * What the sender wrote, without what they quote or forward: phrases count only there, because customers answer our
 * notices, forward bounces and ask about newsletters.
 */
export type OwnWords = {
  /** Folded; the beginning and the end of the text, '' where nothing is the sender's own. */
  readonly text: string
  /** Folded: the first words, where templates say how to see them in a browser. */
  readonly opening: string
}

/** Characters at the beginning and at the end of the text that are searched for phrases. */
const TEXT_MARGIN = 4_000
const OPENING = 400 // characters; a pre-header line and the link to the web version
const MAX_LINE = 300 // characters; an attribution line is shorter

/** `Fwd:` and its kin in the languages of the common mail programs: the text below is another's. */
const FORWARDED = /^\s{0,9}(?:fwd?|wg|tr|rv|enc|doorst|vb|vs|i|πρθ|μτθ|пер(?:есл)?|转发|轉寄|転送|전달)\s?[:：]/iu

const SAYS = [
  'wrote',
  'writes',
  'schrieb(?: am .{1,80})?',
  'a écrit',
  'escribió',
  'va escriure',
  'ha scritto',
  'schreef(?: op .{1,80})?',
  'escreveu',
  'skrev(?: .{1,80})?',
  'kirjoitti',
  'napisał(?:\\(?a\\)?)?',
  'napsal(?:\\(?a\\)?)?',
  'napísal(?:\\(?a\\)?)?',
  'írta',
  'a scris',
  'пише',
  'пишет',
  'написал(?:\\(?а\\)?)?',
  'έγραψε',
  'yazdı',
  '写道',
  '寫道',
].join('|')
const ATTRIBUTION = new RegExp(`(?:${SAYS})\\s?[:：]$`, 'iu')

const WORDS_OF_QUOTES = [
  'original (?:message|appointment)',
  'forwarded (?:message|by .{1,80})',
  '(?:ursprüngliche|weitergeleitete) nachricht',
  'original-nachricht',
  "message (?:d'origine|original|transféré)",
  'courriel original',
  'mensaje (?:original|reenviado)',
  'mensagem (?:original|encaminhada)',
  'messaggio (?:originale|inoltrato)',
  '(?:oorspronkelijk|doorgestuurd) bericht',
  '(?:ursprungligt|vidarebefordrat) meddelande',
  '(?:oprindelig|videresendt) (?:meddelelse|melding)',
  'alkuperäinen viesti',
  '(?:oryginalna|przekazana) wiadomość|wiadomość oryginalna',
  'původní zpráva',
  'eredeti üzenet',
  'исходное сообщение',
  'пересылаемое сообщение',
  'αρχικό μήνυμα',
  'προωθημένο μήνυμα',
  'orijinal (?:ileti|mesaj)',
  '原始邮件',
  '原始郵件',
  '转发邮件',
].join('|')
const DIVIDER = new RegExp(`^-{2,30}\\s?(?:${WORDS_OF_QUOTES})\\s?(?:-{2,30})?$`, 'iu')
const BEGIN_FORWARDED =
  /^(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht)\s?[:：]?$/iu

/** The header of the quoted letter that Outlook and others repeat: a From line, soon followed by a date or addressee. */
const REPEATED_FROM =
  /^\W{0,3}(?:from|von|de|da|van|från|fra|lähettäjä|od|feladó|от|від|από|kimden|发件人|寄件者|差出人|보낸 사람)\s?\W{0,3}[:：]/iu
const REPEATED_NEXT =
  /^\W{0,3}(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|fecha|para|asunto|inviato|data|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne|lähetetty|wysłano|do|temat|odesláno|отправлено|дата|кому|тема|ημερομηνία|αποστολή|στάλθηκε|προς|θέμα|gönderme tarihi|kime|发送时间|收件人|寄件日期|收件者|送信日時|宛先)\s?\W{0,3}[:：]/iu
const HEADER_LINES = 3 // lines after the From line, one of which names the date or the addressee

/** Reads the sender's own words out of a message, once for all signs. */
export function ownWordsOf({ subject, text }: Message): OwnWords {
  if (FORWARDED.test(subject)) return { text: '', opening: '' }
  const own = unquoted(text)
  const margins =
    own.length <= 2 * TEXT_MARGIN ? own : `${own.slice(0, TEXT_MARGIN)} ${own.slice(own.length - TEXT_MARGIN)}`
  const folded = foldedText(margins)
  return { text: folded, opening: folded.slice(0, OPENING) }
}

function unquoted(text: string): string {
  const lines = text.split('\n')
  const own: string[] = []
  for (const [at, line] of lines.entries()) {
    const bare = line.trim()
    if (bare.startsWith('>') || bare.startsWith('|')) continue
    if (bare.length <= MAX_LINE && bare !== '' && opensQuote(bare, lines, at)) break
    own.push(bare)
  }
  return own.join('\n')
}

function opensQuote(line: string, lines: readonly string[], at: number): boolean {
  if (ATTRIBUTION.test(line) || DIVIDER.test(line) || BEGIN_FORWARDED.test(line)) return true
  if (!REPEATED_FROM.test(line)) return false
  return lines.slice(at + 1, at + 1 + HEADER_LINES).some((next) => REPEATED_NEXT.test(next.trim().slice(0, MAX_LINE)))
}
