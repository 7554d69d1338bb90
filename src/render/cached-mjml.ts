import { mjmlCacheKey } from './cache-key.ts'
import type { CompiledMjml, CompileMjml } from './mjml.ts'

/** Texts by key; `ops/file-cache.ts` is one. */
export type TextCache = {
  get(key: string): Promise<string | undefined>
  put(key: string, text: string): Promise<unknown>
}

/**
 * A compiler that asks the cache first and only hands on what it does not know, so that a warm start compiles nothing.
 * Sources with errors are not kept.
 */
export function cachedMjml(compile: CompileMjml, cache: TextCache): CompileMjml {
  return async (sources) => {
    const known = await Promise.all(sources.map((source) => cache.get(mjmlCacheKey(source))))
    const missing = sources.filter((_, index) => known[index] === undefined)
    const made = missing.length === 0 ? [] : await compile(missing)
    const fresh = new Map(missing.map((source, index) => [source, made[index]]))
    const clean = [...fresh].flatMap(([source, one]) => (isClean(one) ? [{ source, html: one.html }] : []))
    await Promise.all(clean.map(({ source, html }) => cache.put(mjmlCacheKey(source), html)))
    return sources.map((source, index): CompiledMjml => {
      const html = known[index]
      return html === undefined ? (fresh.get(source) ?? UNANSWERED) : { html, errors: [] }
    })
  }
}

const UNANSWERED: CompiledMjml = { html: '', errors: [{ line: 0, message: 'MJML gave no answer', tagName: '' }] }

function isClean(one: CompiledMjml | undefined): one is CompiledMjml {
  return one !== undefined && one.errors.length === 0
}
