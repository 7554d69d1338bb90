export const NATURES = [
  'person',
  'agent',
  'automatic',
  'list',
  'bulk',
  'delivery-status',
  'disposition-notification',
  'feedback-report',
  'calendar',
  'spam',
  'own',
] as const

/** What kind of sender a message comes from (RFC 3834, 2919, 2369, 3464, 8098, 5965). */
export type NatureKind = (typeof NATURES)[number]

/** Hard: never answered whatever else is true. Strong: not answered unless allow-listed. Weak: never alone. */
export type SignClass = 'hard' | 'strong' | 'weak'

/** One piece of evidence, found in a message. */
export type Sign = {
  readonly code: string
  readonly class: SignClass
  /** Field, part or envelope element it was seen in, e.g. `auto-submitted` or `part 1.2`. */
  readonly where: string
  /** What stood there, cut to 200 characters. */
  readonly value: string
  /** RFC section, product or study that the sign comes from. */
  readonly source: string
  readonly shows: NatureKind
}

export type Nature = { readonly kind: NatureKind; readonly signs: readonly Sign[] }
