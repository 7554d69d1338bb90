import { describe, expect, test } from 'vitest'
import { addressedOf } from '../../../src/decide/addressed.ts'
import { copyKey } from '../../../src/decide/copy-key.ts'
import { address, type LetterLines, letter } from '../letters.ts'
import { MAILBOX } from './facts.ts'

const SALES = { ...MAILBOX, address: address('sales@acme.example'), aliases: [address('buy@acme.example')] }
const addressed = (lines: LetterLines, plus: readonly string[] = []) =>
  addressedOf(letter(lines), [MAILBOX, SALES], new Set(plus)).map((one) => [one.mailbox.address, one.alias, one.named])

describe('our mailboxes that a message is for', () => {
  test('the one in the envelope, under the alias that To writes', () => {
    expect(addressed({ to: 'Help@acme.example' })).toEqual([['support@acme.example', 'Help@acme.example', 'to']])
  })
  test('first the one named in To, then in Cc, then by order of the configuration', () => {
    const rcptTo = ['sales@acme.example', 'support@acme.example']
    expect(addressed({ to: 'x@y.example', rcptTo }).map(([, , named]) => named)).toEqual(['envelope', 'envelope'])
    expect(addressed({ to: 'x@y.example', rcptTo }).map(([one]) => one)).toEqual([
      'support@acme.example',
      'sales@acme.example',
    ])
    expect(addressed({ to: 'buy@acme.example', cc: 'support@acme.example', rcptTo })).toEqual([
      ['sales@acme.example', 'buy@acme.example', 'to'],
      ['support@acme.example', 'support@acme.example', 'cc'],
    ])
    expect(addressed({ to: 'x@y.example', cc: 'sales@acme.example', rcptTo }).map(([, , named]) => named)).toEqual([
      'cc',
      'envelope',
    ])
  })
  test('a mailbox that only the letter names has its own copy, or none', () => {
    expect(addressed({ to: ['support@acme.example', 'sales@acme.example'], rcptTo: 'sales@acme.example' })).toEqual([
      ['sales@acme.example', 'sales@acme.example', 'to'],
    ])
  })
  test('two aliases of one mailbox are one mailbox', () => {
    expect(addressed({ to: ['help@acme.example', 'support@acme.example'] })).toHaveLength(1)
  })
  test('a recipient with a detail was accepted by us and stays ours, without its detail', () => {
    expect(addressed({ to: 'x@y.example', rcptTo: 'Support+abc@acme.example' })).toEqual([
      ['support@acme.example', 'Support@acme.example', 'envelope'],
    ])
    const both = { to: 'help+abc@acme.example', rcptTo: 'support@acme.example' }
    expect(addressed(both, ['support@acme.example'])).toEqual([['support@acme.example', 'help@acme.example', 'to']])
    expect(addressed(both)).toEqual([['support@acme.example', 'support@acme.example', 'envelope']])
  })
  test('nobody of ours', () => {
    expect(addressed({ rcptTo: 'gone@acme.example' })).toEqual([])
  })
})

const key = (lines: LetterLines, digest = 'd1') => copyKey(letter(lines).message, digest)

describe('the key of a copy', () => {
  test('is the same on another path, with another body, encoding of the name and folding of the date', () => {
    const other = {
      from: '"Ann Lee" <ANN@customer.example>',
      date: 'Mon,  2 Nov 2026\t10:00:00 +0000',
      subject: '[list] x',
    }
    expect(key(other, 'd2')).toBe(key({}))
  })
  test.each([
    ['Message-ID', { messageId: '<second@customer.example>' }],
    ['From', { from: 'bob@customer.example' }],
    ['Date', { date: 'Mon, 2 Nov 2026 10:00:01 +0000' }],
  ])('differs by %s', (_, lines) => {
    expect(key(lines)).not.toBe(key({}))
  })
  test('without a Message-ID, differs by subject and body too', () => {
    const bare = { messageId: undefined }
    expect(key(bare)).toBe(key(bare))
    expect(key(bare, 'd2')).not.toBe(key(bare))
    expect(key({ ...bare, subject: 'Other' })).not.toBe(key(bare))
  })
  test('no text can move from one element into the next', () => {
    const bare = { messageId: undefined, date: 'a', subject: 'bc' }
    expect(key(bare)).not.toBe(key({ ...bare, date: 'ab', subject: 'c' }))
  })
})
