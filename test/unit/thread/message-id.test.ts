import { describe, expect, test } from 'vitest'
import { isOwnMessageId, mintMessageId, readMessageId } from '../../../src/thread/message-id.ts'
import { BEFORE, KEYS, STRANGER, ticket } from './keys.ts'

const T = ticket(1)
const minted = mintMessageId({ ticket: T, nonce: '01jabc', domain: 'acme.example', keys: KEYS })

describe('a Message-ID of ours', () => {
  test('names its ticket, and is the same each time it is made', () => {
    expect(minted).toMatch(/^<[0-9a-z]{7}\.01jabc\.k2\.[0-9a-z]{16}@acme\.example>$/u)
    expect(readMessageId(minted, KEYS)).toBe(T)
    expect(mintMessageId({ ticket: T, nonce: '01jabc', domain: 'acme.example', keys: KEYS })).toBe(minted)
  })
  test('survives a relay that changes case or domain', () => {
    expect(readMessageId(minted.toUpperCase(), KEYS)).toBe(T)
    expect(readMessageId(minted.replace('acme.example', 'relay.example'), KEYS)).toBe(T)
  })
  test('about no ticket is ours and names none', () => {
    const id = mintMessageId({ ticket: undefined, nonce: 'n', domain: 'acme.example', keys: KEYS })
    expect(isOwnMessageId(id, KEYS)).toBe(true)
    expect(readMessageId(id, KEYS)).toBeUndefined()
  })
  test('made with an old key verifies for ever', () => {
    const old = mintMessageId({ ticket: T, nonce: 'n', domain: 'acme.example', keys: BEFORE })
    expect(readMessageId(old, KEYS)).toBe(T)
    expect(readMessageId(minted, BEFORE)).toBeUndefined()
  })
})

describe('a Message-ID that is not ours', () => {
  test.each([
    ['another installation', mintMessageId({ ticket: T, nonce: '01jabc', domain: 'acme.example', keys: STRANGER })],
    ['another ticket under the same MAC', minted.replace(T.toLowerCase(), ticket(2).toLowerCase())],
    ['another nonce', minted.replace('01jabc', '01jabd')],
    ['one character of the MAC', minted.replace(/.@/u, (two) => (two[0] === '0' ? '1@' : '0@'))],
    ['a MAC cut short', minted.replace(/.@/u, '@')],
    ['an unknown key', minted.replace('.k2.', '.k9.')],
    ['the CAx of Gmail', '<CAx=abc.def+ghi@mail.gmail.com>'],
    ['no Message-ID at all', 'x'.repeat(100_000)],
    ['nothing', ''],
  ])('%s', (_, id) => {
    expect(readMessageId(id, KEYS)).toBeUndefined()
    expect(isOwnMessageId(id, KEYS)).toBe(false)
  })
})

describe('what could not be read back is refused when it is made', () => {
  test.each([
    ['a nonce with a dot', { nonce: 'a.b' }],
    ['a nonce in capitals', { nonce: 'ABC' }],
    ['an empty nonce', { nonce: '' }],
    ['a domain with a blank', { domain: 'acme example' }],
    ['a key id with a dash', { keys: { ...KEYS, current: { ...KEYS.current, id: 'k-2' } } }],
    ['a short secret', { keys: { ...KEYS, current: { id: 'k2', secret: new Uint8Array(8) } } }],
  ])('%s', (_, wrong) => {
    expect(() => mintMessageId({ ticket: T, nonce: 'n', domain: 'acme.example', keys: KEYS, ...wrong })).toThrow(
      'Cannot use',
    )
  })
})
