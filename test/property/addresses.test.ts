import { Buffer } from 'node:buffer'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Address,
  domainOf,
  folded,
  localOf,
  parseAddress,
  sameMailbox,
  withoutDetail,
} from '../../src/mail/address.ts'
import { messageId, timeSortedId } from '../../src/mail/ids.ts'
import { formatTag, parseTicketId, ticketIdFrom } from '../../src/mail/tag.ts'
import { correspondentsOf } from '../../src/parse/correspondents.ts'
import { messageIdsOf } from '../../src/parse/message-ids.ts'
import { read } from '../unit/parse/eml.ts'

const ATEXT = "abcXYZ019!#$%&'*+/=?^_`{|}~-éλ字"
const atom = fc.string({ unit: fc.constantFrom(...Array.from(ATEXT)), minLength: 1, maxLength: 12 })
const label = fc
  .string({ unit: fc.constantFrom(...Array.from('abcxyz019-λ字')), minLength: 1, maxLength: 12 })
  .filter((text) => !text.startsWith('-') && !text.endsWith('-'))
const address = fc
  .tuple(fc.array(atom, { minLength: 1, maxLength: 3 }), fc.array(label, { minLength: 1, maxLength: 4 }))
  .map(([local, domain]) => `${local.join('.')}@${domain.join('.')}`)
  .filter((text) => !text.includes('=?') && Buffer.byteLength(text.split('@')[0] ?? '') <= 64)
  .map((text) => text as Address)

/** A display name that a writer may have: letters, what needs quoting, and single blanks inside. */
const name = fc
  .array(fc.string({ unit: fc.constantFrom(...Array.from('AnnéΛ字.,;:<>()@"\\[]-\'')), minLength: 1, maxLength: 8 }), {
    maxLength: 4,
  })
  .map((words) => words.join(' '))

type Written = { readonly address: Address; readonly name: string }
const mailbox: fc.Arbitrary<Written> = fc.record({ address, name })

/** As our own letters write a mailbox: the name as an encoded word or in quotes. */
function written({ address, name }: Written, how: 'quoted' | 'base64' | 'q'): string {
  if (name === '') return `<${address}>`
  const octets = Buffer.from(name)
  switch (how) {
    case 'quoted':
      return `"${name.replace(/["\\]/gu, '\\$&')}" <${address}>`
    case 'base64':
      return `=?utf-8?B?${octets.toString('base64')}?= <${address}>`
    case 'q':
      return `=?UTF-8?Q?${[...octets].map((octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('')}?= <${address}>`
    default:
      return how satisfies never
  }
}

const how = fc.constantFrom('quoted' as const, 'base64' as const, 'q' as const)

describe('what we write as an address field we read back', () => {
  test('lists of mailboxes, whatever their names', () => {
    fc.assert(
      fc.property(fc.array(mailbox, { maxLength: 6 }), how, (people, how) => {
        const list = correspondentsOf(people.map((one) => written(one, how)).join(', '))
        expect(list.correspondents).toEqual(people)
        expect(list.mailboxes).toBe(people.length)
      }),
      { numRuns: 400 },
    )
  })
  test('inside a message, folded, with a comment and in a group', async () => {
    await fc.assert(
      fc.asyncProperty(mailbox, mailbox, how, async (one, other, how) => {
        const message = await read(
          `From: ${written(one, how)}`,
          'To: Team (of ours):',
          ` ${written(other, how)},`,
          `\t${written(one, how)};`,
          '',
          '',
        )
        expect(message.from).toEqual([one])
        expect(message.to).toEqual([other, one])
        expect(message.defects).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
  test('a name never becomes an address, nor adds one', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), address, how, (name, address, how) => {
        const line = name.replace(/[\r\n\0]/gu, ' ')
        const list = correspondentsOf(written({ name: line, address }, how))
        expect(list.correspondents.map((one) => one.address)).toEqual([address])
      }),
      { numRuns: 400 },
    )
  })
  test('whatever is read is an address', () => {
    const piece = fc.constantFrom(
      'a@x.example',
      'b',
      '@',
      '<',
      '>',
      '"',
      '(',
      ')',
      ',',
      ';',
      ':',
      '\\',
      '=?utf-8?Q?',
      '?=',
      ' ',
      '.',
      'é',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const list = correspondentsOf(pieces.join(''))
        for (const one of list.correspondents) expect(parseAddress(one.address)).toBe(one.address)
        expect(list.correspondents.length).toBeLessThanOrEqual(list.mailboxes)
      }),
      { numRuns: 600 },
    )
  })
})

