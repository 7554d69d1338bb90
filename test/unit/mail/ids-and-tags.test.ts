import { describe, expect, test } from 'vitest'
import type { TicketId } from '../../../src/mail/ids.ts'
import { messageId, timeSortedId } from '../../../src/mail/ids.ts'
import { formatTag, parseTicketId, ticketIdFrom } from '../../../src/mail/tag.ts'

describe('messageId()', () => {
  test.each(['<1@x>', '<no-at-sign>', '<δ@x.example>', `<${'x'.repeat(996)}>`])('takes %s', (text) => {
    expect(messageId(text)).toBe(text)
  })
  test.each([
    '1@x',
    '<>',
    '<a b>',
    '<a\r\nBcc: b>',
    '<a\0b>',
    '<a\u007fb>',
    '<<a@b>>',
    '<a@b> ',
    '<a@b><c@d>',
    `<${'x'.repeat(997)}>`,
    '',
  ])('refuses %j', (text) => {
    expect(messageId(text)).toBeUndefined()
  })
})

describe('timeSortedId()', () => {
  const zeros = new Uint8Array(16)
  test('has 26 characters, the time first', () => {
    expect(timeSortedId(0, zeros)).toBe('0'.repeat(26))
    expect(timeSortedId(31, zeros)).toBe(`${'0'.repeat(9)}Z${'0'.repeat(16)}`)
    expect(timeSortedId(2 ** 48 - 1, new Uint8Array(16).fill(255))).toBe(`7${'Z'.repeat(25)}`)
  })
  test('chance makes two ids of one millisecond differ', () => {
    expect(timeSortedId(1, zeros)).not.toBe(timeSortedId(1, new Uint8Array(16).fill(1)))
  })
})

describe('ticket ids and tags', () => {
  const id = ticketIdFrom(Uint8Array.of(1, 2, 3, 4, 5, 6))
  test('seven characters of Crockford’s base 32, the last one a check', () => {
    expect(id).toMatch(/^123456[0-9A-HJKMNP-TV-Z]$/u)
    expect(parseTicketId(id)).toBe(id)
  })
  test('are read as a person types them', () => {
    const typed = ticketIdFrom(Uint8Array.of(0, 1, 0, 1, 0, 1))
    expect(typed.slice(0, 6)).toBe('010101')
    expect(parseTicketId(`OiOlOI${typed.slice(6)}`)).toBe(typed)
    expect(parseTicketId(typed.toLowerCase())).toBe(typed)
  })
  test.each([
    ['too short', '12345'],
    ['too long', '123456789'],
    ['an alphabet character that there is not', 'U23456U'],
    ['a blank', '123 456'],
    ['nothing', ''],
    ['full-width characters', '１２３４５６７'],
  ])('%s is no id', (_, text) => {
    expect(parseTicketId(text)).toBeUndefined()
  })
  test('letters that grow or change when they are made upper case are no look-alikes', () => {
    // `ß` becomes `SS`, of which the first S would be taken for the check character
    const check = 'S'
    const random = Array.from({ length: 32 ** 2 }, (_, i) => Uint8Array.of(0, 0, 0, 0, i >> 5, i & 31))
      .map(ticketIdFrom)
      .find((one) => one.endsWith(check))
    expect(random).toBeDefined()
    expect(parseTicketId(`${random?.slice(0, 6)}ß`)).toBeUndefined()
    expect(parseTicketId(id.replace('1', 'ı'))).toBeUndefined()
  })
  test('a tag carries the prefix of the house', () => {
    expect(formatTag('K7M2Q9F' as TicketId, '')).toBe('[#K7M2Q9F]')
    expect(formatTag('K7M2Q9F' as TicketId, 'ACME')).toBe('[#ACME-K7M2Q9F]')
  })
})
