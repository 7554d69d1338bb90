import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { timeOfId } from '../mail/ids.ts'
import type { Source } from '../mail/incoming.ts'
import type { Cargo, Outcome } from '../mail/queue.ts'
import { REASONS } from '../mail/reason.ts'
import type { World } from './clock.ts'
import { type Events, LEVELS, type Log } from './events.ts'

// The values that a label may have: whatever else an event says is counted as `other`, so no stranger can make series.
const SOURCES = ['smtp', 'lmtp', 'stdin', 'imap', 'file'] as const satisfies readonly Source[]
const CARGOES = ['notice', 'hand-on'] as const satisfies readonly Cargo['kind'][]
const OUTCOMES = ['accepted', 'deferred', 'refused', 'unknown'] as const satisfies readonly Outcome['kind'][]
const DISPOSITIONS = ['new-ticket', 'follow-up', 'reopen', 'file-only', 'duplicate', 'set-aside']
const REPLIES = ['send', 'shadow', 'silence']
const REASON_CODES = Object.keys(REASONS)

// Settling takes milliseconds and, when the disk is slow or a worker was lost, seconds.
const SETTLE_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
// An acknowledgement is out in well under a second, or after one of the retries.
const LATENCY_BUCKETS_S = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600]

type Count = Log
type Series = { readonly registry: Registry; readonly prefix: string }

/** Makes the series that follow from events, at zero where their labels are few, and returns what adds an event to them. */
export function countEvents(registry: Registry, prefix: string, world: World): Count {
  const at: Series = { registry, prefix }
  const every = counter(at, 'events_total', 'Lines of the log by event, whatever level is written.', ['event'])
  for (const event of Object.keys(LEVELS)) every.inc({ event }, 0)
  const special = { ...mailCounters(at, world), ...attemptCounters(at, world), ...stateGauges(at, world) }
  return (name, fields) => {
    every.inc({ event: name })
    // `name` and `fields` belong together by the type of Log, which the compiler cannot follow into the table
    const add = special[name] as ((fields: Events[typeof name]) => void) | undefined
    add?.(fields)
  }
}

type Adders = { readonly [Name in keyof Events]?: (fields: Events[Name]) => void }

function mailCounters(at: Series, world: World): Adders {
  const received = counter(at, 'messages_received_total', 'Messages accepted, by the way they came.', ['source'])
  for (const source of SOURCES) received.inc({ source }, 0)
  const refused = counter(at, 'refusals_total', 'Sessions, recipients and messages refused, by reply code.', [
    'what',
    'code',
  ])
  const decisions = counter(
    at,
    'decisions_total',
    'Messages settled; the reason is the first one for a silence, else none.',
    ['disposition', 'reply', 'reason'],
  )
  const settling = new Histogram({
    name: `${at.prefix}settle_seconds`,
    help: 'From taking up an accepted message to its recorded decision.',
    buckets: SETTLE_BUCKETS_S,
    registers: [at.registry],
  })
  const accepted = new Gauge({
    name: `${at.prefix}last_message_timestamp_seconds`,
    help: 'When a message was last accepted; 0 before the first one.',
    registers: [at.registry],
  })
  return {
    'message.accepted': ({ source }) => {
      received.inc({ source: oneOf(SOURCES, source) })
      accepted.set(world.now() / 1000)
    },
    'session.refused': ({ code }) => refused.inc({ what: 'session', code: replyCode(code) }),
    'recipient.refused': ({ code }) => refused.inc({ what: 'recipient', code: replyCode(code) }),
    'message.refused': ({ code }) => refused.inc({ what: 'message', code: replyCode(code) }),
    'message.settled': ({ disposition, reply, reasons, ms }) => {
      const [reason] = reasons
      decisions.inc({
        disposition: oneOf(DISPOSITIONS, disposition),
        reply: oneOf(REPLIES, reply),
        reason: reason === undefined ? 'none' : oneOf(REASON_CODES, reason),
      })
      settling.observe(ms / 1000)
    },
  }
}

function attemptCounters(at: Series, world: World): Adders {
  const attempts = counter(at, 'attempts_total', 'Attempts to deliver, by what was delivered and how they ended.', [
    'cargo',
    'outcome',
  ])
  for (const cargo of CARGOES) for (const outcome of OUTCOMES) attempts.inc({ cargo, outcome }, 0)
  const latency = new Histogram({
    name: `${at.prefix}ack_latency_seconds`,
    help: 'From accepting a message to the next hop taking the notice that answers it.',
    buckets: LATENCY_BUCKETS_S,
    registers: [at.registry],
  })
  return {
    'attempt.ended': ({ cargo, outcome, incoming }) => {
      attempts.inc({ cargo: oneOf(CARGOES, cargo), outcome: oneOf(OUTCOMES, outcome) })
      const acceptedAt = timeOfId(incoming)
      if (cargo !== 'notice' || outcome !== 'accepted' || acceptedAt === undefined) return
      latency.observe(Math.max(0, world.now() - acceptedAt) / 1000)
    },
  }
}

function stateGauges(at: Series, world: World): Adders {
  const registers = [at.registry]
  const notAfter = new Gauge({
    name: `${at.prefix}tls_cert_not_after_timestamp_seconds`,
    help: 'When the certificate in use expires.',
    labelNames: ['certificate'],
    registers,
  })
  const reloaded = new Gauge({
    name: `${at.prefix}last_reload_successful`,
    help: 'Whether the last reload of configuration and templates was taken over: 1, or 0. The start counts as 1.',
    registers,
  })
  const reloadedAt = new Gauge({
    name: `${at.prefix}last_reload_success_timestamp_seconds`,
    help: 'When configuration and templates were last taken over.',
    registers,
  })
  reloaded.set(1)
  reloadedAt.set(world.now() / 1000)
  const expires = (fields: { certificate: string; notAfter: string }): void =>
    notAfter.set({ certificate: fields.certificate }, Date.parse(fields.notAfter) / 1000)
  return {
    'tls.loaded': expires,
    'tls.expired': expires,
    'reload.done': () => {
      reloaded.set(1)
      reloadedAt.set(world.now() / 1000)
    },
    'reload.refused': () => reloaded.set(0),
  }
}

function counter<Label extends string>(at: Series, name: string, help: string, labelNames: Label[]): Counter<Label> {
  return new Counter({ name: `${at.prefix}${name}`, help, labelNames, registers: [at.registry] })
}

function oneOf(known: readonly string[], value: string): string {
  return known.includes(value) ? value : 'other'
}

/** RFC 5321 4.2: replies have three digits, the first 2 to 5. */
function replyCode(code: number): string {
  return Number.isInteger(code) && code >= 200 && code <= 599 ? String(code) : 'other'
}
