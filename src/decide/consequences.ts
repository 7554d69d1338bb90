import type { Decision } from '../mail/decision.ts'
import type { Facts } from '../mail/facts.ts'
import { after } from '../mail/instant.ts'
import { type Consequences, NO_CONSEQUENCES } from '../mail/ledger-port.ts'
import type { TallyKey, Told } from '../mail/limits.ts'
import type { Notice } from '../mail/notice.ts'
import type { ReasonCode } from '../mail/reason.ts'
import { isAbsence } from './candidate.ts'
import { stormOf } from './storm.ts'
import { limitsOn } from './tallies.ts'

/** Long enough that a loop between two mail servers dies of it, short enough that a person is answered tomorrow. */
const MUTE_MS = 24 * 3_600_000

/**
 * What a decision changes beside the mail itself. A notice takes its places in the counters and is remembered if it tells
 * of an absence; a silence takes none (suppressed mail uses nothing up), but may trip the breaker or mute a storm. In
 * shadow mode nothing is sent, so nothing is changed.
 */
export function consequencesOf(facts: Facts, { reply }: Decision): Consequences {
  if (facts.policy.mode === 'shadow') return NO_CONSEQUENCES
  switch (reply.kind) {
    case 'shadow':
      return NO_CONSEQUENCES
    case 'send':
      return sentConsequences(facts, reply.notice)
    case 'silence': {
      const codes = reply.because.map((one) => one.code)
      return { ...NO_CONSEQUENCES, mute: muteFor(facts, codes), breaker: tripped(facts, codes) }
    }
    default:
      return reply satisfies never
  }
}

/** What a notice that goes out uses up, whoever ordered it. */
export function sentConsequences(facts: Facts, notice: Notice): Consequences {
  return { ...NO_CONSEQUENCES, reserve: places(facts), told: toldOf(facts, notice) }
}

function places(facts: Facts): readonly TallyKey[] {
  return limitsOn(facts).map(({ scope, key }) => ({ scope, key }))
}

function toldOf({ occasions }: Facts, { kind, mailbox }: Notice): Told | undefined {
  const occasion = occasions.find((one) => one.notice === kind)
  return occasion === undefined || !isAbsence(kind) ? undefined : { mailbox, notice: kind, occasion: occasion.id }
}

const STORM: readonly ReasonCode[] = ['repeats-itself', 'subject-drifts', 'too-many-at-once', 'limit-correspondent']

/**
 * Only mail that would have been answered otherwise mutes its sender: a machine that is known for one needs no mute, and
 * forged mail must not silence the person whose address it bears.
 */
function muteFor(facts: Facts, codes: readonly ReasonCode[]): Consequences['mute'] {
  if (!codes.every((code) => STORM.includes(code))) return undefined
  const { mails } = stormOf(facts)
  if (mails === undefined) return undefined
  return { until: after(facts.now, MUTE_MS), because: `${mails} mails with the same text or subject within an hour` }
}

const SHARED: readonly ReasonCode[] = ['limit-global', 'limit-mailbox', 'limit-domain']

/** A notice that only full counters of many senders hold back trips the breaker; one sender at its own limit does not. */
function tripped({ now, findings, policy }: Facts, codes: readonly ReasonCode[]): Consequences['breaker'] {
  const isOpen = findings.breaker !== undefined && findings.breaker.until > now
  if (isOpen || !codes.includes('limit-global') || !codes.every((code) => SHARED.includes(code))) return undefined
  const { global } = policy.limits
  if (global === 'off') return undefined
  const because = `${global.count} notices within ${global.windowMs / 60_000} minutes`
  return { until: after(now, policy.coolDownMs), because }
}
