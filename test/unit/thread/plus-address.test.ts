import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { localOf } from '../../../src/mail/address.ts'
import { plusAddress, readPlusAddress } from '../../../src/thread/plus-address.ts'
import { address } from '../letters.ts'
import { BEFORE, KEYS, STRANGER, ticket } from './keys.ts'

const T = ticket(1)
const SUPPORT = address('Support@acme.example')

function plus(keys = KEYS, mailbox = SUPPORT) {
  const made = plusAddress({ mailbox, ticket: T, keys })
  if (made === undefined) throw new Error('the local part was too long')
  return made
}

describe('a plus address', () => {
  test('names its ticket under the mailbox as written', () => {
    expect(plus()).toMatch(/^Support\+[0-9a-z]{7}k2[0-9a-z]{16}@acme\.example$/u)
    expect(readPlusAddress(plus(), KEYS)).toBe(T)
  })
  test('is compared without case and survives another alias or domain', () => {
    expect(readPlusAddress(address(plus().toUpperCase()), KEYS)).toBe(T)
    expect(readPlusAddress(address(plus().replace('Support', 'help').replace('acme', 'acme-gr')), KEYS)).toBe(T)
  })
  test('made with an old key verifies for ever', () => {
    expect(readPlusAddress(plus(BEFORE), KEYS)).toBe(T)
  })
  test('keeps its local part within 64 octets, or is not made', () => {
    const long = address(`${'a'.repeat(38)}@acme.example`)
    expect(Buffer.byteLength(localOf(plus(KEYS, long)))).toBe(64)
    expect(plusAddress({ mailbox: address(`${'a'.repeat(39)}@acme.example`), ticket: T, keys: KEYS })).toBeUndefined()
  })
})

describe('no plus address of ours', () => {
  test.each([
    ['another installation', plus(STRANGER)],
    ['another ticket', plus().replace(T.toLowerCase(), ticket(2).toLowerCase())],
    ['one character of the MAC', plus().replace(/.@/u, (two) => (two[0] === '0' ? '1@' : '0@'))],
    ['a word', 'support+newsletter@acme.example'],
    ['nothing after the plus', 'support+@acme.example'],
    ['nothing before it', `+${'a'.repeat(25)}@acme.example`],
    ['no plus', 'support@acme.example'],
  ])('%s', (_, text) => {
    expect(readPlusAddress(address(text), KEYS)).toBeUndefined()
  })
})
