import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Address, localOf } from '../../src/mail/address.ts'
import { formatTag, ticketIdFrom } from '../../src/mail/tag.ts'
import { claimsOf } from '../../src/thread/claims.ts'
import type { ThreadKeys } from '../../src/thread/keys.ts'
import { isOwnMessageId, mintMessageId, readMessageId } from '../../src/thread/message-id.ts'
import { plusAddress, readPlusAddress } from '../../src/thread/plus-address.ts'
import { subjectTags } from '../../src/thread/subject-tags.ts'
import { address, idOf, letter } from '../unit/letters.ts'

const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const tickets = octets(6).map(ticketIdFrom)
const words = (min: number, max: number, alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789') =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength: min, maxLength: max })
const keys: fc.Arbitrary<ThreadKeys> = fc.record({ id: words(1, 8), secret: octets(32) }).map((current) => ({
  current,
  all: new Map([[current.id, current.secret]]),
  tagPrefix: '',
  plusMailboxes: new Set<string>(),
}))

test('what we write we read: Message-IDs', () => {
  fc.assert(
    fc.property(fc.option(tickets, { nil: undefined }), words(1, 64), keys, (ticket, nonce, all) => {
      const id = mintMessageId({ ticket, nonce, domain: 'acme.example', keys: all })
      expect(readMessageId(id, all)).toBe(ticket)
      expect(isOwnMessageId(id, all)).toBe(true)
    }),
  )
})

test('what we write we read: plus addresses, in any case', () => {
  fc.assert(
    fc.property(tickets, words(1, 60), keys, (ticket, local, all) => {
      const made = plusAddress({ mailbox: address(`${local}@acme.example`), ticket, keys: all })
      if (made === undefined) return expect(local.length).toBeGreaterThan(32)
      expect(localOf(made).length).toBeLessThanOrEqual(64)
      expect(readPlusAddress(made.toUpperCase() as Address, all)).toBe(ticket)
    }),
  )
})

test('what we write we read: subject tags, between any other words', () => {
  const noise = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replace(/[[\]#＃［］]/gu, ''))
  fc.assert(
    fc.property(tickets, noise, noise, words(0, 8), (ticket, before, after, prefix) => {
      const subject = `${before} ${formatTag(ticket, prefix)} ${after}`
      expect(subjectTags(subject, prefix).map((one) => one.ticket)).toEqual([ticket])
    }),
  )
})

test('no other key reads what we wrote, and no changed character passes', () => {
  fc.assert(
    fc.property(tickets, keys, keys, fc.nat(), (ticket, ours, theirs, at) => {
      const id = mintMessageId({ ticket, nonce: 'n', domain: 'acme.example', keys: ours })
      if (ours.current.id !== theirs.current.id || !same(ours.current.secret, theirs.current.secret)) {
        expect(isOwnMessageId(id, theirs)).toBe(false)
      }
      const place = 1 + (at % (id.indexOf('@') - 1))
      const changed = `${id.slice(0, place)}${id[place] === 'q' ? 'r' : 'q'}${id.slice(place + 1)}`
      expect(isOwnMessageId(changed, ours)).toBe(false)
    }),
  )
})

test('any letter gives claims, strongest first', () => {
  const order = ['plus-address', 'own-message-id', 'stored-message-id', 'returned-message-id', 'subject-tag']
  const ids = fc.array(
    words(1, 10).map((left) => idOf(`<${left}@x>`)),
    { maxLength: 300 },
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), ids, ids, keys, (subject, references, returned, all) => {
      const made = claimsOf(letter({ references, message: { subject, returned } }), all)
      const ranks = made.map((one) => order.indexOf(one.code))
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
      expect(made.length).toBeLessThanOrEqual(208)
    }),
  )
})

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((octet, i) => octet === b[i])
}
