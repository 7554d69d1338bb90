import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { configJsonSchema, knownKeys } from '../../../src/config/json-schema.ts'
import { loadText } from './folder.ts'
import { type JsonSchema, keyTable } from './key-table.ts'

const root = join(import.meta.dirname, '../../..')
const schema = configJsonSchema() as JsonSchema

test('the schema for editors is the golden one', async () => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(join(root, 'test/golden/config.schema.json'))
})

test('it is draft-07, and every key has a description', () => {
  expect(configJsonSchema()).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' })
  const nameless = keyTable(schema).filter((row) => row.description === '')
  expect(nameless.map((row) => row.key)).toEqual([])
})

describe('config/README.md', () => {
  const path = join(root, 'config/README.md')
  const TABLE = /(<!-- keys -->\n)([\s\S]*)(\n<!-- end of keys -->)/u
  const rows = keyTable(schema).map(({ key, value, fallback, description }) =>
    [`\`${key}\``, value, fallback, description].map((cell) => cell.replaceAll('|', '\\|')),
  )

  test('tells every key in its table (REPLYD_RENEW=1 writes it anew, `npm run format` aligns it)', async () => {
    const readme = await readFile(path, 'utf8')
    if (process.env.REPLYD_RENEW !== undefined) {
      const head = [
        ['key', 'value', 'without it', 'what it does'],
        ['---', '---', '---', '---'],
      ]
      const table = [...head, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
      await writeFile(
        path,
        readme.replace(TABLE, (_, begin, __, end) => `${begin}\n${table}\n${end}`),
      )
      return
    }
    const lines = TABLE.exec(readme)?.[2]?.trim().split('\n').slice(2) ?? []
    const told = lines.map((line) =>
      line
        .split(/(?<!\\)\|/u)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    expect(told).toEqual(rows)
  })

  test('gives examples that load', async () => {
    const readme = await readFile(path, 'utf8')
    const examples = [...readme.matchAll(/```yaml\n(organization:[\s\S]*?)```/gu)].map((found) => found[1] ?? '')
    expect(examples).toHaveLength(2)
    for (const example of examples) {
      const loaded = await loadText(example.replace(/^ *tls: .*\n/mu, ''))
      expect(loaded.ok ? loaded.warnings : loaded.problems).toEqual([])
    }
  })
})

test('knownKeys follows lists and names of the admin', () => {
  expect(knownKeys(['mailboxes', 0])).toContain('hand_on')
  expect(knownKeys(['routes', 'billing'])).toContain('hand_on_tag')
  expect(knownKeys(['schedules'])).toEqual([])
  expect(knownKeys(['nowhere', 'at', 'all'])).toEqual([])
})

/** Enough of draft-07 for this schema: what an editor would underline. */
function underlined(value: unknown, at: JsonSchema, path = ''): readonly string[] {
  if (at.anyOf !== undefined) {
    return at.anyOf.some((one) => underlined(value, one).length === 0) ? [] : [`${path}: fits none`]
  }
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  const fits = at.type === undefined || at.type === type || (at.type === 'integer' && Number.isInteger(value))
  if (!fits) return [`${path}: ${type}, wanted ${at.type}`]
  if (at.const !== undefined && value !== at.const) return [`${path}: not ${at.const}`]
  if (at.enum !== undefined && !at.enum.includes(value)) return [`${path}: none of ${at.enum.join()}`]
  if (typeof value === 'string' && at.pattern !== undefined && !new RegExp(at.pattern, 'u').test(value)) {
    return [`${path}: not like ${at.pattern}`]
  }
  if (Array.isArray(value)) return value.flatMap((one, index) => underlined(one, at.items ?? {}, `${path}[${index}]`))
  if (typeof value !== 'object' || value === null) return []
  const missing = (at.required ?? []).filter((key) => !(key in value)).map((key) => `${path}.${key}: missing`)
  const inner = Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const next = at.properties?.[key] ?? at.additionalProperties
    return typeof next === 'object' ? underlined(part, next, `${path}.${key}`) : [`${path}.${key}: unknown`]
  })
  return [...missing, ...inner]
}

describe('an editor', () => {
  test('underlines nothing in the configuration that is shipped', async () => {
    expect(underlined(parse(await readFile(join(root, 'config/replyd.yaml'), 'utf8')), schema)).toEqual([])
  })
  test.each([
    ['organization: {name: Acme, nam: x}\nmailboxes: []', '.organization.nam: unknown'],
    ['organization: {}\nmailboxes: []', '.organization.name: missing'],
    ['organization: {name: Acme}\nmailboxes: []\nmax_age: soon', '.max_age: not like'],
    ['organization: {name: Acme}\nmailboxes: []\nsend: {mode: alive}', '.send.mode: none of'],
    ['organization: {name: Acme}\nmailboxes: []\nhigh_volume: {enter: x}', '.high_volume.enter: fits none'],
  ])('underlines %j', (text, wanted) => {
    expect(underlined(parse(text), schema).join('\n')).toContain(wanted)
  })
})
