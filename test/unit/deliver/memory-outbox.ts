/** An Outbox that keeps its entries in memory and is strict about what may follow what; for the runner alone. */
import type { Address } from '../../../src/mail/address.ts'
import type { EntryId, IncomingId, MessageId } from '../../../src/mail/ids.ts'
import type { Instant } from '../../../src/mail/instant.ts'
import type { NextState, Outbox } from '../../../src/mail/ledger-port.ts'
import type { Cargo, QueueEntry } from '../../../src/mail/queue.ts'
import { Trouble } from '../../../src/mail/trouble.ts'

export type MemoryOutbox = Outbox & {
  readonly entries: Map<EntryId, QueueEntry>
  /** Every `lease` and `conclude`, in order. */
  readonly story: readonly string[]
  /** The next calls of this verb fail as if the disk were full. */
  fail(verb: 'due' | 'lease' | 'conclude' | 'interrupted', times: number): void
}

export function memoryOutbox(initial: readonly QueueEntry[]): MemoryOutbox {
  const entries = new Map(initial.map((entry) => [entry.id, entry]))
  const kept = new Map<EntryId, Uint8Array>()
  const failing = new Map<string, number>()
  const story: string[] = []

  const trip = (verb: string): void => {
    const left = failing.get(verb) ?? 0
    if (left === 0) return
    failing.set(verb, left - 1)
    throw new Trouble(`${verb} now`, 'disk-full')
  }
  const entryOf = (id: EntryId): QueueEntry => {
    const found = entries.get(id)
    if (found === undefined) throw new Error(`no entry ${id}`)
    return found
  }
  const inState = (state: QueueEntry['state']): QueueEntry[] =>
    [...entries.values()].filter((entry) => entry.state === state).sort((a, b) => a.nextAttempt - b.nextAttempt)

  return {
    entries,
    story,
    fail: (verb, times) => void failing.set(verb, times),
    async due(now, limit) {
      trip('due')
      const seen = new Map<string, number>()
      return inState('queued').filter(({ nextAttempt, cargo }) => {
        const lane = cargo.kind === 'notice' ? '' : cargo.mailbox
        const before = seen.get(lane) ?? 0
        if (nextAttempt > now || before >= limit) return false
        seen.set(lane, before + 1)
        return true
      })
    },
    async lease(leased) {
      trip('lease')
      for (const { id } of leased) {
        if (entryOf(id).state !== 'queued') throw new Trouble(`lease ${id}: it is ${entryOf(id).state}`, 'temporary')
      }
      for (const { id, rendered } of leased) {
        const entry = entryOf(id)
        entries.set(id, { ...entry, state: 'sending', attempts: entry.attempts + 1 })
        if (rendered !== undefined && !kept.has(id)) kept.set(id, rendered)
        story.push(`lease ${id}`)
      }
    },
    async conclude(id, next: NextState) {
      trip('conclude')
      const entry = entryOf(id)
      if (entry.state !== 'sending') throw new Error(`conclude ${id}: it is ${entry.state}, not leased`)
      const { state, nextAttempt, outcome } = next
      entries.set(id, { ...entry, state, nextAttempt, unknowns: entry.unknowns + next.unknown, lastOutcome: outcome })
      story.push(`conclude ${id} ${state}`)
    },
    async interrupted() {
      trip('interrupted')
      return inState('sending')
    },
    rendered: async (id) => kept.get(id),
  }
}

export const MAILBOX = 'support@acme.example' as Address

export function handOn(id: string, changed: Partial<QueueEntry> = {}, mailbox: string = MAILBOX): QueueEntry {
  return entry(id, { kind: 'hand-on', mailbox: mailbox as Address, recipient: mailbox as Address }, changed)
}

export function notice(id: string, changed: Partial<QueueEntry> = {}): QueueEntry {
  const cargo = { kind: 'notice', notice: { kind: 'acknowledgement' }, answers: {} } as unknown as Cargo
  return entry(id, cargo, changed)
}

function entry(id: string, cargo: Cargo, changed: Partial<QueueEntry>): QueueEntry {
  return {
    id: id as EntryId,
    incoming: `incoming-of-${id}` as IncomingId,
    ticket: undefined,
    cargo,
    state: 'queued',
    attempts: 0,
    unknowns: 0,
    nextAttempt: 0 as Instant,
    messageId: `<${id}@acme.example>` as MessageId,
    lastOutcome: undefined,
    ...changed,
  }
}
