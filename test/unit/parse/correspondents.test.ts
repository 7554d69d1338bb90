import { describe, expect, test } from 'vitest'
import { correspondentsOf } from '../../../src/parse/correspondents.ts'

/** `name <address>`, or the bare address where there is no name. */
function people(value: string): readonly string[] {
  return correspondentsOf(value).correspondents.map(({ address, name }) =>
    name === '' ? address : `${name} <${address}>`,
  )
}

describe('correspondentsOf() reads RFC 5322 address lists', () => {
  test.each([
    ['ann@x.example', ['ann@x.example']],
    ['<ann@x.example>', ['ann@x.example']],
    ['Ann Lee <ann@X.Example>', ['Ann Lee <ann@x.example>']],
    ['"Lee, Ann" <ann@x.example>, bob@y.example', ['Lee, Ann <ann@x.example>', 'bob@y.example']],
    ['"Ann \\"the\\" Lee" <ann@x.example>', ['Ann "the" Lee <ann@x.example>']],
    ['ann@x.example (Ann Lee)', ['Ann Lee <ann@x.example>']],
    ['Ann (the (very) good) Lee <ann@x.example> (work)', ['Ann Lee <ann@x.example>']],
    ['(hm) ann@x.example', ['hm <ann@x.example>']],
    ['Team: ann@x.example, Bob <bob@y.example>;', ['ann@x.example', 'Bob <bob@y.example>']],
    ['undisclosed-recipients:;', []],
    ['A: ann@x.example;, B: bob@y.example;', ['ann@x.example', 'bob@y.example']],
    ['<@relay.example,@other.example:ann@x.example>', ['ann@x.example']],
    ['Ann <ann@x.example>; Bob <bob@y.example>', ['Ann <ann@x.example>', 'Bob <bob@y.example>']],
    [', ,ann@x.example,,', ['ann@x.example']],
    ['ann . lee @ x . example', ['ann.lee@x.example']],
    ['Lee, Ann <ann@x.example>', ['Lee, Ann <ann@x.example>']],
    ['ann@x.example <ann@x.example>', ['ann@x.example <ann@x.example>']],
    ['Ann ( Lee <ann@x.example>', ['Ann ( Lee <ann@x.example>']],
    ['Ann "the Lee <ann@x.example>', ['Ann "the Lee <ann@x.example>']],
    ['δοκιμή@παράδειγμα.example', ['δοκιμή@παράδειγμα.example']],
    ['', []],
  ])('%s', (value, expected) => {
    expect(people(value)).toEqual(expected)
  })
  test('encoded words are decoded in names, adjacent ones joined, in quotes too', () => {
    expect(people('=?utf-8?B?zprOsc67zrc=?= =?utf-8?B?zrzOrc+BzrE=?= <a@x.example>')).toEqual([
      'Καλημέρα <a@x.example>',
    ])
    expect(people('"=?iso-8859-1?Q?J=F6rg?=" <j@x.example>')).toEqual(['Jörg <j@x.example>'])
    expect(people('=?utf-8?Q?Lee,_Ann_<x>?= <a@x.example>')).toEqual(['Lee, Ann <x> <a@x.example>'])
  })
  test('a name is one line without controls, and bounded', () => {
    expect(people('=?utf-8?Q?Ann=0D=0ABcc:_x=00?= <a@x.example>')).toEqual(['Ann Bcc: x <a@x.example>'])
    expect(correspondentsOf(`${'é'.repeat(5_000)} <a@x.example>`).correspondents[0]?.name).toHaveLength(256)
  })
})

describe('what is encoded, quoted or a comment never becomes an address', () => {
  test.each([
    ['=?utf-8?Q?a=40evil.example?= <b@good.example>', ['a@evil.example <b@good.example>']],
    ['=?utf-8?Q?=3Ca=40evil.example=3E?= <b@good.example>', ['<a@evil.example> <b@good.example>']],
    ['=?utf-8?Q?<a@evil.example>?= <b@good.example>', ['<a@evil.example> <b@good.example>']],
    ['=?utf-8?Q?a=40evil.example?=', []],
    ['=?utf-8?Q?a@evil.example?=', []],
    ['<=?utf-8?Q?a?=@evil.example>', []],
    ['"a@evil.example" <b@good.example>', ['a@evil.example <b@good.example>']],
    ['"<a@evil.example>" b@good.example', []],
    ['(<a@evil.example>) <b@good.example>', ['<a@evil.example> <b@good.example>']],
    // GHSA-mm7p-fcc7-pg87: the local part is quoted, the mailbox is at internal.domain.example
    ['"xclow3n@gmail.example x"@internal.domain.example', []],
    ['<"xclow3n@gmail.example x"@internal.domain.example>', []],
    ['"a"@x.example', []],
    ['a@evil.example, b"@good.example', ['a@evil.example']],
    ['<a@evil.example> <b@good.example>', []],
    ['Ann <a@x.example', []],
    ['a@b@good.example', []],
    ['a@[127.0.0.1]', []],
    ['ann@x.example bob@y.example', []],
    ['Ann <ann@x.example\n>', ['Ann <ann@x.example>']],
  ])('%s', (value, expected) => {
    expect(people(value)).toEqual(expected)
  })
  test('an unusable mailbox still counts as one', () => {
    expect(correspondentsOf('a@x.example, "b"@y.example')).toMatchObject({ mailboxes: 2, correspondents: [{}] })
    expect(correspondentsOf('Lee, Ann <a@x.example>').mailboxes).toBe(1)
    expect(correspondentsOf('Nobody at all').mailboxes).toBe(0)
  })
})

describe('any value is read in linear time', () => {
  const most = 256 * 1024
  test.each([
    ['comments in comments', '('.repeat(most)],
    ['closed comments', `${'('.repeat(most / 2)}${')'.repeat(most / 2)}`],
    ['quotes', '"'.repeat(most + 1)],
    ['backslashes in quotes', `"${'\\'.repeat(most)}`],
    ['brackets', '<'.repeat(most)],
    ['closing brackets', '>'.repeat(most)],
    ['groups in groups', 'a:'.repeat(most / 2)],
    ['words with commas', 'a,'.repeat(most / 2)],
    ['broken encoded words', '=?a'.repeat(most / 3)],
    ['encoded words without end', '=?a?q?'.repeat(most / 6)],
    ['blanks', `a${' '.repeat(most)}b@x.example`],
    ['dots', '.'.repeat(most)],
    ['at signs', '@'.repeat(most)],
  ])(
    '%s',
    (_, value) => {
      expect(correspondentsOf(value).correspondents).toEqual([])
    },
    5_000,
  )
  test('a hundred thousand recipients give the first thousand', () => {
    const list = correspondentsOf(Array.from({ length: 100_000 }, (_, i) => `u${i}@x.example`).join(', '))
    expect(list.correspondents).toHaveLength(1_000)
  })
})
