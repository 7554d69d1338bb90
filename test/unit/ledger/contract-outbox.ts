import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { after, instant } from '../../../src/mail/instant.ts'
import type { NextState } from '../../../src/mail/ledger-port.ts'
import { BILLING, handOn, mid, NOW, newEntryId, notice, SUPPORT, settled } from './arrivals.ts'
import { aLedger, type OpenLedger, opened } from './opened.ts'

const MINUTE_MS = 60_000

function next(changes: Partial<NextState> = {}): NextState {
  return { state: 'sent', nextAttempt: NOW, unknown: 0, outcome: '250 2.0.0 Ok', hopMessageId: undefined, ...changes }
}

export function describeOutbox(open: OpenLedger): void {
  test('due gives what is queued and whose instant has come, oldest instant first', async () => {
    const ledger = await aLedger(open)
    const [late, early, future, held] = [
      handOn({ nextAttempt: NOW }),
      handOn({ nextAttempt: after(NOW, -MINUTE_MS) }),
      handOn({ nextAttempt: after(NOW, 1) }),
      handOn({ state: 'held', because: 'a mail loop' }),
    ]
    await settled(ledger, { entries: [late, early, future, held] })
    expect((await ledger.due(NOW, 10)).map((one) => one.id)).toEqual([early.id, late.id])
    expect((await ledger.due(NOW, 1)).map((one) => one.id)).toEqual([early.id])
    expect((await ledger.due(after(NOW, 1), 10)).map((one) => one.id)).toContain(future.id)
    expect(await ledger.due(instant(0), 10)).toEqual([])
  })

  test('due reads each lane by itself: a long queue for one mailbox hides neither notices nor another mailbox', async () => {
    const ledger = await aLedger(open)
    const front = Array.from({ length: 5 }, () => handOn({ nextAttempt: after(NOW, -MINUTE_MS) }))
    const other = handOn({ cargo: { kind: 'hand-on', mailbox: BILLING, recipient: BILLING } })
    const answer = notice()
    await settled(ledger, { entries: [...front, other, answer] })
    const ids = (await ledger.due(NOW, 2)).map((one) => one.id)
    expect(ids).toHaveLength(4)
    expect(ids).toEqual(expect.arrayContaining([other.id, answer.id]))
  })

  test('an entry comes back as it was made', async () => {
    const ledger = await aLedger(open)
    const [made, held] = [notice(), handOn({ state: 'held', because: 'a mail loop' })]
    const { incoming, ticket, entries } = await settled(ledger, { entries: [made, held] })
    expect(entries).toEqual([
      {
        id: made.id,
        incoming: incoming.id,
        ticket,
        cargo: made.cargo,
        state: 'queued',
        attempts: 0,
        unknowns: 0,
        nextAttempt: NOW,
        messageId: made.messageId,
        lastOutcome: undefined,
      },
      expect.objectContaining({ id: held.id, state: 'held', lastOutcome: 'a mail loop' }),
    ])
  })

  test('a lease is durable before it resolves: after a crash the attempt is known as interrupted', async () => {
    const { ledger, reopen } = await opened(open)
    const [first, second] = [notice(), handOn()]
    await settled(ledger, { entries: [first, second] })
    const octets = Buffer.from('From: support@acme.example\r\n\r\nWe have it.\r\n\0\xff')
    await ledger.lease([{ id: first.id, rendered: octets }])
    const again = await reopen()
    expect((await again.interrupted()).map((one) => [one.id, one.state, one.attempts])).toEqual([
      [first.id, 'sending', 1],
    ])
    expect(Buffer.from((await again.rendered(first.id)) ?? []).equals(octets)).toBe(true)
    expect(await again.rendered(second.id)).toBeUndefined()
    expect((await again.due(NOW, 10)).map((one) => one.id)).toEqual([second.id])
  })

  test('every later attempt has the octets of the first', async () => {
    const ledger = await aLedger(open)
    const entry = notice()
    await settled(ledger, { entries: [entry] })
    await ledger.lease([{ id: entry.id, rendered: Buffer.from('first') }])
    await ledger.conclude(entry.id, next({ state: 'queued', outcome: '451 later' }))
    await ledger.lease([{ id: entry.id, rendered: Buffer.from('rendered anew') }])
    expect(Buffer.from((await ledger.rendered(entry.id)) ?? []).toString()).toBe('first')
  })

  test('an attempt ends in its next state, and its history is kept in order', async () => {
    const ledger = await aLedger(open)
    const entry = notice()
    const { incoming } = await settled(ledger, { entries: [entry] })
    await ledger.lease([{ id: entry.id, rendered: Buffer.from('x') }])
    const later = after(NOW, MINUTE_MS)
    await ledger.conclude(
      entry.id,
      next({ state: 'queued', nextAttempt: later, unknown: 1, outcome: 'cut off after the dot' }),
    )
    expect(await ledger.due(NOW, 10)).toEqual([])
    expect(await ledger.due(later, 10)).toMatchObject([{ attempts: 1, unknowns: 1 }])
    await ledger.lease([{ id: entry.id, rendered: undefined }])
    await ledger.conclude(entry.id, next({ hopMessageId: mid('hop@x.example') }))
    const record = await ledger.message(incoming.id)
    expect(record?.entries).toMatchObject([{ state: 'sent', attempts: 2, unknowns: 1, lastOutcome: '250 2.0.0 Ok' }])
    expect(record?.attempts.map((one) => [one.entry, one.outcome])).toEqual([
      [entry.id, 'cut off after the dot'],
      [entry.id, '250 2.0.0 Ok'],
    ])
    expect(await ledger.interrupted()).toEqual([])
  })

  test('what is not queued any more is not leased, and then nothing of the same lease is', async () => {
    const ledger = await aLedger(open)
    const [taken, other] = [handOn(), handOn()]
    await settled(ledger, { entries: [taken, other] })
    await ledger.conclude(taken.id, next({ state: 'withdrawn', outcome: 'taken back by the operator' }))
    const lease = ledger.lease([other, taken].map(({ id }) => ({ id, rendered: undefined })))
    await expect(lease).rejects.toMatchObject({ name: 'Trouble', message: expect.stringContaining('withdrawn') })
    expect((await ledger.due(NOW, 10)).map((one) => [one.id, one.attempts])).toEqual([[other.id, 0]])
    await expect(ledger.lease([{ id: newEntryId(), rendered: undefined }])).rejects.toThrow(/unknown/u)
    await expect(ledger.conclude(newEntryId(), next())).rejects.toThrow(/no such queue entry/u)
  })

  test('an attempt is begun once, however many ask at the same time', async () => {
    const ledger = await aLedger(open)
    const entry = handOn()
    await settled(ledger, { entries: [entry] })
    const ended = await Promise.allSettled([1, 2, 3].map(() => ledger.lease([{ id: entry.id, rendered: undefined }])))
    expect(ended.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
    expect(await ledger.interrupted()).toMatchObject([{ attempts: 1 }])
  })

  test('the queue is listed newest first, by state and in pages', async () => {
    const ledger = await aLedger(open)
    const made = [handOn(), handOn({ cargo: { kind: 'hand-on', mailbox: BILLING, recipient: SUPPORT } }), handOn()]
    await settled(ledger, { entries: [...made, notice({ state: 'would-send' })] })
    const ids = made.map((one) => one.id)
    const queued = await ledger.queue({ limit: 2, before: undefined, state: 'queued' })
    expect(queued.map((one) => one.id)).toEqual([ids[2], ids[1]])
    const rest = await ledger.queue({ limit: 2, before: queued[1]?.id, state: 'queued' })
    expect(rest.map((one) => one.id)).toEqual([ids[0]])
    expect(await ledger.queue({ limit: 9, before: undefined, state: undefined })).toHaveLength(4)
    expect(await ledger.queue({ limit: 9, before: undefined, state: 'would-send' })).toHaveLength(1)
    expect(await ledger.due(NOW, 10)).toHaveLength(3)
  })
}
