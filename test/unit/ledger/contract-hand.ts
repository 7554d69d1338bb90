import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import type { IncomingId } from '../../../src/mail/ids.ts'
import { after } from '../../../src/mail/instant.ts'
import {
  type Account,
  type Before,
  type Ledger,
  type NewEntry,
  NO_CONSEQUENCES,
  type OrderAccount,
  type Ordered,
} from '../../../src/mail/ledger-port.ts'
import type { QueueState } from '../../../src/mail/queue.ts'
import {
  accept,
  account,
  BILLING,
  FILED,
  findings,
  handOn,
  inquiry,
  MARIA,
  mid,
  NOW,
  newEntryId,
  newIncomingId,
  notice,
  SUPPORT,
  settled,
} from './arrivals.ts'
import { aLedger, type OpenLedger, opened } from './opened.ts'

const LATER = after(NOW, 60_000)
const MACHINE: Partial<Account> = { decision: FILED, nature: { kind: 'automatic', signs: [] } }

function send(changes: Partial<OrderAccount> = {}): OrderAccount {
  return {
    order: { kind: 'send', notice: 'acknowledgement' },
    entries: [notice()],
    consequences: NO_CONSEQUENCES,
    ticket: 'as-it-is',
    pending: 'as-it-is',
    ...changes,
  }
}

function mark(nature: 'person' | 'automatic', changes: Partial<OrderAccount> = {}): OrderAccount {
  return send({ order: { kind: 'mark', nature }, entries: [], ...changes })
}

function order(ledger: Ledger, of: { incoming: { id: IncomingId } }, verdict: OrderAccount): Promise<Ordered> {
  return ledger.order(inquiry(of.incoming as never, { correspondent: MARIA }), LATER, () => verdict)
}

/** A notice, and how an attempt to send it ended, where one did. */
type Case = { readonly entry: NewEntry; readonly ends?: readonly [QueueState, 0 | 1] }

/** A notice that was attempted and ended like this. */
async function ended(ledger: Ledger, entry: NewEntry, state: QueueState, unknown: 0 | 1 = 0): Promise<void> {
  await ledger.lease([{ id: entry.id, rendered: undefined }])
  await ledger.conclude(entry.id, { state, unknown, nextAttempt: NOW, outcome: 'x', hopMessageId: undefined })
}

export function describeHand(open: OpenLedger): void {
  describeSending(open)
  describeMarking(open)
  describeNever(open)
  describeShadow(open)
}

