import { setTimeout as pause } from 'node:timers/promises'
import { after } from '../mail/instant.ts'
import type { Outbox } from '../mail/ledger-port.ts'
import type { Outcome, QueueEntry } from '../mail/queue.ts'
import type { World } from '../ops/clock.ts'
import type { Log } from '../ops/events.ts'
import type { Job } from './attempt.ts'
import { concludeInterrupted } from './conclude.ts'
import { openLanes } from './lanes.ts'
import { begin, type Run } from './run-entry.ts'

/** What an attempt needs. `rendered`: octets of a notice, to be kept for every later attempt. `held`: why none can be made. */
export type Prepared = { readonly rendered: Uint8Array | undefined; readonly job: Job } | { readonly held: string }

export type RunnerParts = {
  readonly outbox: Outbox
  /**
   * Octets, next hop and envelope for an attempt, or why there can be none until the operator has done something. A throw
   * is a deferral.
   */
  prepare(entry: QueueEntry): Promise<Prepared>
  attempt(job: Job): Promise<Outcome>
  /** Stores mail for the team that its next hop refused, or did not take in five days; where there is no fallback: refused. */
  fallback(entry: QueueEntry, why: string): Promise<Outcome>
  readonly world: World
  readonly log: Log
  /** Attempts at once over all next hops, 1 or more. */
  readonly concurrency: number
  /** Longest time without a look at the queue, and how long troubles of the ledger are waited out; 1 or more. */
  readonly pollMs: number
  /** What attempts under way get to end by themselves when the runner is closed; 0 or more. */
  readonly graceMs: number
}

export type Runner = {
  /** A hint that something may be due; the queue itself is the truth. */
  poke(): void
  /** Resolves when nothing is due and nothing under way, or when the runner is closed. */
  idle(): Promise<void>
  /**
   * Begins no more attempts; those under way get `graceMs`, then they are broken off and go back to the queue. What is cut
   * off even so is found by the next start. Idempotent.
   */
  close(): Promise<void>
}

/** How long a broken-off attempt may take to end and be written down. */
const ABORT_MS = 2_000

/** Takes entries from the queue when they are due, a few at once, until it is closed. Its loop never throws. */
export function openRunner(parts: RunnerParts): Runner {
  const run: Run = {
    parts,
    lanes: openLanes(parts.concurrency),
    under: new Map(),
    resting: new Map(),
    stopping: new AbortController(),
    aborting: new AbortController(),
    wake: () => {},
  }
  const waiting: (() => void)[] = []
  const loop = keepLooking(run, waiting)
  let closed: Promise<void> | undefined
  return {
    poke: () => run.wake(),
    idle: () =>
      new Promise((resolve) => {
        if (run.stopping.signal.aborted) return resolve()
        waiting.push(resolve)
        run.wake()
      }),
    close() {
      closed ??= close(run, loop)
      return closed
    },
  }
}

async function close(run: Run, loop: Promise<void>): Promise<void> {
  run.stopping.abort()
  run.wake()
  await loop
  await allEnded(run, run.parts.graceMs)
  run.aborting.abort(new Error('replyd is stopping'))
  await allEnded(run, ABORT_MS)
}

async function allEnded({ under }: Run, ms: number): Promise<void> {
  const timer = new AbortController()
  const ended = Promise.all(under.values())
  await Promise.race([ended, pause(ms, undefined, { signal: timer.signal }).catch(() => {})])
  timer.abort()
}

/** The loop: what a former process left, then round after round. */
async function keepLooking(run: Run, waiting: (() => void)[]): Promise<void> {
  const { signal } = run.stopping
  let isWanted = false // somebody called while a round was on, whose reads may be older than the call
  const lookAgain = (): void => {
    isWanted = true
  }
  run.wake = lookAgain
  let look: (run: Run) => Promise<Round> = recover
  while (!signal.aborted) {
    isWanted = false
    const asked = waiting.splice(0)
    const round = await look(run).catch((error: unknown): Round => {
      run.parts.log('ledger.trouble', { doing: 'look at the outbound queue', error: String(error) })
      return { kind: 'trouble', waitMs: run.parts.pollMs }
    })
    if (round.kind !== 'trouble') look = oneRound
    if (round.kind === 'idle') for (const resolve of asked) resolve()
    else waiting.push(...asked)
    if (round.waitMs > 0 && !isWanted && !signal.aborted) await wakeOrPause(run, round.waitMs)
    run.wake = lookAgain
  }
  for (const resolve of waiting) resolve()
}

/** `idle`: nothing was due and nothing under way. `waitMs`: until the next round, if nobody wakes us. */
type Round = { readonly kind: 'busy' | 'idle' | 'trouble'; readonly waitMs: number }

async function wakeOrPause(run: Run, ms: number): Promise<void> {
  const timer = new AbortController()
  await new Promise<void>((resolve) => {
    run.wake = resolve
    pause(ms, undefined, { signal: timer.signal }).then(resolve, resolve)
  })
  timer.abort()
}

/** Before the first lease, because afterwards our own attempts would look like those of a dead process. */
async function recover({ parts }: Run): Promise<Round> {
  for (const entry of await parts.outbox.interrupted()) await concludeInterrupted(entry, parts)
  return { kind: 'busy', waitMs: 0 }
}

/** Begins what is due and has room. */
async function oneRound(run: Run): Promise<Round> {
  const { outbox, world, pollMs } = run.parts
  const now = world.now()
  for (const [id, until] of run.resting) if (until <= now) run.resting.delete(id)
  const isFree = ({ id }: QueueEntry): boolean => !run.resting.has(id)
  const picked = await run.lanes.pick((limit) => outbox.due(now, limit), isFree)
  await Promise.all(picked.map((entry) => begin(run, entry)))
  if (picked.length > 0) return { kind: 'busy', waitMs: 0 }
  const soon = (await outbox.due(after(now, pollMs), run.lanes.window())).filter(isFree)
  const waits = soon.map(({ nextAttempt }) => (nextAttempt > now ? nextAttempt - now : pollMs))
  const isBusy = run.under.size > 0 || run.resting.size > 0 || soon.some(({ nextAttempt }) => nextAttempt <= now)
  return { kind: isBusy ? 'busy' : 'idle', waitMs: Math.min(pollMs, ...waits) }
}
