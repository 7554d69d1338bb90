import { matchesGlob } from '../mail/address-glob.ts'
import type { Nature, NatureKind, Sign } from '../mail/nature.ts'
import { sighted } from './look.ts'
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

type Seen = { readonly row: SignRow; readonly sign: Sign }

/**
 * What kind of sender a message comes from, with every sign that was seen, deciding or not.
 *
 * Hard signs always decide. Strong ones decide unless the allow-list names From. Weak ones decide only where two of
 * different families agree, and not against the allow-list. Without a deciding sign it is a person. Total: never throws.
 */
export function classify(letter: Letter, context: ClassifyContext): Nature {
  const seen = SIGNS.flatMap((row) => {
    if (row.class !== 'hard' && context.signsOff.has(row.code)) return []
    const found = sighted(row.look, letter, context)
    return found === undefined ? [] : [{ row, sign: signOf(row, found) }]
  })
  const exempt = isExempt(letter, context)
  const deciding = seen.filter(({ row }) => row.class === 'hard' || (row.class === 'strong' && !exempt))
  const shown = new Set([...deciding, ...(exempt ? [] : agreeing(seen))].map(({ row }) => row.shows))
  return { kind: ORDER.find((kind) => shown.has(kind)) ?? 'person', signs: seen.map(({ sign }) => sign) }
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

/** The weak signs that another one of a different family bears out. */
function agreeing(seen: readonly Seen[]): readonly Seen[] {
  const weak = seen.filter(({ row }) => row.class === 'weak')
  return weak.filter((one) => weak.some((other) => other.row.family !== one.row.family && agree(one.row, other.row)))
}

/** The same nature, or one that is a kind of automatic mail and plain `automatic`. */
function agree(a: SignRow, b: SignRow): boolean {
  return a.shows === b.shows || a.shows === 'automatic' || b.shows === 'automatic'
}
