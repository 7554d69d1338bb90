import { expect, test } from 'vitest'
import type { Claim } from '../../../src/mail/claim.ts'
import type { TicketId } from '../../../src/mail/ids.ts'
import { after } from '../../../src/mail/instant.ts'
import type { Account } from '../../../src/mail/ledger-port.ts'
import { parseTicketId } from '../../../src/mail/tag.ts'
import {
  accept,
  account,
  address,
  BILLING,
  findings,
  handOn,
  inquiry,
  joining,
  MARIA,
  mid,
  NEW_TICKET,
  NOW,
  notice,
  SUPPORT,
  settled,
  ticketOf,
} from './arrivals.ts'
import { aLedger, type OpenLedger, opened } from './opened.ts'

const STRANGER = address('stranger@elsewhere.example')

function claim(code: 'plus-address' | 'own-message-id' | 'subject-tag', ticket: TicketId): Claim {
  return { code, ticket, value: 'as written' }
}

export function describeSettle(open: OpenLedger): void {
  describeRecording(open)
  describeTickets(open)
  describeFindings(open)
}

function describeRecording(open: OpenLedger): void {
  test('a new request gets a ticket with requester and copied people, and survives a restart', async () => {
    const { ledger, reopen } = await opened(open)
    const copied = [address('boss@customer.example'), address('MARIA@customer.example')]
    const settlement = await settled(ledger, { copied, entries: [handOn(), notice()] })
    const ticket = ticketOf(settlement)
    expect(parseTicketId(ticket)).toBe(ticket)
    expect(settlement.entries.map((one) => [one.cargo.kind, one.state, one.ticket, one.attempts])).toEqual([
      ['hand-on', 'queued', ticket, 0],
      ['notice', 'queued', ticket, 0],
    ])
    const again = await reopen()
    expect(await again.ticket(ticket)).toEqual({
      id: ticket,
      state: 'open',
      mailbox: SUPPORT,
      openedAt: NOW,
      closedAt: undefined,
      participants: [
        { address: MARIA, role: 'requester' },
        { address: copied[0], role: 'confirmed' },
      ],
    })
    expect((await again.message(settlement.incoming.id))?.line.state).toBe('processed')
  })

  test('a second settle changes nothing and returns what the first one recorded', async () => {
    const ledger = await aLedger(open)
    const first = await settled(ledger, { entries: [handOn(), notice()] })
    const second = await ledger.settle(inquiry(first.incoming), after(NOW, 5), () => {
      throw new Error('judged twice')
    })
    expect(second).toEqual({ decision: first.decision, ticket: first.ticket, entries: first.entries })
    expect((await ledger.counts()).queue.queued).toBe(2)
  })

  test('two settles of one message at the same time record it once', async () => {
    const ledger = await aLedger(open)
    const incoming = await accept(ledger)
    const both = await Promise.all(
      [1, 2].map(() => ledger.settle(inquiry(incoming), NOW, () => account({ entries: [notice()] }))),
    )
    expect(both[0]).toEqual(both[1])
    expect((await ledger.counts()).queue.queued).toBe(1)
  })

  test('a judge that throws records nothing, and its neighbours are untouched', async () => {
    const ledger = await aLedger(open)
    const three = await Promise.all([accept(ledger), accept(ledger), accept(ledger)])
    const ended = await Promise.allSettled(
      three.map((incoming, at) =>
        ledger.settle(inquiry(incoming), NOW, () => {
          if (at === 1) throw new RangeError('a bug')
          return account({ entries: [handOn()] })
        }),
      ),
    )
    expect(ended.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(ended[1]).toMatchObject({ reason: { name: 'RangeError', message: 'a bug' } })
    expect((await ledger.counts()).incoming).toEqual({ accepted: 1, processed: 2, 'set-aside': 0 })
  })

  test('a judge that returns a promise fails alone, even where it got past the type', async () => {
    const ledger = await aLedger(open)
    const [bad, good] = await Promise.all([accept(ledger), accept(ledger)])
    const late = (() => Promise.reject(new Error('later'))) as unknown as () => Account
    const ended = await Promise.allSettled([
      ledger.settle(inquiry(bad), NOW, late),
      ledger.settle(inquiry(good), NOW, () => account()),
    ])
    expect(ended.map((one) => one.status)).toEqual(['rejected', 'fulfilled'])
    expect((await ledger.unsettled(undefined, 10)).map((one) => one.id)).toEqual([bad.id])
  })

  test('what cannot be recorded whole is not recorded in part', async () => {
    const ledger = await aLedger(open)
    const twice = handOn()
    const incoming = await accept(ledger)
    await expect(
      ledger.settle(inquiry(incoming), NOW, () => account({ entries: [twice, twice], language: 'el' })),
    ).rejects.toThrow()
    expect((await ledger.counts()).queue.queued).toBe(0)
    expect((await ledger.message(incoming.id))?.account).toBeUndefined()
  })

  test('one Incoming is answered with one notice at most', async () => {
    const ledger = await aLedger(open)
    const incoming = await accept(ledger)
    await expect(
      ledger.settle(inquiry(incoming), NOW, () => account({ entries: [notice(), notice()] })),
    ).rejects.toThrow()
    expect((await ledger.counts()).incoming.accepted).toBe(1)
  })

  test('settling what nobody accepted is an error', async () => {
    const ledger = await aLedger(open)
    const incoming = await accept(ledger)
    await expect(
      ledger.settle({ ...inquiry(incoming), incoming: handOn().id as never }, NOW, () => account()),
    ).rejects.toThrow(/no such Incoming/u)
  })

  test('what is set aside is kept, counted apart and still handed on', async () => {
    const ledger = await aLedger(open)
    const because = [{ code: 'set-aside', detail: 'the parser was lost' }] as const
    const aside = await settled(ledger, {
      decision: {
        disposition: 'set-aside',
        threading: { kind: 'unknown' },
        reply: { kind: 'silence', because },
        handOn: [SUPPORT],
      },
      entries: [handOn()],
    })
    expect(aside.ticket).toBeUndefined()
    expect((await ledger.counts()).incoming).toEqual({ accepted: 0, processed: 0, 'set-aside': 1 })
    expect((await ledger.message(aside.incoming.id))?.line).toMatchObject({
      state: 'set-aside',
      reasons: ['set-aside'],
    })
    expect(await ledger.due(NOW, 10)).toHaveLength(1)
  })
}

function describeTickets(open: OpenLedger): void {
  test.each(['plus-address', 'own-message-id'] as const)(
    'a person whom a %s lets in is listed as unconfirmed, once',
    async (code) => {
      const ledger = await aLedger(open)
      const ticket = ticketOf(await settled(ledger))
      for (const from of [STRANGER, address('Stranger@elsewhere.example'), MARIA]) {
        await settled(ledger, { decision: joining(ticket), from }, { claims: [claim(code, ticket)] })
      }
      expect((await ledger.ticket(ticket))?.participants).toEqual([
        { address: MARIA, role: 'requester' },
        { address: STRANGER, role: 'unconfirmed' },
      ])
    },
  )

  test('a subject tag lets nobody in, and a program becomes no participant', async () => {
    const ledger = await aLedger(open)
    const ticket = ticketOf(await settled(ledger))
    await settled(ledger, { decision: joining(ticket), from: STRANGER }, { claims: [claim('subject-tag', ticket)] })
    await settled(
      ledger,
      { decision: joining(ticket, 'file-only'), from: STRANGER, nature: { kind: 'automatic', signs: [] } },
      { claims: [claim('plus-address', ticket)] },
    )
    expect((await ledger.ticket(ticket))?.participants).toEqual([{ address: MARIA, role: 'requester' }])
  })

  test('mail that is only filed in a ticket belongs to it and leads later mail there', async () => {
    const ledger = await aLedger(open)
    const ticket = ticketOf(await settled(ledger))
    const filed = await settled(ledger, { decision: joining(ticket, 'file-only'), messageId: mid('robot@x.example') })
    expect(filed.ticket).toBe(ticket)
    const messageId = mid('robot@x.example')
    const found = await findings(ledger, { claims: [{ code: 'stored-message-id', messageId, value: '' }] })
    expect(found.threads.map((one) => one.ticket.id)).toEqual([ticket])
  })

  test('a linked ticket is a new one', async () => {
    const ledger = await aLedger(open)
    const old = ticketOf(await settled(ledger))
    const linked = ticketOf(
      await settled(ledger, {
        decision: { ...NEW_TICKET, threading: { kind: 'linked', ticket: old } },
        from: STRANGER,
      }),
    )
    expect(linked).not.toBe(old)
    expect((await ledger.ticket(linked))?.participants).toEqual([{ address: STRANGER, role: 'requester' }])
    expect((await ledger.ticket(old))?.participants).toEqual([{ address: MARIA, role: 'requester' }])
  })

  test('a reopening leaves the ticket open', async () => {
    const ledger = await aLedger(open)
    const ticket = ticketOf(await settled(ledger))
    expect((await settled(ledger, { decision: joining(ticket, 'reopen') })).ticket).toBe(ticket)
    expect(await ledger.ticket(ticket)).toMatchObject({ state: 'open', closedAt: undefined })
  })

  test('a decision that joins a ticket which does not exist is an error, not a loose end', async () => {
    const ledger = await aLedger(open)
    await expect(settled(ledger, { decision: joining('0000000' as TicketId) })).rejects.toThrow()
    expect((await ledger.counts()).incoming).toMatchObject({ accepted: 1, processed: 0 })
  })

  test('a mail with thousands of people in Cc does not make thousands of participants', async () => {
    const ledger = await aLedger(open)
    const copied = Array.from({ length: 2_000 }, (_, i) => address(`c${i}@crowd.example`))
    const ticket = await ledger.ticket(ticketOf(await settled(ledger, { copied })))
    expect(ticket?.participants[0]).toEqual({ address: MARIA, role: 'requester' })
    expect(ticket?.participants.length).toBeLessThanOrEqual(200)
  })
}

function describeFindings(open: OpenLedger): void {
  test('claims lead to tickets, the strongest first, each ticket once, unknown ones left out', async () => {
    const ledger = await aLedger(open)
    const [a, b, c] = [
      ticketOf(await settled(ledger, { messageId: mid('a@customer.example') })),
      ticketOf(await settled(ledger, { messageId: mid('b@customer.example') })),
      ticketOf(await settled(ledger, { threadIds: [mid('c-thread@customer.example')] })),
    ]
    const found = await findings(ledger, {
      claims: [
        claim('subject-tag', a),
        { code: 'returned-message-id', messageId: mid('c-thread@customer.example'), value: '' },
        { code: 'stored-message-id', messageId: mid('a@customer.example'), value: '' },
        { code: 'stored-message-id', messageId: mid('nobody@customer.example'), value: '' },
        claim('own-message-id', '0000000' as TicketId),
        claim('plus-address', b),
      ],
    })
    expect(found.threads.map((one) => [one.claim.code, one.ticket.id])).toEqual([
      ['plus-address', b],
      ['stored-message-id', a],
      ['returned-message-id', c],
    ])
    expect(found.threads[1]?.ticket.participants).toEqual([{ address: MARIA, role: 'requester' }])
    expect(found.threads.map((one) => one.ticket.id)).not.toContain(found.freshTicket)
  })

  test('our own notice leads back to its ticket, by the Message-ID the next hop gave it as well', async () => {
    const ledger = await aLedger(open)
    const entry = notice()
    const ticket = ticketOf(await settled(ledger, { entries: [entry] }))
    await ledger.lease([{ id: entry.id, rendered: undefined }])
    const hopMessageId = mid('0100018@email.amazonses.example')
    await ledger.conclude(entry.id, { state: 'sent', nextAttempt: NOW, unknown: 0, outcome: '250 OK', hopMessageId })
    for (const messageId of [entry.messageId, hopMessageId]) {
      const found = await findings(ledger, { claims: [{ code: 'stored-message-id', messageId, value: '' }] })
      expect(found.threads.map((one) => one.ticket.id)).toEqual([ticket])
    }
  })

  test('a Message-ID leads to the first ticket it was seen in, whoever repeats it later', async () => {
    const ledger = await aLedger(open)
    const messageId = mid('same@customer.example')
    const first = ticketOf(await settled(ledger, { messageId }))
    await settled(ledger, { messageId, from: STRANGER })
    const found = await findings(ledger, { claims: [{ code: 'stored-message-id', messageId, value: '' }] })
    expect(found.threads.map((one) => one.ticket.id)).toEqual([first])
  })

  test('a first mail has no copy; a second one finds it, its ticket and where the same body went', async () => {
    const ledger = await aLedger(open)
    const copyKey = 'the same Message-ID, From and Date'
    const first = await settled(ledger, { decision: { ...NEW_TICKET, handOn: [SUPPORT] } }, { copyKey })
    const second = await settled(
      ledger,
      { decision: { ...joining(ticketOf(first), 'duplicate'), handOn: [BILLING] } },
      { copyKey },
    )
    const third = await findings(ledger, { copyKey })
    expect(third.copy).toMatchObject({ incoming: second.incoming.id, ticket: { id: first.ticket } })
    expect(new Set(third.copy?.handedOn)).toEqual(new Set([SUPPORT, BILLING]))
    expect((await findings(ledger, { copyKey: 'another mail' })).copy).toBeUndefined()
  })

  test('a copy with another body was handed on nowhere yet', async () => {
    const ledger = await aLedger(open)
    const copyKey = 'the same again'
    const first = await settled(ledger, {}, { copyKey })
    const { copy } = await findings(ledger, { copyKey, bodyDigest: 'e'.repeat(64) })
    expect(copy).toMatchObject({ incoming: first.incoming.id, handedOn: [] })
  })

  test('the ticket of a copy is found behind a copy that has none', async () => {
    const ledger = await aLedger(open)
    const copyKey = 'three times'
    const first = await settled(ledger, {}, { copyKey })
    const without = { ...joining(ticketOf(first), 'duplicate'), threading: { kind: 'unknown' }, handOn: [] } as const
    await settled(ledger, { decision: without }, { copyKey })
    expect((await findings(ledger, { copyKey })).copy?.ticket?.id).toBe(first.ticket)
  })

  test('the language of a person is remembered, that of a program is not', async () => {
    const ledger = await aLedger(open)
    const correspondent = address('maria@customer.example')
    await settled(ledger, { language: 'el', nature: { kind: 'automatic', signs: [] } }, { correspondent })
    expect((await findings(ledger, { correspondent })).language).toBeUndefined()
    await settled(ledger, { language: 'el' }, { correspondent })
    await settled(ledger, { language: undefined }, { correspondent })
    expect((await findings(ledger, { correspondent })).language).toBe('el')
    await settled(ledger, { language: 'en' }, { correspondent })
    expect((await findings(ledger, { correspondent })).language).toBe('en')
    expect((await findings(ledger, { correspondent: STRANGER })).language).toBeUndefined()
  })
}
