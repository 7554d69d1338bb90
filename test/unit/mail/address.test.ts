import { describe, expect, test } from 'vitest'
import {
  type Address,
  domainOf,
  folded,
  localOf,
  parseAddress,
  parseReversePath,
  sameMailbox,
  withoutDetail,
} from '../../../src/mail/address.ts'
import { matchesGlob } from '../../../src/mail/address-glob.ts'

describe('parseAddress() takes what we may write to', () => {
  test.each([
    ['ann@x.example', 'ann@x.example'],
    ['Ann.Lee@X.Example', 'Ann.Lee@x.example'],
    ["o'brien+tag=1@x.example", "o'brien+tag=1@x.example"],
    ['root@localhost', 'root@localhost'],
    ['δοκιμή@παράδειγμα.example', 'δοκιμή@παράδειγμα.example'],
    ['a@xn--hxajbheg2az3al.example', 'a@xn--hxajbheg2az3al.example'],
    ['a@under_score.example', 'a@under_score.example'],
    [`${'l'.repeat(64)}@x.example`, `${'l'.repeat(64)}@x.example`],
    [`a@${'d'.repeat(63)}.example`, `a@${'d'.repeat(63)}.example`],
  ])('%s', (text, address) => {
    expect(parseAddress(text)).toBe(address)
  })
  test.each([
    ['nothing', ''],
    ['no domain', 'ann'],
    ['an empty domain', 'ann@'],
    ['an empty local part', '@x.example'],
    ['two at signs', 'ann@lee@x.example'],
    ['a quoted local part (GHSA-mm7p-fcc7-pg87)', '"xclow3n@gmail.example x"@internal.domain.example'],
    ['a quoted local part that needs no quotes', '"ann"@x.example'],
    ['an IP literal', 'ann@[127.0.0.1]'],
    ['a blank', 'ann lee@x.example'],
    ['a blank at the end', 'ann@x.example '],
    ['brackets', '<ann@x.example>'],
    ['a name', 'Ann <ann@x.example>'],
    ['a comma', 'ann,bob@x.example'],
    ['a comma in the domain', 'ann@x.example,bob@y.example'],
    ['a line break', 'ann@x.example\r\nBcc: b@y.example'],
    ['a NUL', 'ann\0@x.example'],
    ['a dot at the beginning', '.ann@x.example'],
    ['a dot at the end', 'ann.@x.example'],
    ['two dots', 'ann..lee@x.example'],
    ['an empty label', 'ann@x..example'],
    ['a dot at the end of the domain', 'ann@x.example.'],
    ['a label that begins with a hyphen', 'ann@-x.example'],
    ['a local part of 65 octets', `${'l'.repeat(65)}@x.example`],
    ['a local part of 33 characters and 66 octets', `${'λ'.repeat(33)}@x.example`],
    ['a label of 64 characters', `a@${'d'.repeat(64)}.example`],
    ['255 octets', `a@${`${'d'.repeat(49)}.`.repeat(5)}123`],
  ])('and refuses %s', (_, text) => {
    expect(parseAddress(text)).toBeUndefined()
  })
  test('a megabyte is refused at once', () => {
    expect(parseAddress('a.'.repeat(500_000))).toBeUndefined()
  })
})

describe('parseReversePath() takes what MAIL FROM may hold', () => {
  const long = `SRS0=${'x'.repeat(100)}=x.example=ann@forwarder.example`
  test.each([
    ['', '<>'],
    ['<>', '<>'],
    ['ann@X.example', 'ann@x.example'],
    [long, long],
    ['<ann@x.example>', undefined],
    ['"a b"@x.example', undefined],
    [`${'x'.repeat(250)}@x.example`, undefined],
  ])('%s', (text, path) => {
    expect(parseReversePath(text)).toBe(path)
  })
})

describe('parts and comparison of addresses', () => {
  const ann = 'Ann.Lee+Orders@x.example' as Address
  test('local part, domain, folding', () => {
    expect([localOf(ann), domainOf(ann), folded(ann)]).toEqual([
      'Ann.Lee+Orders',
      'x.example',
      'ann.lee+orders@x.example',
    ])
    expect(sameMailbox(ann, 'ann.lee+ORDERS@x.example' as Address)).toBe(true)
    expect(sameMailbox(ann, 'ann.lee@x.example' as Address)).toBe(false)
  })
  test('the detail goes, an address that is nothing but a detail stays', () => {
    expect(withoutDetail(ann)).toBe('ann.lee@x.example')
    expect(withoutDetail('A+b+c@x.example' as Address)).toBe('a@x.example')
    expect(withoutDetail('+b@x.example' as Address)).toBe('+b@x.example')
  })
})

describe('matchesGlob()', () => {
  test.each([
    ['*@partner.example', 'ann@partner.example', true],
    ['*@partner.example', 'ann@sub.partner.example', false],
    ['no-reply*@*', 'no-reply-7@x.example', true],
    ['NO-REPLY@X.example', 'no-reply@x.example', true],
    ['ann@x.example', 'ann@x.example.org', false],
    ['*', 'ann@x.example', true],
    ['**@x.example', 'ann@x.example', true],
    ['a*n@x.example', 'annan@x.example', true],
    ['a.n@x.example', 'ann@x.example', false],
    ['', 'ann@x.example', false],
  ])('%s and %s: %s', (glob, address, expected) => {
    expect(matchesGlob(glob, address as Address)).toBe(expected)
  })
  test('a pattern made to be slow is not', () => {
    expect(matchesGlob(`${'*a'.repeat(100)}b`, `${'a'.repeat(200)}@x` as Address)).toBe(false)
  })
})