function describeSending(open: OpenLedger): void {
  test('an ordered notice is queued, takes its place, is written down, and survives a restart', async () => {
    const { ledger, reopen } = await opened(open)
    const first = await settled(ledger, { entries: [handOn()] })
    const entry = notice()
    const reserve = [{ scope: 'global', key: '' }] as const
    const told = { mailbox: SUPPORT, notice: 'holiday', occasion: 'x' } as const
    const verdict = send({ entries: [entry], consequences: { ...NO_CONSEQUENCES, reserve, told } })
    const done = await order(ledger, first, verdict)
    expect(done).toMatchObject({
      kind: 'done',
      ticket: first.ticket,
      entries: [{ id: entry.id, ticket: first.ticket }],
    })
    const again = await reopen()
    expect((await again.due(NOW, 10)).map((one) => one.cargo.kind)).toEqual(['hand-on', 'notice'])
    expect((await again.message(first.incoming.id))?.orders).toEqual([{ at: LATER, order: verdict.order }])
    const found = await findings(again, {
      tallies: [{ scope: 'global', key: '', windowMs: 3_600_000 }],
      correspondent: MARIA,
      claims: [{ code: 'stored-message-id', messageId: entry.messageId, value: '' }],
    })
    expect(found).toMatchObject({ used: [1], told: [told], threads: [{ ticket: { id: first.ticket } }] })
  })

  test('judge is told the record and the notices that may have been sent, in the state of now', async () => {
    const ledger = await aLedger(open)
    const states: readonly (Case & { told: boolean })[] = [
      { entry: notice({ state: 'would-send' }), told: false },
      { entry: notice(), told: true },
      { entry: notice({ state: 'held', because: 'x' }), told: true },
      { entry: notice(), told: true, ends: ['sent', 0] },
      { entry: notice(), told: false, ends: ['failed', 0] },
      { entry: notice(), told: false, ends: ['withdrawn', 0] },
      { entry: notice(), told: true, ends: ['failed', 1] },
      { entry: notice(), told: true, ends: ['withdrawn', 1] },
    ]
    for (const one of states) {
      const { incoming } = await settled(ledger, { entries: [handOn(), one.entry], subject: 'Here' })
      if (one.ends !== undefined) await ended(ledger, one.entry, ...one.ends)
      const seen: Before[] = []
      await ledger.order(inquiry(incoming), LATER, (_, before) => {
        seen.push(before)
        return { refused: [{ code: 'answered-before' }] }
      })
      expect(seen[0]?.record).toMatchObject({ line: { subject: 'Here' }, entries: [{}, { id: one.entry.id }] })
      expect(seen[0]?.notices.map((each) => each.id)).toEqual(one.told ? [one.entry.id] : [])
    }
  })

  test('whatever judge says, a message never gets a second notice beside one that may have been sent', async () => {
    const ledger = await aLedger(open)
    for (const [state, unknown] of [
      ['queued', 0],
      ['sent', 0],
      ['held', 1],
      ['failed', 1],
      ['withdrawn', 1],
    ] as const) {
      const entry = notice()
      const first = await settled(ledger, { entries: [entry] })
      if (state !== 'queued') await ended(ledger, entry, state, unknown)
      await expect(order(ledger, first, send()), `${state}, ${unknown} unknown`).rejects.toThrow()
      expect((await ledger.message(first.incoming.id))?.orders).toEqual([])
    }
    const waiting = await settled(ledger)
    const both = await Promise.allSettled([order(ledger, waiting, send()), order(ledger, waiting, send())])
    expect(both.map((one) => one.status)).toEqual(['fulfilled', 'rejected'])
  })

  test('what was not sent leaves room: shadow, then refused, then taken back, then the one that goes', async () => {
    const ledger = await aLedger(open)
    const first = await settled(ledger, { entries: [notice({ state: 'would-send' })] })
    for (const state of ['failed', 'withdrawn'] as const) {
      const entry = notice()
      await order(ledger, first, send({ entries: [entry] }))
      await ended(ledger, entry, state)
    }
    expect(await order(ledger, first, send())).toMatchObject({ kind: 'done' })
    const record = await ledger.message(first.incoming.id)
    expect(record?.entries.map((one) => one.state)).toEqual(['would-send', 'failed', 'withdrawn', 'queued'])
  })

  test('a refused order, and one that judge cannot judge, leave no trace', async () => {
    const ledger = await aLedger(open)
    const { incoming } = await settled(ledger, MACHINE)
    const because = [{ code: 'muted', detail: 'a storm' }, { code: 'null-sender' }] as const
    const refused = await ledger.order(inquiry(incoming), LATER, () => ({ refused: because }))
    expect(refused).toEqual({ kind: 'refused', because })
    const bug = ledger.order(inquiry(incoming), LATER, () => {
      throw new RangeError('a bug')
    })
    await expect(bug).rejects.toThrow(/a bug/u)
    const late = (() => Promise.resolve(send())) as unknown as () => OrderAccount
    await expect(ledger.order(inquiry(incoming), LATER, late)).rejects.toThrow(/promise/u)
    expect(await ledger.message(incoming.id)).toMatchObject({ orders: [], entries: [], line: { ticket: undefined } })
  })

  test('an order about nothing is unknown; about a message that still waits, it is too soon', async () => {
    const ledger = await aLedger(open)
    const nothing = { incoming: { id: newIncomingId() } }
    expect(await order(ledger, nothing, send())).toEqual({ kind: 'unknown' })
    const waiting = { incoming: await accept(ledger) }
    await expect(order(ledger, waiting, send())).rejects.toMatchObject({ name: 'Trouble', kind: 'temporary' })
    expect((await ledger.settle(inquiry(waiting.incoming), NOW, () => account())).entries).toEqual([])
  })

  test('what is known in an order leaves the message itself out', async () => {
    const ledger = await aLedger(open)
    const asked = { copyKey: 'one mail', correspondent: MARIA }
    const { incoming } = await settled(ledger, {}, asked)
    await ledger.order(inquiry(incoming, asked), LATER, ({ copy, recent }) => {
      expect({ copy, recent }).toEqual({ copy: undefined, recent: [] })
      return send()
    })
    expect((await findings(ledger, { ...asked, now: LATER })).recent).toMatchObject([{ answer: 'notice' }])
    expect.assertions(2)
  })
}

