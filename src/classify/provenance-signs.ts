import { folded, isAmong, NULL_PATH, type ReversePath } from '../mail/address.ts'
import type { NatureKind } from '../mail/nature.ts'
import { mailboxOf, reversePathOf } from '../mail/reverse-path.ts'
import { foldedText } from './folding.ts'
import { isForm } from './form.ts'
import type { ClassifyContext, Letter, Sighting, SignRow } from './sign-row.ts'
import { tokensOf } from './values.ts'

/** Where a message comes from: nobody, ourselves, the team, or once too often round. */

const MAX_HOPS = 100 // Received fields; RFC 5321 6.3: a large threshold, normally at least 100

function nullSender(letter: Letter): Sighting | undefined {
  if (reversePathOf(letter) !== NULL_PATH) return undefined
  return { where: letter.envelope.reversePath === NULL_PATH ? 'envelope' : 'return-path', value: NULL_PATH }
}

function ownAddress(letter: Letter, context: ClassifyContext): Sighting | undefined {
  const { message, envelope } = letter
  if (isForm(message, context)) return undefined
  const places: readonly (readonly [string, ReversePath | undefined])[] = [
    ...message.from.map((one) => ['from', one.address] as const),
    ['sender', message.sender?.address],
    ['envelope', envelope.reversePath],
    ['return-path', message.returnPath],
  ]
  for (const [where, path] of places) {
    const address = mailboxOf(path)
    if (address === undefined) continue
    // a group or forwarder of ours writes itself into the reverse-path with a detail (`+bnc...`, `+SRS=`); we never do
    const isReturn = where === 'envelope' || where === 'return-path'
    const own = isReturn ? context.ownAddresses.has(folded(address)) : isAmong(context.ownAddresses, address)
    if (own) return { where, value: address }
  }
  return undefined
}

function ownMessageId({ message }: Letter, context: ClassifyContext): Sighting | undefined {
  const id = message.messageId
  return id !== undefined && context.isOwnMessageId(id) ? { where: 'message-id', value: id } : undefined
}

function ownLoop({ message }: Letter, context: ClassifyContext): Sighting | undefined {
  const ours = tokensOf(context.instance)
  const field = message.fields.find(
    (one) => one.name === 'x-replyd-loop' && tokensOf(one.value).some((token) => ours.includes(token)),
  )
  return field === undefined ? undefined : { where: field.name, value: field.value }
}

/** From is free text: an agent's address counts only where DMARC or the network vouches for it. */
function agent({ message, authentication }: Letter, context: ClassifyContext): Sighting | undefined {
  const [only, ...more] = message.from
  if (only === undefined || more.length > 0 || !context.agents.has(folded(only.address))) return undefined
  return authentication.dmarc === 'pass' || context.trustedPeer ? { where: 'from', value: only.address } : undefined
}

function hops({ message }: Letter): Sighting | undefined {
  const count = message.fields.reduce((sum, field) => (field.name === 'received' ? sum + 1 : sum), 0)
  return count > MAX_HOPS ? { where: 'received', value: `${count} hops` } : undefined
}

const MAX_SUBJECT = 500 // characters in which our prefixes are counted

/**
 * Our own words before the subject, twice or more: each round of a loop adds one. A person who answers our notice leaves
 * it at one. Places count, not which of the prefixes, because one may be part of another.
 */
function ownPrefixes({ message }: Letter, context: ClassifyContext): Sighting | undefined {
  const subject = foldedText(message.subject.slice(0, MAX_SUBJECT))
  const ends = new Set(
    context.ownPrefixes.flatMap((prefix) => {
      const word = foldedText(prefix)
      return word === '' ? [] : placesOf(word, subject).map((at) => at + word.length)
    }),
  )
  return ends.size > 1 ? { where: 'subject', value: message.subject } : undefined
}

function placesOf(word: string, text: string): readonly number[] {
  const places: number[] = []
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) places.push(at)
  return places
}

/** None of our addresses is named: a blind copy, an alias, or mail to many. */
function notAddressed({ message }: Letter, context: ClassifyContext): Sighting | undefined {
  const named = [...message.to, ...message.cc, ...message.otherRecipients]
  if (named.some((one) => isAmong(context.ownAddresses, one.address))) return undefined
  return { where: 'to', value: named[0]?.address ?? 'nobody named' }
}

type Find = (letter: Letter, context: ClassifyContext) => Sighting | undefined

function row(code: string, shows: NatureKind, source: string, find: Find): SignRow {
  return { code, class: 'hard', family: 'envelope', look: { kind: 'letter', find }, source, shows }
}

export const PROVENANCE_SIGNS: readonly SignRow[] = [
  row('null-sender', 'automatic', 'RFC 3834 2, RFC 5321 4.5.5', nullSender),
  row('own-address', 'own', 'DESIGN 4.2', ownAddress),
  row('own-message-id', 'own', 'DESIGN 4.2', ownMessageId),
  row('own-loop', 'own', 'DESIGN 4.2', ownLoop),
  row('agent', 'agent', 'DESIGN 4.2', agent),
  row('received-hops', 'automatic', 'RFC 5321 6.3', hops),
  { ...row('own-prefix-repeated', 'automatic', 'our own notices; freescout#3670', ownPrefixes), family: 'subject' },
  {
    ...row('not-addressed', 'bulk', 'RFC 5230 4.5; blind copies of people, too', notAddressed),
    class: 'weak',
    borneOutBy: ['opening', 'text'],
  },
]
