import type { Authentication } from '../mail/authentication.ts'
import type { Envelope } from '../mail/envelope.ts'
import type { Message } from '../mail/message.ts'
import type { NatureKind, SignClass } from '../mail/nature.ts'

/** What classify looks at. */
export type Letter = {
  readonly envelope: Envelope
  readonly message: Message
  readonly authentication: Authentication
}

/** What we know beforehand: who we are, whom we trust, and the operator's exemptions. */
export type ClassifyContext = {
  /** Folded: every mailbox, alias and bounce address of ours; never a bare domain. */
  readonly ownAddresses: ReadonlySet<string>
  /** Folded. */
  readonly agents: ReadonlySet<string>
  /** The client lies in a trusted network, so that its word on who wrote counts. */
  readonly trustedPeer: boolean
  /** True where the Message-ID carries our token and its MAC verifies. */
  isOwnMessageId(id: string): boolean
  /** Value of our loop header `X-Replyd-Loop`; several names that are valid at once are separated by blanks. */
  readonly instance: string
  /** Globs over whole addresses: From is answered in spite of strong and weak signs, never in spite of hard ones. */
  readonly alwaysAnswer: readonly string[]
  /** Codes of strong and weak signs that are left out; a hard sign cannot be switched off. */
  readonly signsOff: ReadonlySet<string>
  /**
   * How many leading header fields were written by hosts we trust: what a filter said is believed only there, because
   * anybody may write such a field below. Infinity where the hops are unknown (a stored file).
   */
  readonly trustedFields: number
  /** Folded addresses of web forms (`forms[].from`) whose Reply-To is the customer: a person though they may be ours. */
  readonly forms: ReadonlySet<string>
  /** Signs that mail services stamp on people's mail as well say nothing about somebody who is in a ticket with us. */
  readonly correspondent: 'unknown' | 'has-open-ticket'
  /** Words that our own notices put before a subject, e.g. `Automatic reply:`: twice in one subject is a loop. */
  readonly ownPrefixes: readonly string[]
}

/** Where something was seen and what stood there. */
export type Sighting = { readonly where: string; readonly value: string }

/**
 * Kinds of evidence. Two weak signs count together only when they are of different families, because the headers of a
 * mail service and its bounce address are one observation, not two.
 */
export type Family =
  | 'envelope' // who it is from and to by SMTP
  | 'field' // what a program wrote into the header of its own accord
  | 'relay' // what a mail service or server stamps on everything
  | 'sender' // the name and address in From
  | 'subject'
  | 'opening' // the first words of the text
  | 'text'
  | 'structure' // the tree of parts

/** How a field value is judged; comments (RFC 5322 3.2.2) are removed first, case never counts. */
export type ValueTest =
  /** Anything but blanks. */
  | { readonly kind: 'present' }
  /** Anything but blanks and a plain no: `no`, `false`, `0`, `none`, `off`. */
  | { readonly kind: 'affirmed' }
  /** The first token is another one than this word. */
  | { readonly kind: 'keyword-other-than'; readonly word: string }
  /** One of the tokens (separated by blanks, commas or semicolons) is one of these words. */
  | { readonly kind: 'token'; readonly oneOf: readonly string[] }
  /** The whole value, blanks at its ends removed. Patterns are anchored and linear. */
  | { readonly kind: 'pattern'; readonly pattern: RegExp }

export type AddressPlace = 'from' | 'sender' | 'reply-to' | 'reverse-path'

/** Where a row looks, and what must stand there. */
export type Look =
  /**
   * Header fields by lower-case name; a name that ends in `*` stands for all that begin so.
   * `by: 'trusted-hops'` looks only at the fields that hosts we trust wrote.
   */
  | {
      readonly kind: 'field'
      readonly names: readonly string[]
      readonly test: ValueTest
      readonly by?: 'trusted-hops'
    }
  /** The whole local part of an address, lower case. */
  | { readonly kind: 'local-part'; readonly of: readonly AddressPlace[]; readonly pattern: RegExp }
  /** The whole domain of an address, lower case. */
  | { readonly kind: 'domain'; readonly of: readonly AddressPlace[]; readonly pattern: RegExp }
  /** The labels of a domain below its organisation's (`news` of news.acme.example), lower case, joined by dots. */
  | { readonly kind: 'host'; readonly of: readonly AddressPlace[]; readonly pattern: RegExp }
  | { readonly kind: 'display-name'; readonly pattern: RegExp }
  /** The subject as `foldedText` gives it: patterns are written without accents and capitals. */
  | { readonly kind: 'subject'; readonly pattern: RegExp }
  /** Phrases in the sender's own words (`OwnWords`), folded at load like the text. */
  | { readonly kind: 'text' | 'opening'; readonly phrases: readonly string[] }
  /** What no table can say: the tree of parts, the envelope, our own marks. */
  | { readonly kind: 'letter'; readonly find: (letter: Letter, context: ClassifyContext) => Sighting | undefined }

/** One line of the table of signs: adding a sign is adding a line and a mail to the tests. */
export type SignRow = {
  readonly code: string
  readonly class: SignClass
  readonly family: Family
  readonly look: Look
  readonly source: string
  readonly shows: NatureKind
  /** Of a weak sign: families and codes that can bear it out, where not any other family can. */
  readonly borneOutBy?: readonly string[]
  /** Of a deciding sign: what it shows no more where another one shows this. */
  readonly yieldsTo?: NatureKind
  /** Mail services stamp this on letters of people as well: it says nothing about a web form or an open ticket. */
  readonly mailService?: true
}
