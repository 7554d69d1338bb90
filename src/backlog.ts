/** Accepted messages that are not settled yet, as far as they are in memory: each stands here once, in order. */
import type { IncomingId } from './mail/ids.ts'
import type { Incoming } from './mail/incoming.ts'
import type { Ledger } from './mail/ledger-port.ts'

/** Accepted messages waiting in memory; beyond it the ledger alone remembers them and is asked again. */
const WAITING = 1_000

/** How the work on one message ended. `later`: it stays accepted and is taken up again. `given-up`: not before the next start. */
export type WorkEnd = 'done' | 'later' | 'given-up'

export type Backlog = {
  /** @returns full where there is no room: the ledger has to be asked for it later */
  take(incoming: Incoming): 'taken' | 'full'
  /**
   * Asks the ledger for what waits there and not here, the oldest first.
   * @returns some-left where it may hold still more
   * @throws Trouble of the ledger
   */
  refill(ledger: Pick<Ledger, 'unsettled'>): Promise<'all' | 'some-left'>
  /** The oldest one that waits; it counts as worked on until `ended`. */
  begin(): Incoming | undefined
  ended(id: IncomingId, how: WorkEnd): void
  waiting(): number
  working(): number
}

export function openBacklog(): Backlog {
  const waiting = new Map<IncomingId, Incoming>()
  const working = new Set<IncomingId>()
  const givenUp = new Set<IncomingId>()

  function take(incoming: Incoming): 'taken' | 'full' {
    if (waiting.size >= WAITING) return 'full'
    if (!working.has(incoming.id) && !givenUp.has(incoming.id)) waiting.set(incoming.id, incoming)
    return 'taken'
  }

  return {
    take,
    refill: async (ledger) => {
      for (let after: IncomingId | undefined; ; ) {
        const page = await ledger.unsettled(after, WAITING)
        const taken = page.map(take)
        if (taken.includes('full')) return 'some-left'
        if (page.length < WAITING) return 'all'
        if (waiting.size > 0) return 'some-left'
        after = page.at(-1)?.id // all of them are worked on or given up: what waits lies behind them
      }
    },
    begin: () => {
      const [incoming] = waiting.values()
      if (incoming === undefined) return undefined
      waiting.delete(incoming.id)
      working.add(incoming.id)
      return incoming
    },
    ended: (id, how) => {
      working.delete(id)
      if (how === 'given-up') givenUp.add(id)
    },
    waiting: () => waiting.size,
    working: () => working.size,
  }
}
