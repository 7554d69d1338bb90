import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterAll, expect, test } from 'vitest'
import type { Message } from '../../../src/mail/message.ts'
import { eml } from './eml.ts'

type Answer = { readonly ok: true; readonly value: Message } | { readonly ok: false; readonly error: string }

const worker = new Worker(new URL('../../../src/parse/worker.ts', import.meta.url), { env: {}, execArgv: [] })
afterAll(() => worker.terminate())

async function ask(job: unknown): Promise<Answer> {
  const answered = once(worker, 'message')
  worker.postMessage(job, [])
  const [answer] = (await answered) as [Answer]
  return answer
}

test('the worker answers a job with a Message', async () => {
  const answer = await ask({ octets: Uint8Array.from(eml('From: ann@x.example', '', 'Hi')), complete: true })
  expect(answer).toMatchObject({ ok: true, value: { from: [{ address: 'ann@x.example' }], text: 'Hi', defects: [] } })
})

test('a large head as well, within its deadline', async () => {
  const octets = Uint8Array.from(eml('From: ann@x.example', '', 'Hi\r\n'.repeat(120_000)))
  expect(await ask({ octets, complete: false })).toMatchObject({ ok: true, value: { defects: [{ code: 'body-cut' }] } })
})

test('a job that is none is answered as failed, and the next one is done', async () => {
  expect(await ask({ octets: 'no octets', complete: true })).toMatchObject({ ok: false })
  expect(await ask({ octets: new Uint8Array(), complete: true })).toMatchObject({ ok: true })
})