function describeMarking(open: OpenLedger): void {
  test('what a machine was taken for and a person wrote gets the fresh ticket, and is found by it', async () => {
    const ledger = await aLedger(open)
    const messageId = mid('marked@customer.example')
    const first = await settled(ledger, { ...MACHINE, messageId, entries: [handOn()] })
    expect(first.ticket).toBeUndefined()
    let fresh: string | undefined
    const done = await ledger.order(inquiry(first.incoming), LATER, ({ freshTicket }) => {
      fresh = freshTicket
      return mark('person', { ticket: 'opens' })
    })
    expect(done).toEqual({ kind: 'done', ticket: fresh, entries: [] })
    const { line, entries, account: before } = (await ledger.message(first.incoming.id)) ?? {}
    expect(line).toMatchObject({ marked: 'person', nature: 'automatic', disposition: 'file-only', ticket: fresh })
    expect(entries?.map((one) => [one.cargo.kind, one.state])).toEqual([['hand-on', 'queued']])
    expect(before?.decision).toEqual(FILED)
    expect(await ledger.ticket(fresh as never)).toMatchObject({
      mailbox: SUPPORT,
      openedAt: LATER,
      participants: [{ address: MARIA, role: 'requester' }],
    })
    const claims = [{ code: 'stored-message-id', messageId, value: '' }] as const
    expect((await findings(ledger, { claims })).threads.map((one) => one.ticket.id)).toEqual([fresh])
  })

  test('a notice ordered with a fresh ticket belongs to it, in the mailbox that speaks', async () => {
    const ledger = await aLedger(open)
    const first = await settled(ledger, MACHINE)
    const plain = notice()
    if (plain.cargo.kind !== 'notice') throw new Error('no notice')
    const entry = { ...plain, cargo: { ...plain.cargo, notice: { ...plain.cargo.notice, mailbox: BILLING } } }
    const done = await order(ledger, first, send({ entries: [entry], ticket: 'opens' }))
    if (done.kind !== 'done' || done.ticket === undefined) throw new Error('no ticket was opened')
    expect(done.entries).toMatchObject([{ ticket: done.ticket }])
    expect((await ledger.ticket(done.ticket))?.mailbox).toBe(BILLING)
    const claims = [{ code: 'stored-message-id', messageId: entry.messageId, value: '' }] as const
    expect((await findings(ledger, { claims })).threads.map((one) => one.ticket.id)).toEqual([done.ticket])
    await expect(order(ledger, first, mark('person', { ticket: 'opens' }))).rejects.toThrow(/it has/u)
  })

  test('what a person was taken for and a machine wrote: its waiting notice is taken back, and nothing else', async () => {
    const ledger = await aLedger(open)
    const cases: readonly (Case & { becomes: QueueState })[] = [
      { entry: notice(), becomes: 'withdrawn' },
      { entry: notice({ state: 'held', because: 'send.mode is off' }), becomes: 'withdrawn' },
      { entry: notice(), ends: ['queued', 0], becomes: 'withdrawn' },
      { entry: notice(), ends: ['held', 1], becomes: 'held' },
      { entry: notice(), ends: ['sent', 0], becomes: 'sent' },
      { entry: notice({ state: 'would-send' }), becomes: 'would-send' },
    ]
    for (const one of cases) {
      const first = await settled(ledger, { entries: [handOn(), one.entry] })
      if (one.ends !== undefined) await ended(ledger, one.entry, ...one.ends)
      await order(ledger, first, mark('automatic', { pending: 'withdraw' }))
      const record = await ledger.message(first.incoming.id)
      expect(record?.entries.map((entry) => entry.state)).toEqual(['queued', one.becomes])
      if (one.becomes !== 'withdrawn') continue
      const outcome = 'withdrawn: the message was marked automatic'
      expect(record?.entries[1]?.lastOutcome).toBe(outcome)
      expect(record?.attempts.at(-1)).toEqual({ entry: one.entry.id, at: LATER, outcome })
    }
    const due = await ledger.due(NOW, 20)
    expect(due.every((one) => one.cargo.kind === 'hand-on')).toBe(true)
  })

  test('the last mark counts, all orders are kept in order, and lists show it', async () => {
    const ledger = await aLedger(open)
    const [first, other] = [await settled(ledger), await settled(ledger)]
    const orders = [mark('automatic'), mark('person'), send()]
    for (const one of orders) await order(ledger, first, one)
    const record = await ledger.message(first.incoming.id)
    expect(record?.orders).toEqual(orders.map((one) => ({ at: LATER, order: one.order })))
    const lines = await ledger.messages({ limit: 10, before: undefined })
    expect(lines.map((line) => [line.id, line.marked])).toEqual([
      [other.incoming.id, undefined],
      [first.incoming.id, 'person'],
    ])
  })
}

