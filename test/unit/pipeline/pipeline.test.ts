import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Incoming } from '../../../src/mail/incoming.ts'
import type { Intake, Ledger } from '../../../src/mail/ledger-port.ts'
import { Trouble } from '../../../src/mail/trouble.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { parse } from '../../../src/parse/parse.ts'
import type { PipelineParts } from '../../../src/pipeline.ts'
import type { Settings } from '../../../src/settings.ts'
import { accept, address, SUPPORT } from '../ledger/arrivals.ts'
import { openLine, settingsOf } from './fixture.ts'

let settings: Settings
beforeAll(async () => {
  settings = await settingsOf()
})

const letter = (n: number): string =>
  `From: Maria <maria${n}@customer.example>\r\nTo: support@acme.example\r\nMessage-ID: <m${n}@customer.example>\r\n` +
  `Subject: Question ${n}\r\n\r\nIs anybody there?\r\n`

const arrive = (ledger: Intake, n = 0, recipient = SUPPORT): Promise<Incoming> =>
  accept(ledger, letter(n), {
    receivedAt: WORLD.now(),
    envelope: { reversePath: address(`maria${n}@customer.example`), recipients: [recipient] },
  })

const arriveMany = (ledger: Intake, count: number): Promise<Incoming[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => arrive(ledger, n)))

const parsing: PipelineParts['parse'] = (octets, complete) => parse(octets, { complete })

const stumblesOf = (logged: readonly { name: string }[]): number =>
  logged.filter(({ name }) => name === 'message.stumbled').length

/** Fails as a full disk does while `isFull()`. */
function full(ledger: Ledger, isFull: () => boolean, told: () => void): Ledger {
  return {
    ...ledger,
    settle: (inquiry, now, judge) => {
      if (!isFull()) return ledger.settle(inquiry, now, judge)
      told()
      return Promise.reject(new Trouble('settle the message', 'disk-full'))
    },
  }
}

describe('every accepted message is settled once', () => {
  test('a person is handed on and answered, and the runner is woken', async () => {
    const { ledger, pipeline, pokes } = await openLine(settings)
    const incoming = await arrive(ledger)
    pipeline.offer(incoming)
    await pipeline.idle()
    const record = await ledger.message(incoming.id)
    expect(record?.line).toMatchObject({ state: 'processed', disposition: 'new-ticket', reply: 'send' })
    expect(record?.entries.map((one) => one.cargo.kind)).toEqual(['hand-on', 'notice'])
    expect(pokes()).toBe(1)
  })
  test('1,500 offered at once, more than are kept in memory', async () => {
    const { ledger, pipeline, logged } = await openLine(settings)
    for (const incoming of await arriveMany(ledger, 1_500)) pipeline.offer(incoming)
    expect(pipeline.backlog()).toBeLessThanOrEqual(1_016)
    await pipeline.idle()
    expect((await ledger.counts()).incoming).toEqual({ accepted: 0, processed: 1_500, 'set-aside': 0 })
    expect(logged.filter(({ name }) => name === 'message.settled')).toHaveLength(1_500)
  })
  test('1,200 left by a former process, without anybody offering them', async () => {
    const { ledger, pipeline } = await openLine(settings, undefined, async (before) => {
      await arriveMany(before, 1_200)
    })
    await pipeline.idle()
    expect((await ledger.counts()).incoming.accepted).toBe(0)
  })
  test('offered again while it waits, is worked on, or is settled: one settlement', async () => {
    const { ledger, pipeline } = await openLine(settings)
    const incoming = await arrive(ledger)
    for (let times = 0; times < 3; times += 1) pipeline.offer(incoming)
    await pipeline.idle()
    pipeline.offer(incoming)
    await pipeline.idle()
    expect((await ledger.counts()).queue.queued).toBe(2)
  })
  test('an old one does not wait for ever behind new ones that keep coming', async () => {
    const order: string[] = []
    let offerMore = (): void => {}
    const { ledger, pipeline } = await openLine(settings, () => ({
      parse: (octets, complete) => {
        order.push(/Question \d+/u.exec(Buffer.from(octets).toString())?.[0] ?? '')
        offerMore()
        return parsing(octets, complete)
      },
    }))
    const first = await arriveMany(ledger, 1_100)
    const late = await Promise.all(Array.from({ length: 500 }, (_, n) => arrive(ledger, 5_000 + n)))
    // each one that is begun is followed by a new one, so that those in memory would never run out
    offerMore = () => {
      const next = late.shift()
      if (next !== undefined) pipeline.offer(next)
    }
    for (const incoming of first) pipeline.offer(incoming)
    await pipeline.idle()
    expect(order).toHaveLength(1_600)
    expect(order.indexOf('Question 1099')).toBeLessThan(1_200)
  })
})

