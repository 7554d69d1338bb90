import { describe, expect, onTestFinished, test } from 'vitest'
import type { Job } from '../../../src/deliver/attempt.ts'
import { openRunner, type Prepared, type Runner, type RunnerParts } from '../../../src/deliver/runner.ts'
import { RETRY_SCHEDULE } from '../../../src/deliver/schedule.ts'
import type { EntryId } from '../../../src/mail/ids.ts'
import type { Instant } from '../../../src/mail/instant.ts'
import type { Outcome, QueueEntry } from '../../../src/mail/queue.ts'
import type { Events } from '../../../src/ops/events.ts'
import { jobFor } from './fixture.ts'
import { handOn, type MemoryOutbox, memoryOutbox, notice } from './memory-outbox.ts'

const START = 1_800_000_000_000
const ACCEPTED: Outcome = { kind: 'accepted', detail: '250 ok' }
const DEFERRED: Outcome = { kind: 'deferred', detail: '451 later' }
const REFUSED: Outcome = { kind: 'refused', detail: '550 no' }
const UNKNOWN: Outcome = { kind: 'unknown', detail: 'lost after the dot' }

type Stage = {
  readonly outbox: MemoryOutbox
  readonly runner: Runner
  /** Attempts in the order in which they began, by uniqueName. */
  readonly begun: string[]
  readonly told: { name: keyof Events; fields: Record<string, unknown> }[]
  readonly entry: (id: string) => QueueEntry | undefined
  /** Moves the runner's clock. */
  readonly pass: (ms: number) => void
}

const runners: Runner[] = []

/** A runner over entries in memory; every attempt succeeds unless told otherwise. */
function stage(
  entries: readonly QueueEntry[],
  changed: Partial<RunnerParts> = {},
  failing?: (o: MemoryOutbox) => void,
): Stage {
  const outbox = memoryOutbox(entries)
  failing?.(outbox)
  const begun: string[] = []
  const told: Stage['told'] = []
  let now = START
  const attempt = changed.attempt ?? (async () => ACCEPTED)
  const runner = openRunner({
    outbox,
    prepare: async (entry) => prepared(entry),
    fallback: async () => REFUSED,
    world: { now: () => now as Instant, chance: (octets) => new Uint8Array(octets).fill(127) },
    log: (name, fields) => told.push({ name, fields }),
    concurrency: 4,
    pollMs: 10,
    graceMs: 1_000,
    ...changed,
    attempt: (job) => {
      begun.push(job.uniqueName)
      return attempt(job)
    },
  })
  runners.push(runner)
  onTestFinished(async () => {
    await runner.close()
    runners.splice(runners.indexOf(runner), 1)
  })
  const entry = (id: string): QueueEntry | undefined => outbox.entries.get(id as EntryId)
  const pass = (ms: number): void => {
    now += ms
  }
  return { outbox, runner, begun, told, entry, pass }
}

