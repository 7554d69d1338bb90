/** A house with its real ledger: mails are accepted, settled and remembered, and notices leave by a real next hop. */
import { createHash } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { consider } from '../../src/consider.ts'
import { consequencesOf } from '../../src/decide/consequences.ts'
import { decide } from '../../src/decide/decide.ts'
import type { Facts, Inquiry } from '../../src/mail/facts.ts'
import { type IncomingId, timeSortedId } from '../../src/mail/ids.ts'
import type { Instant } from '../../src/mail/instant.ts'
import type { Ledger, Settled } from '../../src/mail/ledger-port.ts'
import type { Cargo, QueueEntry } from '../../src/mail/queue.ts'
import { WORLD } from '../../src/ops/clock.ts'
import { SILENT_LOG } from '../../src/ops/events.ts'
import { newEntries, prepare } from '../../src/outbound.ts'
import { parse } from '../../src/parse/parse.ts'
import type { Settings } from '../../src/settings.ts'
import { type Script, startSink } from '../peers/scripted-sink.ts'
import { delivery, hopTo } from '../unit/deliver/fixture.ts'
import { aPlace, openAt, type Place } from '../unit/ledger/sqlite-ledger.ts'
import { type Around, arrived, RECEIVED } from './judge.ts'

export type Received = Settled & {
  readonly id: IncomingId
  /** What the ledger was asked, and what was known without it. */
  readonly inquiry: Inquiry
  readonly facts: Omit<Facts, 'findings'>
  /** The kind of notice that goes out, else the reasons for silence. */
  readonly answer: string
}

export type Desk = {
  readonly ledger: Ledger
  readonly settings: Settings
  /** A mail comes in and is settled at `at`. */
  receive(octets: Uint8Array, around?: Around & { readonly at?: Instant }): Promise<Received>
}

/** @param place where the ledger lies; one that was closed there is opened again */
export async function openDesk(settings: Settings, place: Place = aPlace()): Promise<Desk> {
  const ledger = await openAt(place)
  return { ledger, settings, receive: (octets, around = {}) => receive({ ledger, settings }, octets, around) }
}

async function receive(
  { ledger, settings }: Pick<Desk, 'ledger' | 'settings'>,
  octets: Uint8Array,
  around: Around & { readonly at?: Instant },
): Promise<Received> {
  const now = around.at ?? RECEIVED
  const { octets: _, bodyDigest: __, ...arrival } = arrived(around)
  const deposit = ledger.deposit()
  await deposit.write(octets)
  const id = timeSortedId(now, WORLD.chance(16)) as IncomingId
  const incoming = await deposit.commit(
    { ...arrival, id, receivedAt: now },
    createHash('sha256').update(octets).digest('hex'),
  )
  const message = await parse(octets, { complete: true })
  const { known, inquiry } = consider({ incoming, message, authentication: undefined }, settings)
  const facts: Omit<Facts, 'findings'> = {
    ...known,
    occasions: around.occasion === undefined ? [] : [around.occasion],
    now,
    ...around.facts,
  }
  const settled = await ledger.settle(inquiry, now, (findings) => {
    const whole: Facts = { ...facts, findings }
    const decision = decide(whole)
    return {
      decision,
      nature: whole.nature,
      authentication: whole.authentication,
      messageId: message.messageId,
      from: message.from[0]?.address,
      subject: message.subject,
      language: message.language,
      defects: message.defects,
      copied: [],
      threadIds: [],
      entries: newEntries(
        { incoming, message, authentication: whole.authentication, decision, now, freshTicket: findings.freshTicket },
        { settings, world: WORLD },
      ),
      consequences: consequencesOf(whole, decision),
    }
  })
  const { reply } = settled.decision
  const answer = reply.kind === 'silence' ? reply.because.map((one) => one.code).join(', ') : reply.notice.kind
  return { ...settled, id, inquiry, facts, answer }
}

/** The entry that carries a notice, or the one that hands the mail on. */
export function entryOf(settled: Settled, kind: Cargo['kind']): QueueEntry {
  const found = settled.entries.find((one) => one.cargo.kind === kind)
  if (found === undefined) throw new Error(`there is no ${kind} among the entries`)
  return found
}

export type Sent = {
  /** Command lines as the next hop saw them. */
  readonly mail: string
  readonly rcpt: readonly string[]
  readonly octets: string
}

/** Sends an entry to a next hop that does as the script says. @returns what it got, nothing where the entry was held */
export async function sent(
  { ledger, settings }: Pick<Desk, 'ledger' | 'settings'>,
  entry: QueueEntry,
  script: Script = {},
): Promise<Sent | undefined> {
  const sink = await startSink(script)
  const out = delivery()
  onTestFinished(async () => {
    await out.close()
    await sink.close()
  })
  const prepared = await prepare(entry, { ledger, settings, world: WORLD, log: SILENT_LOG })
  if ('held' in prepared) return undefined
  const outcome = await out.attempt({ ...prepared.job, hop: hopTo(sink) })
  if (outcome.kind !== 'accepted') throw new Error(`the next hop said ${outcome.detail}`)
  const [got] = sink.received
  return got === undefined ? undefined : { mail: got.mail, rcpt: got.rcpt, octets: got.octets.toString('latin1') }
}
