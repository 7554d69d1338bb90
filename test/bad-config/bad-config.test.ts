import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { formatProblem } from '../../src/config/problem.ts'

const FOLDER = import.meta.dirname
const CASES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort()

describe('a configuration that is wrong is refused with every problem, its place and what was wanted', () => {
  test('there are cases, each with what is expected of it', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(30)
    expect(CASES.filter((name) => !existsSync(join(FOLDER, name, 'expected-error')))).toEqual([])
  })

  test.each(CASES)('%s', async (name) => {
    const file = join(FOLDER, name, 'replyd.yaml')
    const loaded = await loadConfig(file, {})
    if (loaded.ok) throw new Error(`${relative(FOLDER, file)} was taken without a problem`)
    const said = loaded.problems.map((problem) => formatProblem(problem, loaded.text)).join('\n')
    // A hand-written expectation may be renewed with `vitest -u`; read the difference before it is committed.
    await expect(`${said.replaceAll(`${join(FOLDER, name)}/`, '')}\n`).toMatchFileSnapshot(
      join(FOLDER, name, 'expected-error'),
    )
  })
})
