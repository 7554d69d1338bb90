import { type Address, domainOf, localOf } from '../mail/address.ts'
import type { Field } from '../mail/message.ts'
import { organisationOf } from '../mail/organisation.ts'
import { mailboxOf, reversePathOf } from '../mail/reverse-path.ts'
import { foldedText } from './folding.ts'
import { type OwnWords, ownWordsOf } from './own-words.ts'
import type { AddressPlace, ClassifyContext, Letter, Look, Sighting, ValueTest } from './sign-row.ts'
import { tokensOf, withoutComments } from './values.ts'

/** Fields of a header section that are looked at; a person's mail has some dozens. */
const MAX_FIELDS = 2_000
const MAX_SUBJECT = 500 // characters; patterns look at the beginning only
const PLAIN_NO = ['no', 'false', '0', 'none', 'off']

/** A letter with what several rows want to know of it, worked out once. */
export type Reading = {
  readonly letter: Letter
  readonly context: ClassifyContext
  readonly own: OwnWords
  /** Folded, cut. */
  readonly subject: string
  readonly fields: readonly Field[]
  /** Those of them that hosts we trust wrote. */
  readonly trustedFields: readonly Field[]
}

export function readingOf(letter: Letter, context: ClassifyContext): Reading {
  const { message } = letter
  const fields = message.fields.slice(0, MAX_FIELDS)
  return {
    letter,
    context,
    own: ownWordsOf(message),
    subject: foldedText(message.subject.slice(0, MAX_SUBJECT)),
    fields,
    trustedFields: fields.slice(0, context.trustedFields),
  }
}

/** Follows one row of the table. @returns the first sighting, or undefined */
export function sighted(look: Look, reading: Reading): Sighting | undefined {
  const { letter, context } = reading
  switch (look.kind) {
    case 'field':
      return inFields(look, look.by === 'trusted-hops' ? reading.trustedFields : reading.fields)
    case 'local-part':
      return inAddresses(look, (one) => localOf(one).toLowerCase(), letter)
    case 'domain':
      return inAddresses(look, domainOf, letter)
    case 'host':
      return inAddresses(look, hostOf, letter)
    case 'display-name': {
      const found = letter.message.from.find((one) => look.pattern.test(one.name.trim()))
      return found === undefined ? undefined : { where: 'from', value: found.name }
    }
    case 'subject':
      return look.pattern.test(reading.subject) ? { where: 'subject', value: letter.message.subject } : undefined
    case 'text':
    case 'opening': {
      const words = reading.own[look.kind]
      const phrase = look.phrases.find((one) => words.includes(one))
      return phrase === undefined ? undefined : { where: 'text', value: phrase }
    }
    case 'letter':
      return look.find(letter, context)
    default:
      return look satisfies never
  }
}

/** What stands before the organisation's domain; '' where nothing does. */
function hostOf(address: Address): string {
  const domain = domainOf(address)
  return domain.slice(0, Math.max(0, domain.length - organisationOf(domain).length - 1))
}

function inFields(
  { names, test }: { readonly names: readonly string[]; readonly test: ValueTest },
  fields: readonly Field[],
): Sighting | undefined {
  const field = fields.find((one) => names.some((name) => named(name, one.name)) && holds(test, one.value))
  return field === undefined ? undefined : { where: field.name, value: field.value }
}

function named(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function holds(test: ValueTest, value: string): boolean {
  switch (test.kind) {
    case 'present':
      return value.trim() !== ''
    case 'affirmed':
      return value.trim() !== '' && !PLAIN_NO.includes(tokensOf(value)[0] ?? '')
    case 'keyword-other-than':
      return tokensOf(value)[0] !== test.word
    case 'token':
      return tokensOf(value).some((token) => test.oneOf.includes(token))
    case 'pattern':
      return test.pattern.test(withoutComments(value))
    default:
      return test satisfies never
  }
}

function inAddresses(
  look: { readonly of: readonly AddressPlace[]; readonly pattern: RegExp },
  half: (address: Address) => string,
  letter: Letter,
): Sighting | undefined {
  for (const place of look.of) {
    const found = addressesAt(place, letter).find((one) => look.pattern.test(half(one)))
    if (found !== undefined) return { where: place, value: found }
  }
  return undefined
}

function addressesAt(place: AddressPlace, letter: Letter): readonly Address[] {
  const { message } = letter
  switch (place) {
    case 'from':
      return message.from.map((one) => one.address)
    case 'sender':
      return message.sender === undefined ? [] : [message.sender.address]
    case 'reply-to':
      return message.replyTo.map((one) => one.address)
    case 'reverse-path': {
      const path = mailboxOf(reversePathOf(letter))
      return path === undefined ? [] : [path]
    }
    default:
      return place satisfies never
  }
}