/** Hand-ons go to a hop named by their mailbox, notices to another. */
function prepared(entry: QueueEntry): Prepared {
  const host = entry.cargo.kind === 'notice' ? 'relay' : entry.cargo.mailbox
  const hop = { kind: 'smtp', host, port: 25, tls: 'opportunistic', recipient: undefined } as const
  return { rendered: Buffer.from(entry.id), job: jobFor(hop, { uniqueName: entry.id }) }
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
/** An attempt that lasts until it is broken off. */
const stalled = (job: Job): Promise<Outcome> =>
  new Promise((resolve) => job.signal?.addEventListener('abort', () => resolve(DEFERRED)))
/** The same, with the final dot sent. */
const dotted = (job: Job): Promise<Outcome> =>
  new Promise((resolve) => job.signal?.addEventListener('abort', () => resolve(UNKNOWN)))

test('what is due is leased before it is attempted, and concluded once', async () => {
  const { outbox, runner, begun, told } = stage([handOn('a'), notice('b')])
  await runner.idle()
  expect(begun.toSorted()).toEqual(['a', 'b'])
  expect([...outbox.entries.values()].map(({ state, attempts }) => [state, attempts])).toEqual([
    ['sent', 1],
    ['sent', 1],
  ])
  expect(outbox.story.toSorted()).toEqual(['conclude a sent', 'conclude b sent', 'lease a', 'lease b'])
  expect(await outbox.rendered('b' as EntryId)).toEqual(Buffer.from('b'))
  expect(told.filter(({ name }) => name === 'attempt.ended')).toHaveLength(2)
})

test('a thousand entries all go, and none twice', async () => {
  const all = Array.from({ length: 1_000 }, (_, i) => (i % 2 === 0 ? notice(`n${i}`) : handOn(`h${i}`)))
  const { runner, begun } = stage(all)
  await runner.idle()
  expect(begun.toSorted()).toEqual(all.map(({ id }) => id).toSorted())
})

test('what is due later goes when its instant has come, and not before', async () => {
  const { runner, begun, pass } = stage([notice('later', { nextAttempt: (START + 60_000) as Instant })])
  await runner.idle()
  expect(begun).toEqual([])
  pass(60_000)
  await until(() => begun.length === 1)
})

test('a poke is enough for what was queued meanwhile', async () => {
  const { outbox, runner, begun } = stage([], { pollMs: 600_000 })
  await runner.idle()
  outbox.entries.set('new' as EntryId, notice('new'))
  runner.poke()
  await until(() => begun.length === 1)
})

test('a deferred entry waits as the schedule says, and no longer than that', async () => {
  const { runner, entry } = stage([notice('a')], { attempt: async () => DEFERRED })
  await runner.idle()
  expect(entry('a')).toMatchObject({ state: 'queued', attempts: 1, lastOutcome: 'deferred: 451 later' })
  expect(entry('a')?.nextAttempt).toBeGreaterThan(START + 59_000)
  expect(entry('a')?.nextAttempt).toBeLessThan(START + 61_000)
})

test('a refused notice has failed; nobody is asked to keep it', async () => {
  const { runner, entry, told } = stage([notice('a')], { attempt: async () => REFUSED })
  await runner.idle()
  expect(entry('a')).toMatchObject({ state: 'failed' })
  expect(told.map(({ name }) => name)).toEqual(['attempt.ended'])
})

describe('mail for the team that its hop refuses', () => {
  test('goes to the fallback, with an alarm, and only then has failed', async () => {
    const kept: string[] = []
    const { outbox, runner, entry, told } = stage([handOn('a')], {
      attempt: async () => REFUSED,
      fallback: async ({ id }, why) => {
        kept.push(`${id}: ${why}, when it is ${outbox.entries.get(id)?.state}`)
        return { kind: 'accepted', detail: '/var/mail/undelivered/new/a' }
      },
    })
    await runner.idle()
    expect(kept).toEqual(['a: 550 no, when it is sending'])
    expect(entry('a')).toMatchObject({ state: 'failed', lastOutcome: expect.stringContaining('/undelivered/new/a') })
    expect(told).toContainEqual({
      name: 'hand-on.fallback',
      fields: { entry: 'a', incoming: 'incoming-of-a', folder: '/var/mail/undelivered/new/a', why: '550 no' },
    })
  })

  test.each([
    ['refuses too', async () => REFUSED],
    ['is full', async () => DEFERRED],
    ['throws', () => Promise.reject(new Error('bug'))],
  ] as const)('is held, never lost, where the fallback %s', async (_how, fallback) => {
    const { runner, entry, told } = stage([handOn('a')], { attempt: async () => REFUSED, fallback })
    await runner.idle()
    expect(entry('a')).toMatchObject({ state: 'held', lastOutcome: expect.stringContaining('550 no') })
    expect(told.map(({ name }) => name)).toContain('entry.held')
  })

  test('or does not take for five days is held, and lies in the fallback', async () => {
    const attempts = RETRY_SCHEDULE['hand-on'].length
    const { runner, entry } = stage([handOn('a', { attempts })], {
      attempt: async () => DEFERRED,
      fallback: async () => ({ kind: 'accepted', detail: 'kept' }),
    })
    await runner.idle()
    expect(entry('a')).toMatchObject({ state: 'held', lastOutcome: expect.stringContaining('kept') })
  })
})

describe('an outcome that nobody knows', () => {
  test('makes a notice go once more, then it is held', async () => {
    const { runner, entry, begun, pass } = stage([notice('a')], { attempt: async () => UNKNOWN })
    await runner.idle()
    expect(entry('a')).toMatchObject({ state: 'queued', unknowns: 1 })
    pass(3_600_000)
    await until(() => begun.length === 2)
    await runner.idle()
    expect(entry('a')).toMatchObject({ state: 'held', unknowns: 2 })
    pass(100 * 3_600_000)
    await runner.idle()
    expect(begun).toHaveLength(2)
  })

  test('is that of an attempt which throws', async () => {
    const { runner, entry } = stage([notice('a')], { attempt: () => Promise.reject(new Error('bug')) })
    await runner.idle()
    expect(entry('a')).toMatchObject({ state: 'queued', unknowns: 1, lastOutcome: expect.stringContaining('bug') })
  })

  test('is that of what a crash left under way: mail for the team and a first notice go again at once', async () => {
    const left = { state: 'sending', attempts: 1 } as const
    const { runner, outbox, begun, entry } = stage([
      handOn('h', { ...left, unknowns: 7 }),
      notice('n', left),
      notice('again', { ...left, unknowns: 1 }),
    ])
    await runner.idle()
    expect(begun.toSorted()).toEqual(['h', 'n'])
    expect(entry('again')).toMatchObject({ state: 'held', unknowns: 2 })
    expect(entry('n')).toMatchObject({ state: 'sent', unknowns: 1, attempts: 2 })
    expect(outbox.story.filter((line) => line.startsWith('lease')).toSorted()).toEqual(['lease h', 'lease n'])
  })
})

describe('an entry that cannot be prepared', () => {
  test('is held with the reason, if it is held', async () => {
    const { runner, entry, begun, told } = stage([notice('a')], {
      prepare: async () => ({ held: 'send.mode is off now' }),
    })
    await runner.idle()
    expect(begun).toEqual([])
    expect(entry('a')).toMatchObject({ state: 'held', lastOutcome: 'send.mode is off now' })
    expect(told).toEqual([{ name: 'entry.held', fields: expect.objectContaining({ why: 'send.mode is off now' }) }])
  })

  test('is deferred, and in the end given up, if preparing throws; the others go on', async () => {
    const { runner, entry, begun } = stage([notice('bad'), notice('good')], {
      prepare: async (one) => {
        if (one.id === 'bad') throw new Error('template gone')
        return prepared(one)
      },
    })
    await runner.idle()
    expect(begun).toEqual(['good'])
    expect(entry('bad')).toMatchObject({
      state: 'queued',
      attempts: 1,
      lastOutcome: expect.stringContaining('template gone'),
    })
  })

  test('because somebody withdrew it meanwhile is left alone', async () => {
    const { outbox, runner, begun, entry } = stage([notice('a')], {
      prepare: async (one) => {
        outbox.entries.set(one.id, { ...one, state: 'withdrawn' })
        return prepared(one)
      },
    })
    await until(() => entry('a')?.state === 'withdrawn')
    await runner.close()
    expect(begun).toEqual([])
    expect(entry('a')).toMatchObject({ state: 'withdrawn' })
  })
})

describe('a ledger in trouble', () => {
  test.each(['interrupted', 'due', 'lease', 'conclude'] as const)(
    'with %s is waited out: nothing is lost or sent twice',
    async (verb) => {
      const { entry, begun, told, pass } = stage([notice('a')], { pollMs: 2 }, (outbox) => outbox.fail(verb, 3))
      while (entry('a')?.state !== 'sent') {
        pass(2)
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      expect(begun).toEqual(['a'])
      expect(told.filter(({ name }) => name === 'ledger.trouble').length).toBeGreaterThanOrEqual(1)
    },
  )
})

test('what a crash left under way is looked for until the ledger answers', async () => {
  const left = notice('a', { state: 'sending', attempts: 1 })
  const { entry } = stage([left], { pollMs: 2 }, (outbox) => outbox.fail('interrupted', 3))
  await until(() => entry('a')?.state === 'sent')
  expect(entry('a')).toMatchObject({ unknowns: 1 })
})

test('an entry that cannot be leased rests for a while', async () => {
  const { told } = stage([notice('a')], { pollMs: 600_000 }, (outbox) => outbox.fail('lease', 1_000))
  await until(() => told.length > 0)
  for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve))
  expect(told).toHaveLength(1)
})

