import type { Resolve } from './resolve.ts'
import { dnsError } from './resolve.ts'

/** A span of time that several pieces of work share. */
export type Deadline = {
  /** Settles as `work` does, or rejects when the time is over; what is still under way then is left alone. */
  hold<T>(work: Promise<T>): Promise<T>
  /** The same for questions to the DNS: after the time they fail as a server does that does not answer. */
  limit(resolve: Resolve): Resolve
  isOver(): boolean
  [Symbol.dispose](): void
}

/** @param ms 1 or more */
export function openDeadline(ms: number): Deadline {
  let over = false
  let expire = (): void => {}
  const expired = new Promise<never>((_, reject) => {
    expire = () => {
      over = true
      reject(dnsError('ETIMEOUT', `no answer within ${ms} ms`))
    }
  })
  expired.catch(() => {}) // nobody may be waiting
  const timer = setTimeout(expire, ms)
  const hold = <T>(work: Promise<T>): Promise<T> => Promise.race([work, expired])
  return {
    hold,
    limit: (resolve) => (name, type) => hold(resolve(name, type)),
    isOver: () => over,
    [Symbol.dispose]: () => clearTimeout(timer),
  }
}
