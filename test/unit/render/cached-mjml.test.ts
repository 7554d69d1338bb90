import { expect, test } from 'vitest'
import { mjmlCacheKey } from '../../../src/render/cache-key.ts'
import { cachedMjml } from '../../../src/render/cached-mjml.ts'
import { compileTemplates } from '../../../src/render/compile.ts'
import type { CompileMjml } from '../../../src/render/mjml.ts'
import { renderNotice } from '../../../src/render/render.ts'
import { layout, mjml, notice, OPTIONS, order, shippedSources } from './orders.ts'

function remembering() {
  const texts = new Map<string, string>()
  return {
    texts,
    get: async (key: string) => texts.get(key),
    put: async (key: string, text: string) => texts.set(key, text),
  }
}

function counting(): CompileMjml & { compiled: number } {
  const compile = async (sources: readonly string[]) => {
    counted.compiled += sources.length
    return mjml(sources)
  }
  const counted = Object.assign(compile, { compiled: 0 })
  return counted
}

test('a warm start compiles nothing and gives the same letters', async () => {
  const cache = remembering()
  const compile = counting()
  const cold = await compileTemplates(await shippedSources(), OPTIONS, cachedMjml(compile, cache))
  expect(compile.compiled).toBe(3)
  const warm = await compileTemplates(await shippedSources(), OPTIONS, cachedMjml(compile, cache))
  expect(compile.compiled).toBe(3)
  expect(renderNotice(warm.set, order())).toEqual(renderNotice(cold.set, order()))
})

test('a changed word, a changed layout and a changed colour are compiled anew, and nothing else', async () => {
  const cache = remembering()
  const compile = counting()
  const greek = { ...notice('Γεια'), path: 'el/acknowledgement.md' }
  const run = (options: typeof OPTIONS, ...sources: Parameters<typeof compileTemplates>[0]) =>
    compileTemplates(sources, options, cachedMjml(compile, cache))
  const inner = '<mj-text color="{{ brand.accent }}">{{ content }}</mj-text>'
  await run(OPTIONS, layout(inner), notice('one'), greek)
  expect(compile.compiled).toBe(2)
  await run(OPTIONS, layout(inner), notice('two'), greek)
  expect(compile.compiled).toBe(3)
  await run({ ...OPTIONS, brand: { ...OPTIONS.brand, accent: '#123456' } }, layout(inner), notice('two'), greek)
  expect(compile.compiled).toBe(5)
})

test('what has errors is not kept', async () => {
  const cache = remembering()
  const { findings } = await compileTemplates(
    [layout('<mj-nope>{{ content }}</mj-nope>'), notice('x')],
    OPTIONS,
    cachedMjml(mjml, cache),
  )
  expect(findings[0]?.message).toContain('mj-nope')
  expect(cache.texts.size).toBe(0)
})

test('the key is a name for a file and depends on every character', () => {
  expect(mjmlCacheKey('a')).toMatch(/^[0-9a-f]{64}$/u)
  expect(mjmlCacheKey('a')).not.toBe(mjmlCacheKey('a '))
})
