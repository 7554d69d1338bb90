import { matchesGlob } from '../mail/address-glob.ts'
import type { Nature, NatureKind, Sign } from '../mail/nature.ts'
import { isForm } from './form.ts'
import { readingOf, sighted } from './look.ts'
import { isOwnList } from './own-list.ts'
import type { ClassifyContext, Letter, SignRow } from './sign-row.ts'
import { SIGNS } from './signs.ts'

export type { ClassifyContext } from './sign-row.ts'

const MAX_VALUE = 200 // characters of what was seen that a sign keeps, for logs and records

/**
 * Which nature a message has where its signs show several. Ourselves first, because everything else about a notice of
 * ours is of our own making; then what a machine says by the form of its report, most exact first; then plain automation,
 * before the team (an agent's vacation notice is automatic) and before how the mail travelled.
 */
const ORDER: readonly NatureKind[] = [
  'own',
  'delivery-status',
  'disposition-notification',
  'feedback-report',
  'calendar',
  'automatic',
  'agent',
  'spam',
  'list',
  'bulk',
]

/**
 * What kind of sender a message comes from, with every sign that was seen, deciding or not.
 *
 * Hard signs always decide. Strong ones decide unless the allow-list names From. Weak ones decide only where two of
 * different families agree, and not against the allow-list. What a mail service stamps on everything is no sign on the
 * mail of a web form or of somebody in a ticket with us, nor what a list of our own puts there. Without a deciding sign it is a person. Total: never throws.
 */
export function classify(letter: Letter, context: ClassifyContext): Nature {
  const reading = readingOf(letter, context)
  const form = isForm(letter.message, context)
  const ownList = isOwnList(letter.message, context)
  const seen = SIGNS.flatMap((row) => {
    if (!counts(row, context, form) || (ownList && ofLists(row))) return []
    const found = sighted(row.look, reading)
    return found === undefined ? [] : [{ row, sign: signOf(row, found) }]
  })
  const exempt = isExempt(letter, context)
  const rows = seen.map(({ row }) => row)
  const deciding = rows.filter((row) => row.class === 'hard' || (row.class === 'strong' && !exempt))
  const weak = exempt ? [] : rows.filter((row) => row.class === 'weak')
  const shown = new Set(deciding.length > 0 ? shownBy(deciding, weak) : agreed(weak))
  return { kind: ORDER.find((kind) => shown.has(kind)) ?? 'person', signs: seen.map(({ sign }) => sign) }
}

/** Hard signs are always looked for; of the others, who writes and what the operator switched off leaves some out. */
function counts(row: SignRow, { signsOff, correspondent }: ClassifyContext, form: boolean): boolean {
  if (row.class === 'hard') return true
  if (signsOff.has(row.code)) return false
  if (row.mailService === true && (form || correspondent === 'has-open-ticket')) return false
  // a form's From and the program that sends it are known; only what it says of the customer's letter counts
  return !(form && (row.family === 'sender' || row.family === 'relay'))
}

/** What a list stamps on everything that passes through it. */
function ofLists({ code, class: strength, shows }: SignRow): boolean {
  return strength !== 'hard' && (shows === 'list' || code.startsWith('list-unsubscribe'))
}

function signOf(row: SignRow, found: { readonly where: string; readonly value: string }): Sign {
  const { code, source, shows } = row
  return { code, class: row.class, where: found.where, value: found.value.trim().slice(0, MAX_VALUE), source, shows }
}

/** Only a From of exactly one address can be exempted: with two, nobody knows who was meant. */
function isExempt({ message }: Letter, { alwaysAnswer }: ClassifyContext): boolean {
  const [only, ...more] = message.from
  return only !== undefined && more.length === 0 && alwaysAnswer.some((glob) => matchesGlob(glob, only.address))
}

/** What the deciding signs show, where each says more than the others know. */
function shownBy(deciding: readonly SignRow[], weak: readonly SignRow[]): readonly NatureKind[] {
  // whose report it is stands in its form; who signed it, and that a program did, says less
  const forms = deciding.filter(
    (row) => row.shows === 'own' || (row.family === 'structure' && row.shows !== 'automatic'),
  )
  if (forms.length > 0) return forms.map((row) => row.shows)
  const kinds = new Set(deciding.map((row) => row.shows))
  if (kinds.size === 1 && kinds.has('automatic')) return deciding.flatMap((row) => refined(row, weak))
  return deciding.filter((row) => row.yieldsTo === undefined || !kinds.has(row.yieldsTo)).map((row) => row.shows)
}

/** Beside plain automatic mail, a weak sign tells what kind it is: a bounce, say, that came without a report. */
function refined(automatic: SignRow, weak: readonly SignRow[]): readonly NatureKind[] {
  return ['automatic', ...weak.filter((one) => one.family !== automatic.family).map((one) => one.shows)]
}

/** What weak signs show that another one of a different family bears out: the more exact nature of the two. */
function agreed(weak: readonly SignRow[]): readonly NatureKind[] {
  return weak.flatMap((one) =>
    weak.filter((other) => bearsOut(one, other) && bearsOut(other, one)).map((other) => exacter(one, other)),
  )
}

function exacter(one: SignRow, other: SignRow): NatureKind {
  return one.shows === 'automatic' ? other.shows : one.shows
}

function bearsOut(one: SignRow, other: SignRow): boolean {
  const able = one.borneOutBy?.some((by) => by === other.family || by === other.code) ?? true
  return able && other.family !== one.family && agree(one, other)
}

/** The same nature, or one that is a kind of automatic mail and plain `automatic`. */
function agree(a: SignRow, b: SignRow): boolean {
  return a.shows === b.shows || a.shows === 'automatic' || b.shows === 'automatic'
}