test('a poke that comes while the queue is being read is not lost', async () => {
  let reads = 0
  const { begun } = stage([], { pollMs: 600_000 }, (outbox) => {
    const due = outbox.due.bind(outbox)
    outbox.due = async (now, limit) => {
      const found = await due(now, limit)
      reads += 1
      if (reads === 2) {
        outbox.entries.set('new' as EntryId, notice('new'))
        poke()
      }
      return found
    }
  })
  const poke = (): void => runners.at(-1)?.poke()
  await until(() => begun.length === 1)
})

describe('fairness', () => {
  test('no more attempts at once than places, and a hop alone gets half of them', async () => {
    const { begun, runner } = stage(
      Array.from({ length: 50 }, (_, i) => handOn(`a${i}`)),
      { attempt: stalled, concurrency: 8, graceMs: 0 },
    )
    await until(() => begun.length === 4)
    for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(begun).toHaveLength(4)
    await runner.close()
  })

  test('a stalled hop with a long queue in front does not starve the others', async () => {
    const front = Array.from({ length: 500 }, (_, i) => handOn(`stalled${i}`))
    const behind = Array.from({ length: 20 }, (_, i) => notice(`n${i}`, { nextAttempt: 1 as Instant }))
    const { begun, entry } = stage([...front, ...behind], {
      attempt: async (job) => (job.uniqueName.startsWith('stalled') ? stalled(job) : ACCEPTED),
      graceMs: 0,
    })
    await until(() => behind.every(({ id }) => entry(id)?.state === 'sent'))
    expect(begun.filter((name) => name.startsWith('stalled')).length).toBeLessThanOrEqual(2)
  })

  test('many mailboxes on one stalled hop count as one', async () => {
    const front = Array.from({ length: 40 }, (_, i) => handOn(`stalled${i}`, {}, `box${i}@acme.example`))
    const { begun, entry } = stage([...front, notice('n', { nextAttempt: 1 as Instant })], {
      concurrency: 8,
      graceMs: 0,
      attempt: async (job) => (job.uniqueName.startsWith('stalled') ? stalled(job) : ACCEPTED),
      prepare: async (one) => {
        const hop = { kind: 'smtp', host: 'one', port: 25, tls: 'opportunistic', recipient: undefined } as const
        return one.id === 'n' ? prepared(one) : { rendered: undefined, job: jobFor(hop, { uniqueName: one.id }) }
      },
    })
    await until(() => entry('n')?.state === 'sent')
    expect(begun.filter((name) => name.startsWith('stalled')).length).toBeLessThanOrEqual(4)
  })
})