describe('addresses', () => {
  test('parts put together again are the same address', () => {
    fc.assert(
      fc.property(address, (text) => {
        const read = parseAddress(text)
        expect(read).toBe(text)
        if (read !== undefined) expect(parseAddress(`${localOf(read)}@${domainOf(read)}`)).toBe(read)
      }),
    )
  })
  test('folding changes neither mailbox nor syntax, and is done once', () => {
    fc.assert(
      fc.property(address, (one) => {
        expect(sameMailbox(one, folded(one))).toBe(true)
        expect(folded(folded(one))).toBe(folded(one))
        expect(withoutDetail(withoutDetail(one))).toBe(withoutDetail(one))
      }),
    )
  })
})

describe('ids', () => {
  test('what we write as a Message-ID we read back, alone and among others', () => {
    const part = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019.-_=+')), minLength: 1, maxLength: 40 })
    const id = fc.tuple(part, part).map(([left, right]) => `<${left}@${right}>`)
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 50 }), fc.constantFrom(' ', '\t', ',', '', ' x '), (ids, between) => {
        expect(messageIdsOf([ids.join(between)])).toEqual(ids)
        for (const one of ids) expect(messageId(one)).toBe(one)
      }),
    )
  })
  test('ids made later sort later', () => {
    const chance = fc.uint8Array({ minLength: 16, maxLength: 16 })
    fc.assert(
      fc.property(fc.nat(2 ** 47), fc.nat(1_000_000), chance, chance, (ms, more, one, other) => {
        expect(timeSortedId(ms, one) < timeSortedId(ms + more + 1, other)).toBe(true)
        expect(timeSortedId(ms, one)).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/u)
      }),
    )
  })
})

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ticket = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(ticketIdFrom)

describe('tags', () => {
  test('what we write we read, in any case and with look-alikes', () => {
    fc.assert(
      fc.property(ticket, (id) => {
        expect(parseTicketId(id)).toBe(id)
        expect(parseTicketId(id.toLowerCase())).toBe(id)
        expect(parseTicketId(id.replaceAll('0', 'O').replaceAll('1', 'l'))).toBe(id)
        expect(formatTag(id, '')).toBe(`[#${id}]`)
        expect(formatTag(id, 'ACME')).toBe(`[#ACME-${id}]`)
      }),
    )
  })
  test('one wrong character never checks', () => {
    fc.assert(
      fc.property(ticket, fc.nat(6), fc.constantFrom(...Array.from(ALPHABET)), (id, at, wrong) => {
        fc.pre(id[at] !== wrong)
        expect(parseTicketId(`${id.slice(0, at)}${wrong}${id.slice(at + 1)}`)).toBeUndefined()
      }),
      { numRuns: 1_000 },
    )
  })
  test('two swapped neighbours never check', () => {
    fc.assert(
      fc.property(ticket, fc.nat(5), (id, at) => {
        fc.pre(id[at] !== id[at + 1])
        const swapped = `${id.slice(0, at)}${id.slice(at + 1, at + 2)}${id.slice(at, at + 1)}${id.slice(at + 2)}`
        expect(parseTicketId(swapped)).toBeUndefined()
      }),
      { numRuns: 1_000 },
    )
  })
})
