/** A person's hand: what an operator orders by command, in the daemon or, where none runs, by the command itself. */

import { consider, factsOf } from './consider.ts'
import { judgeOrder } from './decide/order.ts'
import { folded } from './mail/address.ts'
import { NOT_AUTHENTICATED } from './mail/authentication.ts'
import type { HandCommand, HandResult } from './mail/command.ts'
import type { Incoming } from './mail/incoming.ts'
import type { Ledger, Order, OrderAccount, Ordered, OrderRefused } from './mail/ledger-port.ts'
import { REASONS } from './mail/reason.ts'
import { formatTag } from './mail/tag.ts'
import type { World } from './ops/clock.ts'
import type { Log } from './ops/events.ts'
import { noticeEntry } from './outbound.ts'
import { type Parser, parseStored } from './parser.ts'
import type { Settings } from './settings.ts'

export type HandParts = {
  readonly ledger: Ledger
  readonly parser: Pick<Parser, 'parse' | 'unreadable'>
  readonly settings: Settings
  readonly world: World
  readonly log: Log
  /** Called when an order made queue entries. */
  readonly onEntries: () => void
}

/**
 * Carries out one command.
 * @returns what became of it, also where the answer is no
 * @throws Trouble where the ledger cannot be read or written
 */
export async function carryOut(command: HandCommand, parts: HandParts): Promise<HandResult> {
  const result = await carriedOut(command, parts)
  parts.log('hand.command', { command: command.kind, ok: result.ok, text: result.text })
  return result
}

async function carriedOut(command: HandCommand, parts: HandParts): Promise<HandResult> {
  const { ledger, world } = parts
  switch (command.kind) {
    case 'send':
      return ordered(command.message, { kind: 'send', notice: command.notice }, parts)
    case 'mark':
      return ordered(command.message, { kind: 'mark', nature: command.nature }, parts)
    case 'never-add': {
      const { pattern, note } = command
      const done = await ledger.addNever({ pattern, note, since: world.now() })
      const there = `${pattern} was on the list already${note === '' ? '' : '; its note is the new one'}`
      const text = done === 'added' ? `never writing to ${pattern} from now on` : there
      return { ok: true, text, facts: { pattern, result: done } }
    }
    case 'never-remove': {
      const { pattern } = command
      const done = await ledger.removeNever(pattern)
      const missing = `${pattern} is not on the list; what never_answer of the configuration says is changed there`
      return result(done === 'removed', `${pattern} is off the list`, missing, { pattern, result: done })
    }
    case 'mute-lift': {
      const done = await ledger.liftMute(command.address)
      const facts = { address: folded(command.address), result: done }
      return result(done === 'lifted', `${command.address} is answered again`, `${command.address} is not muted`, facts)
    }
    case 'arm': {
      const done = await ledger.arm(world.now())
      const text =
        done === 'armed' ? 'the breaker is armed again; notices go out' : 'the breaker was armed; nothing to do'
      return { ok: true, text, facts: { result: done } }
    }
    default:
      return command satisfies never
  }
}

function result(ok: boolean, yes: string, no: string, facts: HandResult['facts']): HandResult {
  return { ok, text: ok ? yes : no, facts }
}

/** An order about one message: it is read and judged again as it was, but for what the person overrides. */
async function ordered(name: string, order: Order, parts: HandParts): Promise<HandResult> {
  const { ledger, settings, world } = parts
  const record = await ledger.message(name)
  if (record === undefined) {
    return {
      ok: false,
      text: `no message ${name}; \`replyd messages list\` shows the ids`,
      facts: { error: 'unknown' },
    }
  }
  const { incoming } = record
  if (record.settledAt === undefined) {
    const text = `${incoming.id} is not settled yet; try again when the daemon has looked at it`
    return { ok: false, text, facts: { error: 'not-settled', id: incoming.id } }
  }
  // what could not be understood then is not tried again: the parser may not survive it
  const { parser } = parts
  const isSetAside = record.line.state === 'set-aside'
  const message = isSetAside ? parser.unreadable : await parseStored(incoming, { octets: ledger, parser })
  const authentication = record.account?.authentication ?? NOT_AUTHENTICATED
  const letter = { incoming, message, authentication }
  const considered = consider(letter, settings)
  const now = world.now()
  const done = await ledger.order(considered.inquiry, now, (findings, before): OrderAccount | OrderRefused => {
    const facts = factsOf(considered, findings, now)
    const judged = judgeOrder(facts, before, order)
    if ('refused' in judged) return judged
    const ticket = before.record.line.ticket ?? (judged.ticket === 'opens' ? findings.freshTicket : undefined)
    const { notice, ...rest } = judged
    if (notice === undefined) return { order, entries: [], ...rest }
    const mode = facts.policy.mode === 'shadow' ? 'shadow' : 'send'
    return { order, entries: [noticeEntry({ ...letter, notice, mode, ticket, now }, { settings, world })], ...rest }
  })
  if (done.kind === 'done' && done.entries.length > 0) parts.onEntries()
  return told(done, { incoming, order, settings })
}

/** What became of an order, in words. */
function told(
  done: Ordered,
  { incoming, order, settings }: { incoming: Incoming; order: Order; settings: Settings },
): HandResult {
  const { id } = incoming
  switch (done.kind) {
    case 'unknown':
      return { ok: false, text: `no message ${id}`, facts: { error: 'unknown', id } }
    case 'refused': {
      const reasons = done.because.map((one) => ({ ...one, text: REASONS[one.code].text }))
      const said = reasons.map((one) => (one.detail === undefined ? one.text : `${one.text} (${one.detail})`))
      return { ok: false, text: `not done: ${said.join(' ')}`, facts: { error: 'refused', id, reasons } }
    }
    case 'done': {
      const ticket = done.ticket ?? null
      const tag = done.ticket === undefined ? '' : `, ticket ${formatTag(done.ticket, settings.keys.tagPrefix)}`
      const entry = done.entries.find((one) => one.cargo.kind === 'notice')
      if (order.kind === 'mark') {
        return { ok: true, text: `${id} is marked ${order.nature}${tag}`, facts: { id, nature: order.nature, ticket } }
      }
      const how = entry?.state === 'would-send' ? 'would go out (send.mode: shadow)' : 'is queued'
      const text = `${order.notice} ${how} for ${id}${tag}`
      return {
        ok: true,
        text,
        facts: { id, notice: order.notice, entry: entry?.id ?? null, state: entry?.state, ticket },
      }
    }
    default:
      return done satisfies never
  }
}
