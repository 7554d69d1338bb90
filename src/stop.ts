/** The end of some work in two steps: first nothing is begun any more, after a while nothing is waited for either. */
export type Stop = {
  begin(): void
  begun(): boolean
  /** Waited long enough. */
  over(): boolean
  /** Ends the waiting, if it has not ended by itself. */
  end(): void
  /** Waits for `work`, but throws when the stop is over. */
  during<T>(work: Promise<T>): Promise<T>
}

/** @param ms from `begin` to the end; 0 or more */
export function openStop(ms: number): Stop {
  const leaving = new Set<() => void>()
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const end = (): void => {
    clearTimeout(timer)
    isOver = true
    for (const leave of leaving) leave()
  }
  return {
    begin: () => {
      timer ??= setTimeout(end, ms)
    },
    begun: () => timer !== undefined,
    over: () => isOver,
    end,
    during: async (work) => {
      const { promise, reject } = Promise.withResolvers<never>()
      const leave = (): void => reject(new Error('replyd is stopping'))
      leaving.add(leave)
      try {
        return await Promise.race([work, promise])
      } finally {
        leaving.delete(leave)
      }
    },
  }
}
