import { type Address, domainOf, localOf } from '../mail/address.ts'
import type { Field } from '../mail/message.ts'
import { mailboxOf, reversePathOf } from '../mail/reverse-path.ts'
import type { AddressPlace, ClassifyContext, Letter, Look, Sighting, ValueTest } from './sign-row.ts'
import { tokensOf, withoutComments } from './values.ts'

/** Fields of a header section that are looked at; a person's mail has some dozens. */
const MAX_FIELDS = 2_000
const MAX_SUBJECT = 500 // characters; patterns look at the beginning only
/** Characters at the beginning and at the end of the text that are searched for phrases. */
const TEXT_MARGIN = 4_000
const PLAIN_NO = ['no', 'false', '0', 'none', 'off']

/** Follows one row of the table. @returns the first sighting, or undefined */
export function sighted(look: Look, letter: Letter, context: ClassifyContext): Sighting | undefined {
  switch (look.kind) {
    case 'field':
      return inFields(look.names, look.test, letter.message.fields)
    case 'local-part':
      return inAddresses(look, (one) => localOf(one).toLowerCase(), letter)
    case 'domain':
      return inAddresses(look, domainOf, letter)
    case 'display-name': {
      const found = letter.message.from.find((one) => look.pattern.test(one.name.trim()))
      return found === undefined ? undefined : { where: 'from', value: found.name }
    }
    case 'subject': {
      const { subject } = letter.message
      return look.pattern.test(subject.slice(0, MAX_SUBJECT)) ? { where: 'subject', value: subject } : undefined
    }
    case 'text': {
      const text = searched(letter.message.text)
      const phrase = look.phrases.find((one) => text.includes(one))
      return phrase === undefined ? undefined : { where: 'text', value: phrase }
    }
    case 'letter':
      return look.find(letter, context)
    default:
      return look satisfies never
  }
}

function inFields(names: readonly string[], test: ValueTest, fields: readonly Field[]): Sighting | undefined {
  const field = fields
    .slice(0, MAX_FIELDS)
    .find((one) => names.some((name) => named(name, one.name)) && holds(test, one.value))
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

function searched(text: string): string {
  const margins =
    text.length <= 2 * TEXT_MARGIN ? text : `${text.slice(0, TEXT_MARGIN)} ${text.slice(text.length - TEXT_MARGIN)}`
  return margins.toLowerCase().replace(/\s+/gu, ' ')
}
