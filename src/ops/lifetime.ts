import { constants } from 'node:os'

/** The signals that ask for an end: systemd and Docker send the first, a terminal the second. */
const ENDING = ['SIGTERM', 'SIGINT'] as const
export type EndingSignal = (typeof ENDING)[number]

/** The time between start and end of the process, as signals tell it. The only place that exits the process. */
export type Lifetime = {
  /** Aborted by the first SIGTERM or SIGINT; its reason is the signal's name. A second one exits at once. */
  readonly signal: AbortSignal
  /** Resolves with the name of the signal that asked for the end. */
  readonly ended: Promise<EndingSignal>
  /** What SIGHUP does; until it is set, SIGHUP does nothing. */
  onHangup(reload: () => void): void
  /** Exits the process in `ms` milliseconds, whatever still goes on then, unless it has ended by itself before. */
  exitWithin(ms: number, code: number): void
  /** Signals have their default effect again. */
  [Symbol.dispose](): void
}

/** Takes over SIGTERM, SIGINT and SIGHUP of this process. */
export function openLifetime(): Lifetime {
  const abort = new AbortController()
  const { promise: ended, resolve } = Promise.withResolvers<EndingSignal>()
  let reload: (() => void) | undefined
  const onEnding = (name: EndingSignal): void => {
    // whoever asks twice does not want to wait; shells know the code as "ended by this signal"
    if (abort.signal.aborted) process.exit(128 + constants.signals[name])
    abort.abort(name)
    resolve(name)
  }
  const onHangup = (): void => reload?.()
  for (const name of ENDING) process.on(name, onEnding)
  process.on('SIGHUP', onHangup)
  return {
    signal: abort.signal,
    ended,
    onHangup: (callback) => {
      reload = callback
    },
    exitWithin: (ms, code) => {
      setTimeout(() => process.exit(code), ms).unref()
    },
    [Symbol.dispose]: () => {
      for (const name of ENDING) process.off(name, onEnding)
      process.off('SIGHUP', onHangup)
    },
  }
}
