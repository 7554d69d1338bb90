/** The statements of RFC 3834, 5230, 5436 and 6131 (T01 to T54): none without a test that bears its id. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const STATEMENTS = Array.from({ length: 54 }, (_, index) => `T${String(index + 1).padStart(2, '0')}`)

/** What the names of tests and of their groups hold, in the quotes of any kind that they stand in. */
const NAME = /\b(?:test|describe)(?:\.each\([\s\S]*?\]\)|\.each\(\w+\))?\(\s*(['"`])((?:(?!\1).)*)\1/gu
const ROW = /^\s*\[\s*(['"`])((?:(?!\1).)*)\1/gmu

function idsBorneBy(text: string): readonly string[] {
  return [NAME, ROW].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(([, , name = '']) => name.match(/\bT\d{2}\b/gu) ?? []),
  )
}

/** The ids in the first column of the table of deviations. */
function idsExplained(readme: string): readonly string[] {
  const section = readme.split('## Deviations from RFC 3834 and RFC 5230\n')[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/^\| (T\d{2}[T\d, ]*?) *\|/gmu)].flatMap(([, ids = '']) => ids.split(', '))
}

const folder = join(root, 'test/rfc')
const texts = readdirSync(folder)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(folder, file), 'utf8'))
const borne = new Set(texts.flatMap(idsBorneBy))

describe('the statements of the standards about automatic answers', () => {
  test('each is borne by a test', () => {
    expect(STATEMENTS.filter((id) => !borne.has(id))).toEqual([])
  })
  test('no test bears an id that is none', () => {
    expect([...borne].filter((id) => !STATEMENTS.includes(id))).toEqual([])
  })
  test('each test that asserts a deviation is explained in src/README.md, and none else is', () => {
    const deviating = texts
      .flatMap((text) => [...text.matchAll(NAME)].map(([, , name = '']) => name))
      .filter((name) => name.includes('we deviate'))
      .flatMap((name) => name.match(/\bT\d{2}\b/gu) ?? [])
    const explained = idsExplained(readFileSync(join(root, 'src/README.md'), 'utf8'))
    expect([...explained].sort()).toEqual([...new Set(deviating)].sort())
  })
  test.each([
    ["test('T07 a law', () => {})", ['T07']],
    ["  test.each(['a', 'b'])(\n    'T08 T09 %s', () => {})", ['T08', 'T09']],
    ["test.each(NOTICES)('T10 %s', () => {})", ['T10']],
    ["  ['T46 eight days', '8d'],", ['T46']],
    ["// T11 is spoken of\nconst T12 = 'T13'", []],
  ])('an id is found in the name of a test and nowhere else: %j', (text, ids) => {
    expect(idsBorneBy(text)).toEqual(ids)
  })
})
