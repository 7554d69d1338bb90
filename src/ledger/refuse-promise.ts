/** The type refuses an async judge; this catches one that got past the type, before half of its work is committed. */
export function refusePromise(judged: unknown): void {
  if (typeof judged !== 'object' || judged === null || !('then' in judged)) return
  Promise.resolve(judged).catch(() => {}) // its own failure must not end the process besides
  throw new TypeError('judge returned a promise, wanted its verdict: a transaction cannot await')
}
