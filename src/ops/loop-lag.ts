/** How often the loop is asked; a block shorter than this may go unseen. */
const TICK_MS = 250
/** How many answers are remembered: together with the tick, the time that `lagMs` looks back on (15 s). */
const REMEMBERED = 60

/** How long the event loop kept others waiting. A loop that hangs accepts no mail and ends no attempt. */
export type LoopLag = {
  /** The longest delay of the last 15 seconds, 0 or more, including one that is going on. */
  lagMs(): number
  [Symbol.dispose](): void
}

/** Watches the event loop of this thread; keeps no process alive. */
export function openLoopLag(): LoopLag {
  const lags: number[] = []
  let asked = performance.now()
  const timer = setInterval(() => {
    lags.push(Math.max(0, performance.now() - asked - TICK_MS))
    if (lags.length > REMEMBERED) lags.shift()
    asked = performance.now()
  }, TICK_MS)
  timer.unref()
  return {
    lagMs: () => Math.max(0, performance.now() - asked - TICK_MS, ...lags),
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
