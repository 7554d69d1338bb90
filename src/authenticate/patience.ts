import type { World } from '../ops/clock.ts'
import { type Resolve, saysNothing } from './resolve.ts'

export type PatienceBounds = {
  /** For one message while name servers answer; milliseconds, 1 or more. */
  readonly fullMs: number
  /** For one message while they are silent; milliseconds, 1 or more. */
  readonly shortMs: number
  /** Silent: so long nothing was answered at all, milliseconds, ... */
  readonly silentMs: number
  /** ... although so many questions were asked. One domain with a dead server asks fewer for its mail. */
  readonly questions: number
}

/**
 * A failure of the DNS would else hold each message for its whole limit, sixteen at a time: 1.6 a second. With a second for
 * each, ten times as many get through. A server that is well answers in a fraction of it. Our own bounds.
 */
export const PATIENCE = { shortMs: 1_000, silentMs: 3_000, questions: 8 } as const

/** How long the DNS is worth waiting for, going by whether it answers anybody at all. */
export type Patience = {
  /** How long the next message may take; milliseconds. */
  limitMs(): number
  /** The same questions, listened to. */
  listened(resolve: Resolve): Resolve
}

/** Questions asked since the last answer, and for how long; milliseconds. */
export type Unanswered = { readonly questions: number; readonly ms: number }

/** @param changed told when the DNS falls silent, and when it answers again */
export function openPatience(
  bounds: PatienceBounds,
  world: World,
  changed: (to: 'silent' | 'answers', without: Unanswered) => void,
): Patience {
  let asked = 0
  let since = world.now() // of the first question after the last answer
  let isShort = false

  const unanswered = (): Unanswered => ({ questions: asked, ms: world.now() - since })

  function heard(): void {
    if (isShort) changed('answers', unanswered())
    asked = 0
    isShort = false
  }

  return {
    limitMs: () => {
      const isSilent = asked >= bounds.questions && world.now() - since > bounds.silentMs
      if (isSilent && !isShort) changed('silent', unanswered())
      isShort = isSilent
      return isSilent ? Math.min(bounds.shortMs, bounds.fullMs) : bounds.fullMs
    },
    listened: (resolve) => async (name, type) => {
      if (asked === 0) since = world.now()
      asked += 1
      try {
        const answer = await resolve(name, type)
        heard()
        return answer
      } catch (error) {
        if (saysNothing(error)) heard()
        throw error
      }
    },
  }
}