describe('a message that cannot be worked on', () => {
  test('is tried three times, then set aside: not answered, handed on, and nobody else waits for it', async () => {
    const { ledger, pipeline, logged } = await openLine(settings, () => ({
      parse: (octets, complete) =>
        Buffer.from(octets).includes('Question 1\r\n')
          ? Promise.reject(new Error('The parse worker was lost'))
          : parsing(octets, complete),
    }))
    const [good, bad] = await arriveMany(ledger, 2)
    for (const one of [bad, good]) if (one !== undefined) pipeline.offer(one)
    await pipeline.idle()
    const record = await ledger.message(bad?.id ?? '')
    expect(record?.line).toMatchObject({ state: 'set-aside', reply: 'silence', reasons: ['set-aside'] })
    expect(record?.entries).toMatchObject([{ state: 'queued', cargo: { kind: 'hand-on', mailbox: SUPPORT } }])
    expect(stumblesOf(logged)).toBe(3)
    expect((await ledger.message(good?.id ?? ''))?.line.state).toBe('processed')
  })
  test('counts the failures of former processes', async () => {
    const { ledger, pipeline, logged } = await openLine(
      settings,
      () => ({ parse: () => Promise.reject(new Error('no')) }),
      async (before) => {
        const { id } = await arrive(before)
        await before.stumbled(id, 'it killed a process')
        await before.stumbled(id, 'it killed a process')
      },
    )
    await pipeline.idle()
    expect((await ledger.counts()).incoming['set-aside']).toBe(1)
    expect(stumblesOf(logged)).toBe(1)
  })
  test('whose file is gone is set aside as well, so that somebody sees it', async () => {
    const { ledger, pipeline, place } = await openLine(settings)
    const incoming = await accept(ledger, letter(0) + 'a line of a long letter\r\n'.repeat(5_000))
    rmSync(join(place.spool, incoming.id))
    pipeline.offer(incoming)
    await pipeline.idle()
    expect((await ledger.message(incoming.id))?.line.state).toBe('set-aside')
  })
  test('and cannot be set aside either stays accepted, and more than a thousand of them stop nobody', async () => {
    let broken = true
    const { ledger, pipeline } = await openLine(
      settings,
      (real) => ({
        ledger: {
          ...real,
          settle: (inquiry, now, judge) =>
            broken ? Promise.reject(new Error('a bug')) : real.settle(inquiry, now, judge),
        },
      }),
      async (before) => {
        await arriveMany(before, 1_050)
      },
    )
    await pipeline.idle()
    expect((await ledger.counts()).incoming.accepted).toBe(1_050)
    broken = false
    const good = await arrive(ledger, 5_000)
    pipeline.offer(good)
    await pipeline.idle()
    expect((await ledger.message(good.id))?.line.state).toBe('processed')
  })
  test('for a mailbox that the configuration has no more is held for the operator', async () => {
    const { ledger, pipeline } = await openLine(settings)
    const gone = address('gone@acme.example')
    const incoming = await arrive(ledger, 0, gone)
    pipeline.offer(incoming)
    await pipeline.idle()
    expect((await ledger.message(incoming.id))?.entries).toMatchObject([
      { state: 'held', cargo: { kind: 'hand-on', mailbox: gone, recipient: gone } },
    ])
  })
})

