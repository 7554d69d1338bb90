import { type Address, parseAddress } from '../mail/address.ts'
import type { Correspondent } from '../mail/message.ts'
import { addressTokens } from './address-tokens.ts'
import { MAX_MAILBOXES, NAME_CHARACTERS } from './bounds.ts'
import { readable } from './encoded-words.ts'

export type AddressList = {
  readonly correspondents: readonly Correspondent[]
  /** Mailboxes written, whether usable or not. */
  readonly mailboxes: number
}

/** One mailbox while it is being read. */
type Draft = {
  /** The display name as written, quotes off. */
  phrase: string
  /** Text outside angle brackets, quotes on: the address where there are no brackets. */
  bare: string
  angle: string | undefined
  angles: number
  open: boolean
  comment: string
}

/**
 * The mailboxes of an address field (RFC 5322 3.4, 4.4): display names, quoted strings, comments, groups, obsolete routes.
 * Encoded words are decoded in display names only; nothing that is encoded, quoted or a comment ever becomes an address.
 * A word without `@`, as in an unquoted `Lee, Ann <ann@x.example>`, belongs to the name that follows.
 * @param value of one field, unfolded; its first MAX_MAILBOXES mailboxes are read
 */
export function correspondentsOf(value: string): AddressList {
  const correspondents: Correspondent[] = []
  let mailboxes = 0
  let draft = emptyDraft('')
  const close = (): void => {
    if (draft.angles === 0 && !draft.bare.includes('@')) {
      const words = draft.phrase.length > NAME_CHARACTERS ? '' : draft.phrase.trim()
      draft = emptyDraft(words === '' ? '' : `${words}, `)
      return
    }
    mailboxes += 1
    const address = addressOf(draft)
    if (address !== undefined) correspondents.push({ address, name: nameOf(draft) })
    draft = emptyDraft('')
  }
  for (const token of addressTokens(value)) {
    if (token.kind === 'comment') {
      if (!draft.open) draft.comment = token.text
      append(draft, ' ', ' ')
    } else if (token.kind === 'quoted') append(draft, token.raw, token.text)
    else if (token.kind === 'text') append(draft, token.text, token.text)
    else if (token.text === '<') openAngle(draft)
    else if (token.text === '>') draft.open = false
    else if (draft.open) draft.angle += token.text
    else if (token.text === ':') {
      if (draft.angles === 0) draft = emptyDraft('') // the name of a group
    } else {
      close()
      if (token.text === ';') draft = emptyDraft('')
      if (mailboxes >= MAX_MAILBOXES) break
    }
  }
  close()
  return { correspondents, mailboxes }
}

function emptyDraft(phrase: string): Draft {
  return { phrase, bare: '', angle: undefined, angles: 0, open: false, comment: '' }
}

function append(draft: Draft, raw: string, text: string): void {
  if (draft.open) draft.angle += raw
  else {
    draft.bare += raw
    // what follows the address is no part of the name
    if (draft.angles === 0) draft.phrase += text
  }
}

function openAngle(draft: Draft): void {
  draft.angles += 1
  draft.open = true
  draft.angle = ''
}

/** Two pairs of brackets, or one that never closes, name nobody: readers disagree on whom. */
function addressOf(draft: Draft): Address | undefined {
  if (draft.angles > 1 || draft.open) return undefined
  const written = draft.angle ?? draft.bare
  const spec = written.trimStart().startsWith('@') ? written.slice(written.indexOf(':') + 1) : written
  // blanks around the dots and the @ are obsolete, but allowed (RFC 5322 4.4)
  const tight = spec
    .split(/([@.])/u)
    .map((piece) => piece.trim())
    .join('')
  return tight.includes('=?') ? undefined : parseAddress(tight)
}

function nameOf(draft: Draft): string {
  const written = draft.angles === 0 ? draft.comment : draft.phrase.trim() === '' ? draft.comment : draft.phrase
  return readable(written, NAME_CHARACTERS).text
}
