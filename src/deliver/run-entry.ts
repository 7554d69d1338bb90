import type { EntryId } from '../mail/ids.ts'
import { after, type Instant } from '../mail/instant.ts'
import type { Outcome, QueueEntry } from '../mail/queue.ts'
import type { Job } from './attempt.ts'
import { concludeAttempt, concludeHeld, putBack } from './conclude.ts'
import { hopName } from './hop-name.ts'
import type { Lanes } from './lanes.ts'
import type { RunnerParts } from './runner.ts'

/** What the loop and its attempts share. */
export type Run = {
  readonly parts: RunnerParts
  readonly lanes: Lanes
  /** Entries being prepared or attempted, each with the promise of its end, which never rejects. */
  readonly under: Map<EntryId, Promise<void>>
  /** Entries that could not be begun for a trouble of ours, until when they are left alone. */
  readonly resting: Map<EntryId, Instant>
  /** No attempt begins any more. */
  readonly stopping: AbortController
  /** Attempts under way are broken off. */
  readonly aborting: AbortController
  /** Makes the loop look again. */
  wake(): void
}

/** Prepares and leases an entry and starts its attempt; resolves when that is under way, or did not come to be. Never rejects. */
export async function begin(run: Run, entry: QueueEntry): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  run.under.set(entry.id, promise)
  const ended = (): void => {
    run.lanes.leave(entry)
    run.under.delete(entry.id)
    resolve()
    run.wake()
  }
  try {
    const attempt = await leased(run, entry)
    if (attempt === undefined) return ended()
    void attempt().then(ended, (error: unknown) => {
      report(run, 'end an attempt', error)
      ended()
    })
  } catch (error) {
    report(run, 'begin an attempt', error)
    run.resting.set(entry.id, after(run.parts.world.now(), run.parts.pollMs))
    ended()
  }
}

/** @returns what is to be done under the lease; undefined where the entry has to wait for a place */
async function leased(run: Run, entry: QueueEntry): Promise<(() => Promise<void>) | undefined> {
  const { parts } = run
  const prepared = await parts.prepare(entry).catch((error: unknown): { readonly failed: string } => ({
    failed: `could not be prepared: ${error instanceof Error ? error.message : String(error)}`,
  }))
  if (run.stopping.signal.aborted) return undefined
  const isReady = 'job' in prepared
  if (isReady && !run.lanes.enter(entry, hopName(prepared.job.hop))) return undefined
  await parts.outbox.lease([{ id: entry.id, rendered: isReady ? prepared.rendered : undefined }])
  const begun: QueueEntry = { ...entry, state: 'sending', attempts: entry.attempts + 1 }
  if (run.stopping.signal.aborted) return () => putBack(begun, parts)
  if (isReady) return () => attempted(run, begun, prepared.job)
  if ('held' in prepared) return () => concludeHeld(begun, prepared.held, parts)
  const outcome: Outcome = { kind: 'deferred', detail: prepared.failed }
  return () => concludeAttempt(begun, { outcome, hop: '', ms: 0 }, parts)
}

async function attempted(run: Run, entry: QueueEntry, job: Job): Promise<void> {
  const { parts } = run
  const began = parts.world.now()
  const outcome = await parts.attempt({ ...job, signal: run.aborting.signal }).catch(
    // a bug, so nobody knows how far the message got
    (error: unknown): Outcome => ({ kind: 'unknown', detail: `the attempt failed: ${String(error)}` }),
  )
  if (outcome.kind === 'deferred' && run.aborting.signal.aborted) return putBack(entry, parts)
  await concludeAttempt(entry, { outcome, hop: hopName(job.hop), ms: parts.world.now() - began }, parts)
}

function report(run: Run, doing: string, error: unknown): void {
  run.parts.log('ledger.trouble', { doing, error: error instanceof Error ? error.message : String(error) })
}
