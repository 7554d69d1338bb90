import { codePoints, cutAt } from './cut.ts'

/**
 * What a stranger can make us say (DESIGN 4, end). A notice goes to whoever stands in From, true or forged, so all that a
 * sender wrote and we repeat is what a spammer can have us deliver: no address, link or number to call gets through.
 */

const MAX_SUBJECT = 78 // characters, DESIGN 4; the line length of RFC 5322 2.1.1
/** Characters of a subject that are looked at; the rest would be cut anyway. */
export const MAX_SUBJECT_READ = 1_000

const REPLY_WORDS =
  're|aw|antw|antwort|sv|vs|vb|rif|fwd?|wg|tr|rv|res|enc|odp|pd|ynt|ilt|i|r|bls|trs|απ|σχετ|πρθ|отв|пересл|回复|回覆|答复|答覆|转发|轉寄|轉發|返信|転送|답장|회신|전달'
/** What notices of ours and of others begin with, in the languages of Outlook: it comes back in the answers of people. */
const AUTOMATIC_WORDS =
  'automatic reply|auto(?:matic)? response|autoreply|automatische antwort|réponse automatique|respuesta automática|risposta automatica|automatisch antwoord|resposta automática|autosvar|automatiskt svar|automatisk svar|automaattinen vastaus|automatyczna odpowiedź|automatická odpověď|automatikus válasz|răspuns automat|автоматический ответ|автоответ|αυτόματη απάντηση|otomatik yanıt|自动回复|自動回覆|自動応答|자동 회신'
/** `Re:` and its like in the languages of mail programs, with a counter (`Re[2]:`, `AW (3):`) and a full-width colon. */
export const REPLY_MARK = new RegExp(
  `^(?:(?:${REPLY_WORDS}|${AUTOMATIC_WORDS})(?: ?[[(]\\d{1,3}[\\])])?|re\\^\\d{1,3}) ?[:：] ?`,
  'iu',
)

const TAG = /\[ ?[#＃] ?[\p{L}\p{N}_-]{1,41} ?\]/giu
const EMAIL = /[^\s<>()[\]"',;:@]{1,64}[@＠][^\s<>()[\]"',;@]{1,255}/gu
const URL_WITH_SCHEME =
  /(?:(?:[a-z][a-z0-9+.-]{0,20})?:\/\/|(?:mailto|tel|sms|callto|skype|javascript):|www\d?[.．])[^\s<>"]*/giu
/** Labels with a dot between them and a last one of letters, as a mail program would turn into a link; a path may follow. */
const DOMAIN =
  /[\p{L}\p{M}\p{N}_-]{1,63}(?:[.．｡․][\p{L}\p{M}\p{N}_-]{1,63}){0,10}[.．｡․](?:xn--[a-z0-9-]{2,59}|[\p{L}\p{M}]{2,63})(?:[:/?#][^\s<>"]*)?/giu
/** Chinese and Japanese full stops are dots to a browser only between Latin letters; elsewhere they end sentences. */
const WIDE_STOP = /(?<=[a-z0-9-])。(?=[a-z0-9-])/giu
const IP_ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b(?:[:/][^\s<>"]*)?/gu
/** A run of digits and what people put between them. */
const NUMBER = /[+＋(]{0,2}\p{Nd}[\p{Nd} ()./·‐-―-]{4,40}\p{Nd}/gu
const PHONE_DIGITS = 7 // the shortest number that reaches somebody abroad or in a large town
const DATE = /^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})$/u

/**
 * The sender's subject as it may be repeated: reply prefixes and ticket tags off, invisible characters out, at most 78
 * characters, cut at a word. Unless authenticated also without links, domains, addresses and telephone numbers.
 * @param authenticated DMARC passed, so that From is who wrote it
 * @param ownPrefixes what our own notices put before a subject: stacked up, they would look like a loop
 * @returns '' where nothing readable is left
 */
export function safeSubject(subject: string, authenticated: boolean, ownPrefixes: readonly string[] = []): string {
  const visible = oneLine(readable(subject.slice(0, MAX_SUBJECT_READ)).replace(TAG, ' '))
  const plain = withoutPrefixes(authenticated ? visible : withoutContacts(visible), ownPrefixes)
  return /[\p{L}\p{N}]/u.test(plain) ? cutAt(plain, MAX_SUBJECT) : ''
}

/** Visible characters: no controls, no bidi or zero-width characters, no surrogates, no letters that show nothing. */
function readable(text: string): string {
  return text
    .replace(/[\s\p{Z}]+/gu, ' ')
    .replace(/[\p{C}\uFFFC\uFFFD\u115F\u1160\u3164\uFFA0\u2800]/gu, '')
    .normalize('NFC')
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Z}]+/gu, ' ').trim()
}

/** Each piece leaves a blank behind, so that what stood around it cannot grow together into a new one. */
function withoutContacts(text: string): string {
  const bare = text
    .replace(WIDE_STOP, '.')
    .replace(EMAIL, ' ')
    .replace(URL_WITH_SCHEME, ' ')
    .replace(DOMAIN, ' ')
    .replace(IP_ADDRESS, ' ')
    .replace(NUMBER, (run) => (isPhone(run) ? ' ' : run))
  const closed = bare.replace(/[([{<"'“„«][\s.,;:/-]*[)\]}>"'”»]/gu, ' ')
  // never before a dot, which would join `evil .com` to a domain
  return oneLine(closed).replace(/ (?=[)\]},;!?])/gu, '')
}

function isPhone(run: string): boolean {
  const digits = run.match(/\p{Nd}/gu)?.length ?? 0
  return digits >= PHONE_DIGITS && !DATE.test(run.trim())
}

function withoutPrefixes(text: string, own: readonly string[]): string {
  const prefixOf = (rest: string): number =>
    REPLY_MARK.exec(rest)?.[0].length ?? own.find((one) => one !== '' && begins(rest, one))?.length ?? 0
  let rest = text.replace(/^[\s:：,;|-]+/u, '')
  for (let length = prefixOf(rest); length > 0; length = prefixOf(rest)) {
    rest = rest.slice(length).replace(/^[\s:：,;|-]+/u, '')
  }
  return rest.replace(/[\s:：,;|-]+$/u, '')
}

function begins(text: string, words: string): boolean {
  return text.slice(0, words.length).toLowerCase() === words.toLowerCase()
}

const MAX_NAME = 40 // characters, DESIGN 4
const MAX_NAME_WORDS = 5
/** Letters with at most two marks each, joined by `'` or `-`; a dot ends a word, or stands between single initials. */
const NAME_WORD = /^(?:(?:\p{L}\p{M}{0,2}\.-?){1,4}|(?:\p{L}\p{M}{0,2})+(?:['-](?:\p{L}\p{M}{0,2})+){0,3}'?\.?)$/u

/**
 * The display name as a greeting, where it looks like a name: at most 40 characters and 5 words of letters, blanks,
 * `.`, `'` and `-`, and nothing that a mail program would turn into a link.
 * @returns '' otherwise, for the neutral greeting
 */
export function customerName(name: string): string {
  if (name.length > 4 * MAX_NAME) return ''
  const plain = name
    .normalize('NFC')
    .replace(/[’ʼ＇]/gu, "'")
    .replace(/[ \u00A0\u3000]+/gu, ' ')
    .trim()
  const words = plain.split(' ')
  if (codePoints(plain) > MAX_NAME || words.length > MAX_NAME_WORDS) return ''
  return /\p{L}/u.test(plain) && words.every((word) => NAME_WORD.test(word)) ? plain : ''
}
