/** What the caller can do about it: nothing but wait, make room, or mend something by hand. */
export type TroubleKind = 'temporary' | 'disk-full' | 'permanent'

/** An expected failure of the world: says what we were doing and if trying again can help. Bugs are not Troubles. */
export class Trouble extends Error {
  override readonly name = 'Trouble'
  readonly kind: TroubleKind

  /** @param doing an infinitive clause, e.g. `store the message`; the message becomes `Cannot store the message: <cause>` */
  constructor(doing: string, kind: TroubleKind, cause?: unknown) {
    const why = cause instanceof Error ? `: ${cause.message}` : cause === undefined ? '' : `: ${JSON.stringify(cause)}`
    super(`Cannot ${doing}${why}`, { cause })
    this.kind = kind
  }
}
