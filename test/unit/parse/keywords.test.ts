import { describe, expect, test } from 'vitest'
import { autoSubmittedOf } from '../../../src/parse/auto-submitted.ts'
import { withoutComments } from '../../../src/parse/comments.ts'
import { returnPathOf } from '../../../src/parse/return-path.ts'

describe('withoutComments()', () => {
  test.each([
    ['a (b) c', 'a   c'],
    ['(a (b) c) d', 'd'],
    ['"(not a comment)" (one)', '"(not a comment)"'],
    ['a (b \\) c) d', 'a   d'],
    ['a (never closed', 'a'],
    ['a) b', 'a) b'],
    ['(', ''],
  ])('%s', (value, expected) => {
    expect(withoutComments(value)).toBe(expected)
  })
  test('10,000 deep', () => {
    expect(withoutComments(`${'('.repeat(10_000)}x${')'.repeat(10_000)} no`)).toBe('no')
  })
})

describe('autoSubmittedOf() gives the keyword of RFC 3834 5', () => {
  test.each([
    [['auto-replied'], 'auto-replied'],
    [['Auto-Generated'], 'auto-generated'],
    [['auto-replied (x); a=b'], 'auto-replied'],
    [['(vacation (really)) auto-replied; owner-email="a@b"'], 'auto-replied'],
    [['auto-replied;owner-token=1'], 'auto-replied'],
    [['"auto-replied"'], 'auto-replied'],
    [['no'], 'no'],
    [['no (typed by hand)'], 'no'],
    [['NO;x'], 'no'],
    [['no', 'auto-replied'], 'auto-replied'],
    [['auto-notified', 'no'], 'auto-notified'],
    [[''], undefined],
    [['(only a comment)'], undefined],
    [[], undefined],
  ])('%j', (values, keyword) => {
    expect(autoSubmittedOf(values)).toBe(keyword)
  })
})

describe('returnPathOf()', () => {
  test.each([
    ['<ann@X.example>', 'ann@x.example'],
    ['<>', '<>'],
    ['< >', '<>'],
    ['<> (null)', '<>'],
    ['(hm) <ann@x.example>', 'ann@x.example'],
    ['ann@x.example', 'ann@x.example'],
    ['<@relay.example:ann@x.example>', 'ann@x.example'],
    ['<MAILER-DAEMON>', '<>'],
    ['MAILER-DAEMON', '<>'],
    ['', 'unknown'],
    ['<"a b"@x.example>', 'unknown'],
    ['<root>', 'unknown'],
    [undefined, undefined],
  ])('%s', (value, path) => {
    expect(returnPathOf(value)).toBe(path)
  })
  test('a forwarder may fill the whole path', () => {
    const srs = `SRS0=${'x'.repeat(80)}=tt=x.example=ann@forwarder.example`
    expect(returnPathOf(`<${srs}>`)).toBe(srs)
  })
})
