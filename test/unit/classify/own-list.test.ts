import { describe, expect, test } from 'vitest'
import { codesOf, natureOf } from './context.ts'

const GROUP = [
  'Precedence: list',
  'Mailing-list: list support@acme.example; contact support+owners@acme.example',
  'List-ID: <support.acme.example>',
  'X-Google-Group-Id: 881234567890',
  'List-Post: <https://groups.example/a/acme.example/group/support/post>, <mailto:support@acme.example>',
  'List-Unsubscribe: <mailto:googlegroups-manage+881234567890+unsubscribe@googlegroups.com>',
]
const fields = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))

describe('a group of ours in front of the mailbox', () => {
  test('hides nobody: who writes to it is a person, though the group stands in the reverse-path', () => {
    const nature = natureOf({ fields: fields(GROUP), mailFrom: 'support+bncBCXYZ@acme.example' })
    expect(nature.kind).toBe('person')
    expect(codesOf(nature)).not.toContain('list-id')
  })
  test('does not make a person of a machine that writes to it', () => {
    const lines = [...GROUP, 'Auto-Submitted: auto-generated']
    expect(natureOf({ fields: fields(lines) }).kind).toBe('automatic')
  })
  test('is no other list, whatever its name looks like', () => {
    const foreign = GROUP.map((line) => line.replaceAll('acme.example', 'other.example'))
    expect(natureOf({ fields: fields(foreign) }).kind).toBe('list')
  })
})

test('our own address as it is, in the reverse-path, is still our own mail', () => {
  expect(natureOf({ mailFrom: 'support@acme.example' }).kind).toBe('own')
  expect(natureOf({ mailFrom: 'bounces@acme.example' }).kind).toBe('own')
})