function describeNever(open: OpenLedger): void {
  test('the list of whom we never write to is folded, sorted, and seen by the next message', async () => {
    const { ledger, reopen } = await opened(open)
    expect(await ledger.addNever({ pattern: '*@Partner.example', since: NOW, note: '' })).toBe('added')
    expect(await ledger.addNever({ pattern: 'bot@customer.example', since: NOW, note: 'a loop' })).toBe('added')
    expect(await ledger.addNever({ pattern: 'BOT@customer.example', since: LATER, note: 'two loops' })).toBe('there')
    expect(await ledger.addNever({ pattern: 'bot@customer.example', since: LATER, note: '' })).toBe('there')
    const both = [
      { pattern: '*@partner.example', since: NOW, note: '' },
      { pattern: 'bot@customer.example', since: NOW, note: 'two loops' },
    ]
    expect(await ledger.never()).toEqual(both)
    expect((await findings(ledger)).never).toEqual(both)
    const again = await reopen()
    expect((await findings(again)).never).toEqual(both)
    expect(await again.removeNever('Bot@Customer.example')).toBe('removed')
    expect(await again.removeNever('bot@customer.example')).toBe('absent')
    expect((await findings(again)).never).toEqual([both[0]])
  })

  test('an addition that fails changes nothing for the messages that come with it', async () => {
    const ledger = await aLedger(open)
    const rule = { pattern: 'bot@customer.example', since: NOW, note: '' }
    await findings(ledger)
    const incoming = await accept(ledger)
    const seen: unknown[] = []
    const ended = await Promise.allSettled([
      ledger.addNever({ ...rule, note: undefined as unknown as string }),
      ledger.settle(inquiry(incoming), NOW, ({ never }) => {
        seen.push(never)
        return account()
      }),
    ])
    expect(ended.map((one) => one.status)).toEqual(['rejected', 'fulfilled'])
    expect(seen).toEqual([[]])
    expect((await findings(ledger)).never).toEqual([])
  })

  test('a message that is settled together with an addition sees it', async () => {
    const ledger = await aLedger(open)
    await findings(ledger)
    const incoming = await accept(ledger)
    const seen: unknown[] = []
    await Promise.all([
      ledger.addNever({ pattern: 'a@x.example', since: NOW, note: '' }),
      ledger.settle(inquiry(incoming), NOW, ({ never }) => {
        seen.push(never.map((one) => one.pattern))
        return account()
      }),
    ])
    expect(seen).toEqual([['a@x.example']])
  })
}

function describeShadow(open: OpenLedger): void {
  test('notices of shadow mode are rendered once, kept, and never due', async () => {
    const { ledger, reopen } = await opened(open)
    const [first, second] = [notice({ state: 'would-send' }), notice({ state: 'would-send' })]
    for (const entry of [first, second]) await settled(ledger, { entries: [entry, handOn()] })
    expect((await ledger.unrendered(1)).map((one) => one.id)).toEqual([first.id])
    await ledger.keep(first.id, Buffer.from('what would have gone'))
    await ledger.keep(first.id, Buffer.from('another text'))
    const again = await reopen()
    expect((await again.unrendered(10)).map((one) => one.id)).toEqual([second.id])
    expect(Buffer.from((await again.rendered(first.id)) ?? []).toString()).toBe('what would have gone')
    expect((await again.due(LATER, 10)).every((one) => one.cargo.kind === 'hand-on')).toBe(true)
  })

  test('octets are kept for nothing but shadow mode', async () => {
    const ledger = await aLedger(open)
    const entry = notice()
    await settled(ledger, { entries: [entry] })
    for (const id of [entry.id, newEntryId()]) {
      await expect(ledger.keep(id, Buffer.from('x'))).rejects.toThrow(/no entry of shadow mode/u)
    }
    expect(await ledger.rendered(entry.id)).toBeUndefined()
    expect(await ledger.unrendered(10)).toEqual([])
  })
}
