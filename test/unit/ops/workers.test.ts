import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Log } from '../../../src/ops/events.ts'
import { moduleUrl } from '../../../src/ops/module-url.ts'
import { openWorkers, WorkerLost, type Workers } from '../../../src/ops/workers.ts'
import type { EchoJob } from './programs/echo-worker.ts'

const ENTRY = moduleUrl('./programs/echo-worker', import.meta.url)
/** Longer than any answer takes, on a busy machine too. */
const PATIENT_MS = 15_000
const lost: string[] = []
const log: Log = (name, fields) => {
  if (name === 'worker.lost') lost.push((fields as { why: string }).why)
}
let workers: Workers<EchoJob, string>

function open(size: number, timeoutMs: number): void {
  workers = openWorkers(ENTRY, { size, timeoutMs, maxOldGenerationMb: 16, name: 'echo' }, log)
}

/** Why a job was lost; anything else fails the test. */
async function lossOf(job: Promise<string>): Promise<WorkerLost['kind']> {
  const why = await job.then(
    (value) => new Error(`it answered ${value}`),
    (error: unknown) => error,
  )
  if (why instanceof WorkerLost) return why.kind
  throw why
}

beforeEach(() => {
  lost.length = 0
})
afterEach(() => workers[Symbol.asyncDispose]())

describe('jobs and answers', () => {
  test('every job gets its own answer, however many wait', async () => {
    open(2, PATIENT_MS)
    const texts = Array.from({ length: 50 }, (_, index) => `job ${index}`)
    expect(await Promise.all(texts.map((text) => workers.run({ what: 'echo', text })))).toEqual(texts)
  })
  test('no more workers than allowed, and each is kept', async () => {
    open(2, PATIENT_MS)
    const first = new Set(await Promise.all(Array.from({ length: 20 }, () => workers.run({ what: 'who' }))))
    const second = await workers.run({ what: 'who' })
    expect(first.size).toBeLessThanOrEqual(2)
    expect(first).toContain(second)
  })
  test('a job that fails rejects with what the worker said, and the worker goes on', async () => {
    open(1, PATIENT_MS)
    const who = await workers.run({ what: 'who' })
    await expect(workers.run({ what: 'fail' })).rejects.toThrow('The echo worker failed: the job is bad')
    expect(await workers.run({ what: 'who' })).toBe(who)
    expect(lost).toEqual([])
  })
  test('a job that cannot be sent to another thread rejects alone', async () => {
    open(1, PATIENT_MS)
    const unsendable = { what: 'echo', text: () => {} } as unknown as EchoJob
    await expect(workers.run(unsendable)).rejects.toThrow('could not be cloned')
    expect(await workers.run({ what: 'echo', text: 'fine' })).toBe('fine')
  })
  test('a worker sees nothing of our environment', async () => {
    open(1, PATIENT_MS)
    expect(await workers.run({ what: 'environment' })).toBe('')
  })
  test('buffers that are handed over are gone here', async () => {
    open(1, PATIENT_MS)
    const buffer = new ArrayBuffer(8)
    await workers.run({ what: 'echo', text: buffer as unknown as string }, [buffer])
    expect(buffer.byteLength).toBe(0)
  })
})

describe('a worker is lost', () => {
  test('taking too long costs the job and its worker, which is replaced, and nothing else', async () => {
    open(1, 1500)
    const before = await workers.run({ what: 'who' })
    const hanging = workers.run({ what: 'hang' })
    const waiting = workers.run({ what: 'who' })
    expect(await lossOf(hanging)).toBe('timeout')
    expect(Number(await waiting)).toBeGreaterThan(Number(before))
    expect(lost).toEqual(['no answer within 1500 ms'])
  })
  test.each([
    ['exit', 'it exited with 0'],
    ['throw', 'a fault in the worker'],
    ['eat', 'Worker terminated due to reaching memory limit: JS heap out of memory'],
  ] as const)('a worker that dies (%s) takes its own job along and no other', async (what, why) => {
    open(1, PATIENT_MS)
    const dying = workers.run({ what })
    const next = workers.run({ what: 'echo', text: 'next' })
    expect(await lossOf(dying)).toBe('crash')
    expect(await next).toBe('next')
    expect(lost).toEqual([why])
  })
  test('a module that cannot be loaded rejects each job, and none is waited for', async () => {
    workers = openWorkers(
      new URL('./no-such-module.ts', import.meta.url),
      { size: 1, timeoutMs: PATIENT_MS, maxOldGenerationMb: 16, name: 'echo' },
      log,
    )
    expect(await lossOf(workers.run({ what: 'who' }))).toBe('crash')
    expect(await lossOf(workers.run({ what: 'who' }))).toBe('crash')
  })
  test('closing rejects what runs, what waits and what comes', async () => {
    open(1, PATIENT_MS)
    const running = workers.run({ what: 'hang' })
    const waiting = workers.run({ what: 'who' })
    const kinds = Promise.all([lossOf(running), lossOf(waiting)])
    await workers[Symbol.asyncDispose]()
    expect(await kinds).toEqual(['closed', 'closed'])
    expect(await lossOf(workers.run({ what: 'who' }))).toBe('closed')
    expect(lost).toEqual([])
  })
})
