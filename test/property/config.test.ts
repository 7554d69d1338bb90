import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { formatProblem } from '../../src/config/problem.ts'
import { SECTIONS } from '../../src/config/schema/replyd.ts'

const folder = mkdtempSync(join(tmpdir(), 'replyd-config-'))
const file = join(folder, 'replyd.yaml')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function said(text: string): Promise<readonly string[]> {
  writeFileSync(file, text)
  const loaded = await loadConfig(file, {})
  const problems = loaded.ok ? loaded.warnings : loaded.problems
  if (!loaded.ok) expect(problems.length).toBeGreaterThan(0)
  const lines = loaded.text.split('\n').length
  for (const one of problems) expect(one.line === 0 || (one.line <= lines && one.column >= 1)).toBe(true)
  return problems.map((one) => formatProblem(one, loaded.text))
}

const PIECES = [
  ...Object.keys(SECTIONS),
  ...Array.from('&*!|>%@`#?-:,[]{}"\'\\\t\n ~<'),
  '\n  ',
  ': ',
  ' #',
  '- ',
  '&a',
  '*a',
  '<<',
  '__proto__',
  '---',
  'null',
  '24h',
]

test('any text is either taken or refused with a place in it, and never throws', async () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8 })), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(text, async (pieces) => {
      await said(pieces.join(''))
    }),
    { numRuns: 300 },
  )
})

test('any value under any key is either taken or refused in plain words', async () => {
  const value = fc.jsonValue({ maxDepth: 4 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(SECTIONS)), value, async (key, written) => {
      const problems = await said(JSON.stringify({ organization: { name: 'Acme' }, mailboxes: [], [key]: written }))
      // words of the libraries, which mean nothing to an admin
      expect(problems.join('\n').replaceAll(/"(?:[^"\\]|\\.)*"/gu, '')).not.toMatch(
        /Invalid input|undefined|expected|received|NaN|union/u,
      )
    }),
    { numRuns: 300 },
  )
})
