import { describe, expect, test } from 'vitest'
import { messageIdsOf, ownMessageId } from '../../../src/parse/message-ids.ts'

describe('messageIdsOf() takes the ids and nothing else', () => {
  test.each([
    [['<a@b>\t<c@d>,<e@f> garbage'], ['<a@b>', '<c@d>', '<e@f>']],
    [['<a@b> (comment)'], ['<a@b>']],
    [
      ['<a@b>', '<c@d> <a@b>'],
      ['<a@b>', '<c@d>'],
    ],
    [['a@b'], []],
    [['< a@b >', '<>', '<a b@c>', '<<a@b>>'], ['<a@b>']],
    [[`<${'x'.repeat(996)}>`], [`<${'x'.repeat(996)}>`]],
    [[`<${'x'.repeat(997)}>`], []],
    [['<a\0b@c>'], []],
    [[], []],
  ])('%j', (values, expected) => {
    expect(messageIdsOf(values)).toEqual(expected)
  })
  test('of very many, the first five and the last 45 are kept', () => {
    const ids = Array.from({ length: 10_000 }, (_, i) => `<${i}@x>`)
    const kept = messageIdsOf([ids.join(' ')])
    expect(kept).toEqual([...ids.slice(0, 5), ...ids.slice(-45)])
  })
  test('brackets without end cost no more than their length', () => {
    expect(messageIdsOf(['<'.repeat(256 * 1024), `<${'a'.repeat(256 * 1024)}`])).toEqual([])
  }, 5_000)
})

describe('ownMessageId()', () => {
  test.each([
    ['<1@x>', '<1@x>', true],
    [' <1@x> (made here)', '<1@x>', true],
    ['<1@x> <2@x>', '<1@x>', false],
    ['id <1@x>', '<1@x>', false],
    ['1@x', undefined, false],
    ['', undefined, false],
    ['(<1@x>)', undefined, false],
  ])('%s', (value, id, sound) => {
    expect(ownMessageId(value)).toEqual({ id, sound })
  })
})
