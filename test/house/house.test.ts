import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { brokenImports, emptyNames, impurities, measured, type Source } from './law.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

function sourcesIn(folder: string): readonly Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(join(root, folder), path), text: readFileSync(path, 'utf8') }))
}

const SRC = sourcesIn('src')
const TEST = sourcesIn('test')

/** Longer than the targets, each with the reason why splitting it would say less. */
const LONG_FILES: ReadonlyMap<string, string> = new Map([])
const LONG_FUNCTIONS: ReadonlyMap<string, string> = new Map([])

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

describe('the import law is a star', () => {
  test('a room imports the vocabulary, itself and, for IO, ops; each library is wrapped once', () => {
    expect(SRC.flatMap(brokenImports)).toEqual([])
  })
  test.each([
    ['decide/x.ts', "import { openLedger } from '../ledger/open.ts'"],
    ['decide/x.ts', "import type { Log } from '../ops/events.ts'"],
    ['mail/x.ts', "import { decide } from '../decide/decide.ts'"],
    ['parse/x.ts', "import { readFileSync } from 'node:fs'"],
    ['receive/x.ts', "import Database from 'better-sqlite3'"],
    ['receive/x.ts', "import leftPad from 'left-pad'"],
    ['deliver/x.ts', "export { load } from '../config/load.ts'"],
    ['deliver/x.ts', "const late = await import('../config/load.ts')"],
  ])('it catches %s saying %s', (path, text) => {
    expect(brokenImports({ path, text })).toHaveLength(1)
  })
  test('it lets a joiner join', () => {
    expect(brokenImports({ path: 'daemon.ts', text: "import { openLedger } from './ledger/open.ts'" })).toEqual([])
    expect(brokenImports({ path: 'cli/run.ts', text: "import { openLedger } from '../ledger/open.ts'" })).toEqual([])
  })
})

describe('pure rooms look at nothing but their arguments', () => {
  test('no clock, chance, environment or console', () => {
    expect(SRC.flatMap(impurities)).toEqual([])
  })
  test('a look at the clock is caught', () => {
    expect(impurities({ path: 'decide/x.ts', text: 'const now = Date.now()' })).toHaveLength(1)
  })
})

describe('names', () => {
  test('no file, type or function is called by an empty word', () => {
    expect(SRC.flatMap(emptyNames)).toEqual([])
  })
  test('an empty word is caught in a path and in a declaration', () => {
    expect(emptyNames({ path: 'mail/utils.ts', text: '' })).toHaveLength(1)
    expect(emptyNames({ path: 'mail/x.ts', text: 'export function mailHelper() {}' })).toHaveLength(1)
  })
})

describe('sizes', () => {
  test('files: median at most 120 lines, nine in ten at most 250, none over 400', () => {
    const lines = SRC.map((source) => measured(source).lines)
    expect(percentile(lines, 0.5)).toBeLessThanOrEqual(120)
    expect(percentile(lines, 0.9)).toBeLessThanOrEqual(250)
    expect(
      SRC.filter((source) => measured(source).lines > 400 && !LONG_FILES.has(source.path)).map((s) => s.path),
    ).toEqual([])
    expect(TEST.filter((source) => measured(source).lines > 600).map((source) => source.path)).toEqual([])
  })
  test('functions: nine in ten at most 40 lines, none over 80', () => {
    const all = SRC.flatMap((source) =>
      measured(source).functions.map((one) => ({ ...one, at: `${source.path}:${one.name}` })),
    )
    expect(all.length).toBeGreaterThan(50)
    expect(
      percentile(
        all.map((one) => one.lines),
        0.9,
      ),
    ).toBeLessThanOrEqual(40)
    expect(
      all.filter((one) => one.lines > 80 && !LONG_FUNCTIONS.has(one.at)).map((one) => `${one.at} ${one.lines}`),
    ).toEqual([])
  })
})
