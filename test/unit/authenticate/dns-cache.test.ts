import { expect, test } from 'vitest'
import { CACHE_BOUNDS, cached } from '../../../src/authenticate/dns-cache.ts'
import { dnsCode, dnsError, type Resolve } from '../../../src/authenticate/resolve.ts'
import type { Instant } from '../../../src/mail/instant.ts'

/** A clock that stands still until it is moved, and a resolver that counts. */
function bench(answers: Readonly<Record<string, readonly unknown[] | string>>, bounds = {}) {
  let now = 1_000
  const questions: string[] = []
  const ask: Resolve = async (name, type) => {
    questions.push(`${type} ${name}`)
    const answer = answers[name.toLowerCase()] ?? 'ENOTFOUND'
    if (typeof answer === 'string') throw dnsError(answer, 'as told')
    return answer
  }
  const world = { now: () => now as Instant, chance: () => new Uint8Array() }
  const pass = (ms: number): void => {
    now += ms
  }
  return { resolve: cached(ask, { ...CACHE_BOUNDS, ...bounds }, world), questions, pass }
}

const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'answered', dnsCode)

test('an answer is asked for once as long as it is good, whatever the case of the name', async () => {
  const { resolve, questions, pass } = bench({ 'a.example': [['x']] })
  for (const name of ['a.example', 'A.Example', 'a.example']) expect(await resolve(name, 'TXT')).toEqual([['x']])
  expect(questions).toHaveLength(1)
  await resolve('a.example', 'MX')
  pass(CACHE_BOUNDS.keepMs - 1)
  await resolve('a.example', 'TXT')
  expect(questions).toHaveLength(2)
  pass(1)
  await resolve('a.example', 'TXT')
  expect(questions).toHaveLength(3)
})

test('that there is nothing is remembered for a while, that nobody answered only for a moment', async () => {
  const { resolve, questions, pass } = bench({ 'broken.example': 'ESERVFAIL', 'empty.example': 'ENODATA' })
  for (const name of ['no.example', 'no.example', 'empty.example', 'broken.example', 'broken.example']) {
    await resolve(name, 'TXT').catch(() => {})
  }
  expect(questions).toHaveLength(3)
  expect(await codeOf(resolve('no.example', 'TXT'))).toBe('ENOTFOUND')
  expect(await codeOf(resolve('broken.example', 'TXT'))).toBe('ESERVFAIL')
  pass(CACHE_BOUNDS.keepTroubleMs)
  await codeOf(resolve('broken.example', 'TXT'))
  await codeOf(resolve('no.example', 'TXT'))
  expect(questions).toHaveLength(4)
  pass(CACHE_BOUNDS.keepNothingMs)
  await codeOf(resolve('no.example', 'TXT'))
  expect(questions).toHaveLength(5)
})

test('everybody who asks at once waits for the same answer, and may change what he gets', async () => {
  const { resolve, questions } = bench({ 'a.example': ['2', '1'] })
  const [first, second] = await Promise.all([resolve('a.example', 'A'), resolve('a.example', 'A')])
  ;(first as string[]).sort()
  expect(second).toEqual(['2', '1'])
  expect(await resolve('a.example', 'A')).toEqual(['2', '1'])
  expect(questions).toHaveLength(1)
})

test('no more answers are remembered than the bound, and none that is large', async () => {
  const all = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`${i}.example`, [[`${i}`]]]))
  const { resolve, questions } = bench({ ...all, 'large.example': [['x'.repeat(3_000)]] }, { entries: 3 })
  for (const name of Object.keys(all)) await resolve(name, 'TXT')
  await resolve('4.example', 'TXT')
  expect(questions).toHaveLength(5)
  await resolve('0.example', 'TXT')
  expect(questions).toHaveLength(6)
  for (let i = 0; i < 2; i += 1) expect(await resolve('large.example', 'TXT')).toHaveLength(1)
  expect(questions).toHaveLength(8)
})

test('a question that nobody answers ends, and does not stand in the way of the next one', async () => {
  let asked = 0
  const ask: Resolve = () => {
    asked += 1
    return new Promise(() => {})
  }
  const bounds = { ...CACHE_BOUNDS, questionMs: 10, keepTroubleMs: 0 }
  const resolve = cached(ask, bounds, { now: () => 0 as Instant, chance: () => new Uint8Array() })
  expect(await codeOf(resolve('a.example', 'TXT'))).toBe('ETIMEOUT')
  expect(await codeOf(resolve('a.example', 'TXT'))).toBe('ETIMEOUT')
  expect(asked).toBe(2)
})

test('a resolver that throws at once does not stay open for ever', async () => {
  let asked = 0
  const ask: Resolve = () => {
    asked += 1
    if (asked === 1) throw new TypeError('at once')
    return Promise.resolve([['good']])
  }
  const resolve = cached(
    ask,
    { ...CACHE_BOUNDS, keepTroubleMs: 0 },
    { now: () => 0 as Instant, chance: () => new Uint8Array() },
  )
  await expect(resolve('a.example', 'TXT')).rejects.toThrow('at once')
  expect(await resolve('a.example', 'TXT')).toEqual([['good']])
})

test('a name that no DNS can hold is not asked for', async () => {
  const { resolve, questions } = bench({})
  expect(await codeOf(resolve(`${'a'.repeat(300)}.example`, 'TXT'))).toBe('EBADNAME')
  expect(questions).toEqual([])
})