describe('a clean stop', () => {
  test('lets attempts under way end by themselves', async () => {
    const answer = Promise.withResolvers<Outcome>()
    const { runner, begun, entry } = stage([notice('a')], { attempt: () => answer.promise })
    await until(() => begun.length === 1)
    const closed = runner.close()
    answer.resolve(ACCEPTED)
    await closed
    expect(entry('a')).toMatchObject({ state: 'sent' })
  })

  test('breaks off what takes longer than the grace, and returns it to the queue, due at once', async () => {
    const { runner, begun, entry } = stage([notice('a')], { attempt: stalled, graceMs: 5 })
    await until(() => begun.length === 1)
    await runner.close()
    expect(entry('a')).toMatchObject({ state: 'queued', unknowns: 0, nextAttempt: START })
  })

  test('an attempt broken off after the dot is unknown even so', async () => {
    const { runner, begun, entry } = stage([notice('a')], { attempt: dotted, graceMs: 5 })
    await until(() => begun.length === 1)
    await runner.close()
    expect(entry('a')).toMatchObject({ state: 'queued', unknowns: 1 })
  })

  test('begins nothing more: what was being prepared stays queued', async () => {
    const gate = Promise.withResolvers<void>()
    const asked: string[] = []
    const { runner, outbox, begun, entry } = stage([notice('a')], {
      prepare: async (one) => {
        asked.push(one.id)
        await gate.promise
        return prepared(one)
      },
    })
    await until(() => asked.length === 1)
    const closed = runner.close()
    gate.resolve()
    await closed
    expect(begun).toEqual([])
    expect(entry('a')).toMatchObject({ state: 'queued', attempts: 0 })
    expect(outbox.story).toEqual([])
  })

  test('is done once, releases who waits for idleness, and leaves no lease', async () => {
    const { runner, outbox, begun } = stage([notice('a'), handOn('b')], { attempt: stalled, graceMs: 0 })
    await until(() => begun.length === 2)
    const idle = runner.idle()
    await Promise.all([runner.close(), runner.close(), idle])
    await runner.idle()
    expect([...outbox.entries.values()].filter(({ state }) => state === 'sending')).toEqual([])
  })
})
