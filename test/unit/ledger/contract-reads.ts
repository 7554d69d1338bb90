import { expect, test } from 'vitest'
import { NO_CONSEQUENCES } from '../../../src/mail/ledger-port.ts'
import type { Sign } from '../../../src/mail/nature.ts'
import { accept, handOn, inquiry, MARIA, mid, NOW, notice, SUPPORT, settled } from './arrivals.ts'
import { aLedger, type OpenLedger } from './opened.ts'

const SIGN: Sign = {
  code: 'auto-submitted',
  class: 'hard',
  where: 'auto-submitted',
  value: 'auto-replied',
  source: 'RFC 3834 5',
  shows: 'automatic',
}

export function describeReads(open: OpenLedger): void {
  test('messages are listed newest first, in pages, settled or not', async () => {
    const ledger = await aLedger(open)
    const first = await settled(ledger)
    const second = await accept(ledger)
    const third = await settled(ledger, { subject: 'Another' })
    const page = await ledger.messages({ limit: 2, before: undefined })
    expect(page.map((line) => [line.id, line.state, line.subject])).toEqual([
      [third.incoming.id, 'processed', 'Another'],
      [second.id, 'accepted', ''],
    ])
    const rest = await ledger.messages({ limit: 2, before: page[1]?.id })
    expect(rest).toEqual([
      {
        id: first.incoming.id,
        state: 'processed',
        receivedAt: NOW,
        source: 'smtp',
        from: MARIA,
        subject: 'Where is my parcel?',
        nature: 'person',
        disposition: 'new-ticket',
        reply: 'silence',
        reasons: ['too-old'],
        ticket: first.ticket,
      },
    ])
  })

  test('one message tells everything that was written down about it', async () => {
    const ledger = await aLedger(open)
    const entries = [handOn(), notice()]
    const messageId = mid('maria-1@customer.example')
    const { incoming, decision, ticket } = await settled(ledger, {
      entries,
      messageId,
      nature: { kind: 'automatic', signs: [SIGN] },
      authentication: { dmarc: 'pass', spf: 'temperror', dkim: 'none', source: 'checked' },
      defects: [{ code: 'duplicate-field', detail: 'subject' }, { code: 'bad-charset' }],
      language: 'zh-Hant',
      subject: '您好\t"quoted" \u{1F600}',
    })
    const record = await ledger.message(incoming.id)
    expect(record).toMatchObject({ incoming, settledAt: NOW, line: { ticket } })
    expect(record?.account).toEqual({
      decision,
      nature: { kind: 'automatic', signs: [SIGN] },
      authentication: { dmarc: 'pass', spf: 'temperror', dkim: 'none', source: 'checked' },
      messageId,
      from: MARIA,
      subject: '您好\t"quoted" \u{1F600}',
      language: 'zh-Hant',
      defects: [{ code: 'duplicate-field', detail: 'subject' }, { code: 'bad-charset' }],
    })
    expect(record?.entries.map((one) => one.id)).toEqual(entries.map((one) => one.id))
    expect(record?.attempts).toEqual([])
  })

  test('a message is found by its id, by an unambiguous beginning in any case, and by its Message-ID', async () => {
    const ledger = await aLedger(open)
    const messageId = mid('find-me@customer.example')
    const { incoming } = await settled(ledger, { messageId })
    const other = await accept(ledger)
    for (const name of [
      incoming.id,
      incoming.id.slice(0, 25),
      incoming.id.toLowerCase(),
      messageId,
      'find-me@customer.example',
    ]) {
      expect((await ledger.message(name))?.incoming.id, name).toBe(incoming.id)
    }
    const shared = Array.from(incoming.id).findIndex((character, at) => character !== other.id[at])
    expect(shared).toBeGreaterThan(5)
    expect(await ledger.message(incoming.id.slice(0, shared))).toBeUndefined()
    for (const nobody of ['', '0', incoming.id.slice(0, 5), '%', "' OR 1=1 --", '<nobody@x.example>', 'ZZZZZZ']) {
      expect(await ledger.message(nobody), nobody).toBeUndefined()
    }
  })

  test('several mails with one Message-ID: the first is meant, the others are its copies', async () => {
    const ledger = await aLedger(open)
    const messageId = mid('twice@customer.example')
    const first = await settled(ledger, { messageId })
    await settled(ledger, { messageId })
    expect((await ledger.message(messageId))?.incoming.id).toBe(first.incoming.id)
  })

  test('an unsettled message shows what is known: no account yet', async () => {
    const ledger = await aLedger(open)
    const incoming = await accept(ledger)
    const record = await ledger.message(incoming.id)
    expect(record).toMatchObject({ incoming, settledAt: undefined, account: undefined, entries: [] })
    expect(record?.line).toMatchObject({ state: 'accepted', disposition: undefined, reasons: [] })
  })

  test('counts name every state, also those without rows', async () => {
    const ledger = await aLedger(open)
    expect(await ledger.counts()).toEqual({
      incoming: { accepted: 0, processed: 0, 'set-aside': 0 },
      queue: { queued: 0, sending: 0, sent: 0, failed: 0, held: 0, withdrawn: 0, 'would-send': 0 },
    })
    await accept(ledger)
    await settled(ledger, {
      entries: [handOn(), notice({ state: 'would-send' }), handOn({ state: 'held', because: 'x' })],
    })
    expect(await ledger.counts()).toEqual({
      incoming: { accepted: 1, processed: 1, 'set-aside': 0 },
      queue: { queued: 1, sending: 0, sent: 0, failed: 0, held: 1, withdrawn: 0, 'would-send': 1 },
    })
  })

  test('no ticket is undefined', async () => {
    const ledger = await aLedger(open)
    expect(await ledger.ticket('0000000' as never)).toBeUndefined()
    const before = await accept(ledger)
    expect((await ledger.settle(inquiry(before), NOW, () => fileOnly())).ticket).toBeUndefined()
  })
}

function fileOnly() {
  return {
    decision: {
      disposition: 'file-only',
      threading: { kind: 'unknown' },
      reply: { kind: 'silence', because: [{ code: 'automatic' }] },
      handOn: [SUPPORT],
    },
    nature: { kind: 'automatic', signs: [SIGN] },
    authentication: { dmarc: 'unknown', spf: 'unknown', dkim: 'unknown', source: 'none' },
    messageId: undefined,
    from: undefined,
    subject: '',
    language: undefined,
    defects: [],
    copied: [],
    threadIds: [],
    entries: [],
    consequences: NO_CONSEQUENCES,
  } as const
}
