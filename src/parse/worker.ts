/** The entry of a worker thread: one job at a time, one answer for each. */
import { parentPort } from 'node:worker_threads'
import { parse } from './parse.ts'

/** Well below the time after which the pool gives the worker up: a message half read is better than one lost. */
const DEADLINE_MS = 5_000
/** Whatever they hold, so few octets are read in a fraction of that; a timer for each small mail costs a fifth of the speed. */
const NO_DEADLINE_OCTETS = 64 * 1024

type Job = { readonly octets: Uint8Array; readonly complete: boolean }

parentPort?.on('message', ({ octets, complete }: Job) => {
  const signal = octets.length > NO_DEADLINE_OCTETS ? AbortSignal.timeout(DEADLINE_MS) : undefined
  parse(octets, { complete, signal }).then(
    (value) => parentPort?.postMessage({ ok: true, value }, []),
    (error: unknown) => {
      parentPort?.postMessage({ ok: false, error: error instanceof Error ? error.message : String(error) }, [])
    },
  )
})
