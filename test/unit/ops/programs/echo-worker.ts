/** A worker that does what the job says: answers, fails, hangs, dies, or eats memory. */
import { parentPort, threadId } from 'node:worker_threads'

export type EchoJob = {
  readonly what: 'echo' | 'who' | 'environment' | 'fail' | 'hang' | 'exit' | 'throw' | 'eat'
  readonly text?: string
}

function answer(words: { ok: true; value: string | undefined } | { ok: false; error: string }): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin, only a window has
  parentPort?.postMessage(words)
}

parentPort?.on('message', (job: EchoJob) => {
  switch (job.what) {
    case 'echo':
      return answer({ ok: true, value: job.text })
    case 'who':
      return answer({ ok: true, value: String(threadId) })
    case 'environment':
      return answer({ ok: true, value: Object.keys(process.env).join(' ') })
    case 'fail':
      return answer({ ok: false, error: 'the job is bad' })
    case 'hang':
      for (;;) {
        // a parser in a quadratic loop never comes back to its event loop either
      }
    case 'exit':
      return process.exit(0)
    case 'throw':
      throw new Error('a fault in the worker')
    case 'eat': {
      const eaten: object[] = []
      for (;;) eaten.push(Array.from({ length: 1000 }, (_, index) => ({ index })))
    }
    default:
      job.what satisfies never
  }
})
