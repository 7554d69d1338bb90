/**
 * Holds the doors back a little while more messages wait than are settled in a fraction of a second: who sends much is
 * slowed down by our replies, and a person's mail does not wait behind thousands that were taken and not looked at.
 */
export type Room = {
  /** Resolves when fewer than `most` wait, and after `patienceMs` at the latest. Never rejects. */
  enter(): Promise<void>
  /** To be called when fewer wait than before. */
  left(): void
}

/** @param waiting how many wait now */
export function openRoom(bounds: { readonly most: number; readonly patienceMs: number }, waiting: () => number): Room {
  const held = new Set<() => void>()
  return {
    enter: () => {
      if (waiting() < bounds.most) return Promise.resolve()
      return new Promise((resolve) => {
        const late = setTimeout(goOn, bounds.patienceMs)
        function goOn(): void {
          clearTimeout(late)
          held.delete(goOn)
          resolve()
        }
        held.add(goOn)
      })
    },
    left: () => {
      // they come in later than they are let in: no more of them than there are places
      for (const goOn of [...held].slice(0, Math.max(0, bounds.most - waiting()))) goOn()
    },
  }
}
