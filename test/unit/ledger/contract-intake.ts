import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { IncomingId } from '../../../src/mail/ids.ts'
import { accept, account, address, arrival, DIGEST, inquiry, NOW, octetsOf, SUPPORT } from './arrivals.ts'
import { aLedger, type OpenLedger, opened } from './opened.ts'

const LARGE_OCTETS = 300_000

export function describeIntake(open: OpenLedger): void {
  test('what was accepted is there after a restart: octets, envelope and peer', async () => {
    const { ledger, reopen } = await opened(open)
    const incoming = await accept(ledger, 'Subject: Grüße\r\n\r\nΓειά\r\n', {
      source: 'lmtp',
      envelope: { reversePath: '<>', recipients: [SUPPORT, address('μαρία@acme.example')] },
      peer: { ip: undefined, helo: undefined, tls: 'TLSv1.3 TLS_AES_256_GCM_SHA384' },
    })
    expect(incoming).toMatchObject({ octets: Buffer.byteLength('Subject: Grüße\r\n\r\nΓειά\r\n'), bodyDigest: DIGEST })
    const again = await reopen()
    expect(await again.unsettled(undefined, 10)).toEqual([incoming])
    expect((await octetsOf(again, incoming.id)).toString()).toBe('Subject: Grüße\r\n\r\nΓειά\r\n')
  })

  test.each([0, 1, 65_535, 65_536, 65_537, LARGE_OCTETS])('%i octets come back as they were written', async (size) => {
    const ledger = await aLedger(open)
    const octets = randomBytes(size)
    const deposit = ledger.deposit()
    for (let at = 0; at < size; at += 10_007) await deposit.write(octets.subarray(at, at + 10_007))
    const { id } = await deposit.commit(arrival(), DIGEST)
    expect((await octetsOf(ledger, id)).equals(octets)).toBe(true)
    for (const max of [0, 1, 1000, 65_536, 1_000_000]) {
      expect(Buffer.from(await ledger.head(id, max)).equals(octets.subarray(0, max))).toBe(true)
    }
  })

  test('a stream gives chunks of at most 64 KiB, and may be left early', async () => {
    const ledger = await aLedger(open)
    const { id } = await accept(ledger, 'x'.repeat(LARGE_OCTETS))
    const lengths: number[] = []
    for await (const chunk of ledger.stream(id)) lengths.push(chunk.length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(65_536)
    expect(lengths.reduce((sum, one) => sum + one, 0)).toBe(LARGE_OCTETS)
    for await (const chunk of ledger.stream(id)) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
  })

  test('a chunk may be overwritten by its owner as soon as write resolves', async () => {
    const ledger = await aLedger(open)
    const chunk = Buffer.from('first ')
    const deposit = ledger.deposit()
    await deposit.write(chunk)
    chunk.fill('other ')
    await deposit.write(chunk)
    const { id } = await deposit.commit(arrival(), DIGEST)
    expect((await octetsOf(ledger, id)).toString()).toBe('first other ')
  })

  test('what was aborted leaves nothing, and aborting twice or after a commit changes nothing', async () => {
    const ledger = await aLedger(open)
    const dropped = ledger.deposit()
    await dropped.write(Buffer.alloc(LARGE_OCTETS))
    await dropped.abort()
    await dropped.abort()
    const kept = ledger.deposit()
    await kept.write(Buffer.from('kept'))
    const { id } = await kept.commit(arrival(), DIGEST)
    await kept.abort()
    expect((await ledger.unsettled(undefined, 10)).map((one) => one.id)).toEqual([id])
    expect((await octetsOf(ledger, id)).toString()).toBe('kept')
  })

  test('a deposit that has ended takes nothing more', async () => {
    const ledger = await aLedger(open)
    const deposit = ledger.deposit()
    await deposit.commit(arrival(), DIGEST)
    await expect(deposit.write(Buffer.from('late'))).rejects.toThrow(/already/u)
    await expect(deposit.commit(arrival(), DIGEST)).rejects.toThrow(/already/u)
  })

  test('an id is used once; the message that has it keeps its octets', async () => {
    const ledger = await aLedger(open)
    const first = await accept(ledger, 'first')
    await expect(accept(ledger, 'second', { id: first.id })).rejects.toThrow()
    expect((await octetsOf(ledger, first.id)).toString()).toBe('first')
  })

  test('a large message under an id that is used leaves the first one as it was', async () => {
    const ledger = await aLedger(open)
    const first = await accept(ledger, 'a'.repeat(LARGE_OCTETS))
    await expect(accept(ledger, 'b'.repeat(LARGE_OCTETS), { id: first.id })).rejects.toThrow()
    expect((await octetsOf(ledger, first.id)).equals(Buffer.alloc(LARGE_OCTETS, 'a'))).toBe(true)
  })

  test('octets of a message that nobody accepted are an error, not silence', async () => {
    const ledger = await aLedger(open)
    const nobody = arrival().id
    await expect(ledger.head(nobody, 10)).rejects.toThrow(nobody)
    await expect(octetsOf(ledger, nobody)).rejects.toThrow(nobody)
  })

  test('unsettled lists the oldest first, in pages, without what is settled', async () => {
    const ledger = await aLedger(open)
    const ids: IncomingId[] = []
    for (let i = 0; i < 5; i += 1) ids.push((await accept(ledger)).id)
    const [first, second] = await ledger.unsettled(undefined, 2)
    expect([first?.id, second?.id]).toEqual(ids.slice(0, 2))
    expect((await ledger.unsettled(second?.id, 10)).map((one) => one.id)).toEqual(ids.slice(2))
    if (first === undefined) throw new Error('nothing was accepted')
    await ledger.settle(inquiry(first), NOW, () => account())
    expect((await ledger.unsettled(undefined, 10)).map((one) => one.id)).toEqual(ids.slice(1))
  })

  test('stumbles are counted over a restart', async () => {
    const { ledger, reopen } = await opened(open)
    const { id } = await accept(ledger)
    expect(await ledger.stumbled(id, 'the parser was lost')).toBe(1)
    expect(await ledger.stumbled(id, 'and again')).toBe(2)
    expect(await (await reopen()).stumbled(id, 'and after a restart')).toBe(3)
    await expect(ledger.stumbled(arrival().id, 'of nobody')).rejects.toThrow()
  })

  test('a closed ledger refuses with a Trouble, and closing twice is closing once', async () => {
    const ledger = await aLedger(open)
    const deposit = ledger.deposit()
    await Promise.all([ledger.close(), ledger.close()])
    await ledger.close()
    await expect(deposit.commit(arrival(), DIGEST)).rejects.toMatchObject({ name: 'Trouble', kind: 'temporary' })
  })

  test('closing waits for what is being accepted', async () => {
    const { ledger, reopen } = await opened(open)
    await accept(ledger)
    const late = ledger.deposit()
    await late.write(Buffer.alloc(LARGE_OCTETS))
    const committed = late.commit(arrival(), DIGEST)
    const again = await reopen()
    expect(await again.unsettled(undefined, 10)).toEqual([expect.anything(), await committed])
  })
}
