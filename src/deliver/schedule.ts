import { messageId } from '../mail/ids.ts'
import { after, type Instant } from '../mail/instant.ts'
import type { NextState } from '../mail/ledger-port.ts'
import type { Outcome, QueueEntry } from '../mail/queue.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const FIRST_WAITS = [1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 1 * HOUR, 2 * HOUR] as const
const LATER_WAIT = 4 * HOUR

/**
 * Waits after the first, second, ... attempt, in milliseconds. Close together at first and 4 hours apart later, as
 * RFC 5321 4.5.4.1 advises. A notice gives up after a day, because a late acknowledgement is worse than none; mail for the
 * team after five days (4.5.4.1: "at least 4-5 days").
 */
export const RETRY_SCHEDULE = {
  notice: [...FIRST_WAITS, ...Array.from({ length: 5 }, () => LATER_WAIT)], // 23 h 51 min in all
  'hand-on': [...FIRST_WAITS, ...Array.from({ length: 29 }, () => LATER_WAIT)], // 4 days 23 h 51 min in all
} as const satisfies Readonly<Record<QueueEntry['cargo']['kind'], readonly number[]>>

/** Share of a wait by which chance makes it shorter or longer, so that what failed together does not come back together. */
const JITTER = 0.1
/** Times a notice is sent again when nobody knows whether it arrived (DESIGN 3). */
const NOTICE_REPEATS = 1

export type Moment = {
  readonly now: Instant
  /** Chance, 0 to 1: 0 makes a wait a tenth shorter, 1 a tenth longer. */
  readonly jitter: number
}

/**
 * What an ended attempt makes of its entry. Mail for the team is never given up by time alone: it is held then.
 * @param entry `attempts` counts the attempt that ended
 * @returns for mail for the team that was refused: failed, which the caller may only record once it lies in the fallback
 */
export function nextState(
  entry: Pick<QueueEntry, 'cargo' | 'attempts' | 'unknowns'>,
  outcome: Outcome,
  at: Moment,
): NextState {
  const { kind } = entry.cargo
  switch (outcome.kind) {
    case 'accepted': {
      const given = outcome.hopMessageId === undefined ? undefined : messageId(outcome.hopMessageId)
      return { ...ended('sent', outcome, at), hopMessageId: given }
    }
    case 'refused': // 5yz is final (RFC 5321 4.2.1)
      return ended('failed', outcome, at)
    case 'deferred':
      return later(entry, outcome, at) ?? ended(kind === 'notice' ? 'failed' : 'held', exhausted(entry, outcome), at)
    case 'unknown': {
      const isRepeated = kind === 'notice' && entry.unknowns >= NOTICE_REPEATS
      const next = (isRepeated ? undefined : later(entry, outcome, at)) ?? ended('held', outcome, at)
      return { ...next, unknown: 1 }
    }
    default:
      return outcome satisfies never
  }
}

function later(
  { cargo, attempts }: Pick<QueueEntry, 'cargo' | 'attempts'>,
  outcome: Outcome,
  at: Moment,
): NextState | undefined {
  const wait = RETRY_SCHEDULE[cargo.kind][Math.max(0, attempts - 1)]
  if (wait === undefined) return undefined
  const share = 1 + JITTER * (2 * Math.min(1, Math.max(0, at.jitter)) - 1)
  return { ...ended('queued', outcome, at), nextAttempt: after(at.now, Math.round(wait * share)) }
}

function exhausted({ attempts }: Pick<QueueEntry, 'attempts'>, outcome: Outcome): Outcome {
  return { ...outcome, detail: `given up after ${attempts} attempts; the last one: ${outcome.detail}` }
}

function ended(state: NextState['state'], outcome: Outcome, at: Moment): NextState {
  const text = `${outcome.kind}: ${outcome.detail}`
  return { state, nextAttempt: at.now, unknown: 0, outcome: text, hopMessageId: undefined }
}
