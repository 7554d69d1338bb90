import { Worker } from 'node:worker_threads'
import type { Log } from './events.ts'

export type WorkerLimits = {
  /** Worker threads at most, 1 or more; each is started when it is first needed, and kept. */
  readonly size: number
  /** From handing a job over to its answer, 1 or more; starting a worker counts. */
  readonly timeoutMs: number
  /** Old-generation heap of each worker in MiB; beyond it the worker dies. Buffers do not count. */
  readonly maxOldGenerationMb: number
  /** For the log. */
  readonly name: string
}

/**
 * Jobs for worker threads. A worker gets one job value at a time as a message and answers with one `WorkerAnswer`; more
 * jobs than workers wait in the order they came, so the caller bounds how many there are.
 */
export type Workers<In, Out> = {
  /**
   * @param transfer buffers in `input` that are handed over instead of copied
   * @throws WorkerLost where the worker took too long, died or was closed; an Error with the text that the worker answered
   */
  run(input: In, transfer?: readonly ArrayBuffer[]): Promise<Out>
  /** Ends every worker; jobs not answered reject. */
  [Symbol.asyncDispose](): Promise<void>
}

export type WorkerAnswer<Out> =
  | { readonly ok: true; readonly value: Out }
  | { readonly ok: false; readonly error: string }

/** A job that got no answer. Whether trying again can help is for the caller to judge: it may be the job that kills. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost'
  readonly kind: 'timeout' | 'crash' | 'closed'

  constructor(kind: WorkerLost['kind'], message: string, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
  }
}

type Job<In, Out> = {
  readonly input: In
  readonly transfer: readonly ArrayBuffer[]
  readonly resolve: (value: Out) => void
  readonly reject: (why: Error) => void
}

/** One thread: idle without a job; dying once it was lost, until its exit. */
type Place<In, Out> = {
  readonly worker: Worker
  job: Job<In, Out> | undefined
  timer: NodeJS.Timeout | undefined
  dying: boolean
}

/** @param entry the module of the worker, see `moduleUrl` */
export function openWorkers<In, Out>(entry: URL, options: WorkerLimits, log: Log): Workers<In, Out> {
  const { name, size, timeoutMs } = options
  const waiting: Job<In, Out>[] = []
  const places = new Set<Place<In, Out>>()
  let closed = false

  function start(): Place<In, Out> {
    const place: Place<In, Out> = { worker: spawn(entry, options), job: undefined, timer: undefined, dying: false }
    places.add(place)
    place.worker.on('message', (answer: WorkerAnswer<Out>) => {
      const job = release(place)
      if (job === undefined) return // answered and lost at once: the timeout came first
      if (answer.ok) job.resolve(answer.value)
      else job.reject(new Error(`The ${name} worker failed: ${answer.error}`))
      hand()
    })
    place.worker.on('messageerror', (error) => lose(place, 'crash', 'its answer cannot be read', error))
    place.worker.on('error', (error) => lose(place, 'crash', errorText(error), error))
    place.worker.on('exit', (code) => {
      lose(place, 'crash', `it exited with ${code}`)
      places.delete(place)
      hand()
    })
    return place
  }

  /** Rejects the job of a place, if it has one, and ends its worker. Its exit makes room for a new one. */
  function lose(place: Place<In, Out>, kind: WorkerLost['kind'], why: string, cause?: unknown): void {
    if (place.dying) return
    place.dying = true
    if (!closed) log('worker.lost', { worker: name, why })
    release(place)?.reject(new WorkerLost(kind, `The ${name} worker was lost: ${why}`, cause))
    void place.worker.terminate()
  }

  function hand(): void {
    while (waiting.length > 0) {
      const place =
        [...places].find((one) => one.job === undefined && !one.dying) ?? (places.size < size ? start() : undefined)
      const job = place === undefined ? undefined : waiting.shift()
      if (place === undefined || job === undefined) return
      place.job = job
      place.worker.ref()
      place.timer = setTimeout(() => lose(place, 'timeout', `no answer within ${timeoutMs} ms`), timeoutMs)
      try {
        place.worker.postMessage(job.input, job.transfer)
      } catch (error) {
        // what cannot be cloned is a fault of the job, not of the worker
        release(place)?.reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
  }

  return {
    run: (input, transfer = []) =>
      new Promise<Out>((resolve, reject) => {
        if (closed) return reject(new WorkerLost('closed', `The ${name} workers are closed`))
        waiting.push({ input, transfer, resolve, reject })
        hand()
      }),
    [Symbol.asyncDispose]: async () => {
      closed = true
      for (const job of waiting.splice(0)) job.reject(new WorkerLost('closed', `The ${name} workers are closed`))
      for (const place of places) lose(place, 'closed', 'it was closed')
      await Promise.all([...places].map((place) => place.worker.terminate()))
    },
  }
}

/** Takes the job from its place. An idle worker keeps no process alive. */
function release<In, Out>(place: Place<In, Out>): Job<In, Out> | undefined {
  const { job } = place
  clearTimeout(place.timer)
  place.job = undefined
  place.worker.unref()
  return job
}

function spawn(entry: URL, { maxOldGenerationMb, name }: WorkerLimits): Worker {
  return new Worker(entry, {
    name,
    // a worker handles what strangers send: no secrets from the environment, no options of ours
    env: {},
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: maxOldGenerationMb },
  })
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
