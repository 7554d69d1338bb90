import type { Log } from '../ops/events.ts'
import type { DeliveryOptions } from './attempt.ts'
import { openSession, type Partner, type Session } from './session.ts'

/** Messages over one session; after that a new one is opened, so that a hop can rest and its addresses can change. */
const MAX_MESSAGES = 100
/** A session that waits longer for its next message is ended; hops give idle clients from seconds to minutes. */
const IDLE_MS = 5_000
/** How long a hop may take to answer QUIT. */
const QUIT_MS = 2_000

export type Taken = {
  readonly session: Session
  /** It carried a message before, so the hop may have hung up in the meantime. */
  readonly reused: boolean
  /** Gives it back for the next message, or ends it. To be called once. */
  release(how: 'keep' | 'end'): void
}

/** Sessions with next hops, a few for each, kept for a while after a message. */
export type Sessions = {
  /**
   * A session for one message; waits in order while all sessions of the hop are busy.
   * @param want `fresh` opens one that never carried a message
   * @throws what `openSession` rejects with
   */
  take(partner: Partner, signal: AbortSignal, want: 'any' | 'fresh'): Promise<Taken>
  close(): Promise<void>
}

type Kept = { readonly session: Session; readonly messages: number; readonly forget: () => void }
type Pool = { readonly idle: Set<Kept>; busy: number; readonly waiting: (() => void)[] }

/** Opens nothing yet. */
export function openSessions(options: DeliveryOptions, log: Log): Sessions {
  const pools = new Map<string, Pool>()
  let isClosed = false

  const poolOf = (key: string): Pool => {
    const found = pools.get(key) ?? { idle: new Set(), busy: 0, waiting: [] }
    pools.set(key, found)
    return found
  }

  const tidy = (key: string, pool: Pool): void => {
    if (pool.busy === 0 && pool.idle.size === 0) pools.delete(key)
  }

  const leave = (key: string, pool: Pool): void => {
    const next = pool.waiting.shift()
    if (next === undefined) pool.busy -= 1
    else next() // the place passes on, so that nobody slips in between
    tidy(key, pool)
  }

  const keep = (key: string, session: Session, messages: number): void => {
    if (isClosed || messages >= MAX_MESSAGES || session.connection.destroyed) return void ended(session)
    const pool = poolOf(key)
    const forget = (): void => {
      clearTimeout(timer)
      session.connection.off('end', forget)
      pool.idle.delete(kept)
      tidy(key, pool)
    }
    const timer = setTimeout(() => {
      forget()
      void ended(session)
    }, IDLE_MS)
    timer.unref()
    const kept: Kept = { session, messages, forget }
    pool.idle.add(kept)
    session.connection.once('end', forget)
  }

  return {
    async take(partner, signal, want) {
      const key = keyOf(partner)
      const pool = poolOf(key)
      await turn(pool, options.connections, signal)
      const kept = want === 'fresh' ? undefined : [...pool.idle].at(-1)
      kept?.forget()
      try {
        const session = kept?.session ?? (await openSession(partner, options, { signal, log }))
        const messages = (kept?.messages ?? 0) + 1
        return {
          session,
          reused: kept !== undefined,
          release(how) {
            if (how === 'keep') keep(key, session, messages)
            else session.connection.close()
            leave(key, pool)
          },
        }
      } catch (error) {
        leave(key, pool)
        throw error
      }
    },
    async close() {
      isClosed = true
      const idle = [...pools.values()].flatMap((pool) => [...pool.idle])
      for (const kept of idle) kept.forget()
      await Promise.all(idle.map(({ session }) => ended(session)))
    },
  }
}

/** Everything that makes two sessions different; a changed password is another partner. */
function keyOf({ hop, auth }: Partner): string {
  return JSON.stringify([hop.kind, hop.host, hop.port, hop.socket, hop.tls, auth?.user, auth?.password])
}

/** Takes one of the pool's `most` places, in the order of asking. */
async function turn(pool: Pool, most: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (pool.busy >= most) {
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', aborted)
        resolve()
      }
      const aborted = (): void => {
        pool.waiting.splice(pool.waiting.indexOf(go), 1)
        reject(signal.reason)
      }
      pool.waiting.push(go)
      signal.addEventListener('abort', aborted, { once: true })
    })
  } else pool.busy += 1
}

/** Says QUIT; resolves when the connection is closed, in QUIT_MS at the latest. */
function ended({ connection }: Session): Promise<void> {
  if (connection.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => connection.close(), QUIT_MS)
    connection.once('end', () => {
      clearTimeout(timer)
      resolve()
    })
    connection.quit()
  })
}