describe('trouble of the ledger', () => {
  test('is waited out, not counted as a failure, and not made worse by trying every message in turn', async () => {
    let isFull = true
    let refusals = 0
    const { ledger, pipeline, logged } = await openLine(settings, (real) => ({
      ledger: full(
        real,
        () => isFull,
        () => {
          refusals += 1
        },
      ),
    }))
    for (const incoming of await arriveMany(ledger, 300)) pipeline.offer(incoming)
    await expect.poll(() => refusals, { timeout: 5_000 }).toBeGreaterThan(0)
    await new Promise(setImmediate)
    expect(refusals).toBeLessThanOrEqual(16)
    isFull = false
    await pipeline.idle()
    expect((await ledger.counts()).incoming).toEqual({ accepted: 0, processed: 300, 'set-aside': 0 })
    expect(stumblesOf(logged)).toBe(0)
  })
  test('while a failure is to be noted does not set the message aside', async () => {
    let isFull = true
    const { ledger, pipeline } = await openLine(settings, (real) => ({
      parse: (octets, complete) => (isFull ? Promise.reject(new Error('lost')) : parsing(octets, complete)),
      ledger: {
        ...real,
        stumbled: () => {
          isFull = false
          return Promise.reject(new Trouble('note a failure', 'disk-full'))
        },
      },
    }))
    const incoming = await arrive(ledger)
    pipeline.offer(incoming)
    await pipeline.idle()
    expect((await ledger.message(incoming.id))?.line.state).toBe('processed')
  })
  test('while it is asked what waits is waited out', async () => {
    let asked = 0
    const { ledger, pipeline } = await openLine(
      settings,
      (real) => ({
        ledger: {
          ...real,
          unsettled: (after, limit) => {
            asked += 1
            return asked === 1 ? Promise.reject(new Trouble('read', 'temporary')) : real.unsettled(after, limit)
          },
        },
      }),
      async (before) => {
        await arrive(before)
      },
    )
    await pipeline.idle()
    expect((await ledger.counts()).incoming.processed).toBe(1)
  })
})

describe('a stop', () => {
  test('settles what is being worked on and begins nothing more', async () => {
    const gate = Promise.withResolvers<void>()
    let begun = 0
    const { ledger, pipeline } = await openLine(settings, () => ({
      parse: async (octets, complete) => {
        begun += 1
        await gate.promise
        return parsing(octets, complete)
      },
    }))
    for (const incoming of await arriveMany(ledger, 100)) pipeline.offer(incoming)
    await expect.poll(() => begun).toBe(16)
    const closed = pipeline.close()
    pipeline.offer(await arrive(ledger, 1_000))
    gate.resolve()
    await closed
    expect((await ledger.counts()).incoming).toEqual({ accepted: 85, processed: 16, 'set-aside': 0 })
    await pipeline.close()
  })
  test('does not wait for a parser that does not answer, and counts nothing against the message', async () => {
    const { ledger, pipeline, logged } = await openLine(settings, () => ({ parse: () => new Promise(() => {}) }))
    pipeline.offer(await arrive(ledger))
    const began = performance.now()
    await pipeline.close()
    expect(performance.now() - began).toBeLessThan(10_000)
    expect((await ledger.counts()).incoming.accepted).toBe(1)
    expect(stumblesOf(logged)).toBe(0)
  })
  test('does not try again what failed once it has begun', async () => {
    const gate = Promise.withResolvers<never>()
    let begun = 0
    const { ledger, pipeline } = await openLine(settings, () => ({
      parse: () => {
        begun += 1
        return gate.promise
      },
    }))
    pipeline.offer(await arrive(ledger))
    await expect.poll(() => begun).toBe(1)
    const closed = pipeline.close()
    gate.reject(new Error('The parse worker was lost'))
    await closed
    expect(begun).toBe(1)
    expect((await ledger.counts()).incoming.accepted).toBe(1)
  })
})
