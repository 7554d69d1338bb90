import { describe, expect, test } from 'vitest'
import { formatTag } from '../../../src/mail/tag.ts'
import { claimsOf } from '../../../src/thread/claims.ts'
import { mintMessageId } from '../../../src/thread/message-id.ts'
import { plusAddress } from '../../../src/thread/plus-address.ts'
import { subjectTags } from '../../../src/thread/subject-tags.ts'
import { address, idOf, type LetterLines, letter } from '../letters.ts'
import { KEYS, ticket } from './keys.ts'

const [A, B, C] = [ticket(1), ticket(2), ticket(3)]
const own = (of: typeof A | undefined, nonce = 'n') =>
  mintMessageId({ ticket: of, nonce, domain: 'acme.example', keys: KEYS })
const plus = plusAddress({ mailbox: address('support@acme.example'), ticket: A, keys: KEYS }) ?? ''
const claims = (lines: LetterLines) => claimsOf(letter(lines), KEYS)

describe('claims', () => {
  test('a first letter makes none', () => {
    expect(claims({})).toEqual([])
  })
  test('come strongest first, whatever the order they stand in', () => {
    const made = claims({
      subject: `Re: Printer ${formatTag(C, '')}`,
      rcptTo: plus,
      inReplyTo: [own(B)],
      references: ['<theirs@customer.example>'],
      message: { returned: [idOf('<returned@customer.example>')] },
    })
    expect(made).toEqual([
      { code: 'plus-address', ticket: A, value: plus },
      { code: 'own-message-id', ticket: B, value: own(B) },
      { code: 'stored-message-id', messageId: '<theirs@customer.example>', value: '<theirs@customer.example>' },
      { code: 'returned-message-id', messageId: '<returned@customer.example>', value: '<returned@customer.example>' },
      { code: 'subject-tag', ticket: C, value: `[#${C}]` },
    ])
  })
  test('a plus address counts wherever it stands', () => {
    expect(claims({ to: plus, rcptTo: 'support@acme.example' })).toHaveLength(1)
    expect(claims({ cc: plus })).toHaveLength(1)
    expect(claims({ to: plus, cc: plus })).toHaveLength(1)
  })
  test('In-Reply-To comes before References, and those are read right to left', () => {
    const made = claims({ inReplyTo: ['<c@x>'], references: ['<a@x>', '<b@x>', '<c@x>'] })
    expect(made.map((one) => one.value)).toEqual(['<c@x>', '<b@x>', '<a@x>'])
  })
  test('an own Message-ID without a ticket is a question to the ledger', () => {
    expect(claims({ inReplyTo: [own(undefined)] })).toMatchObject([{ code: 'stored-message-id' }])
  })
  test('a changed MAC is only no claim of ours', () => {
    const bad = own(A).replace(/.@/u, (two) => (two[0] === '0' ? '1@' : '0@'))
    expect(claims({ inReplyTo: [bad], rcptTo: plus.replace(/.@/u, '!@') })).toMatchObject([
      { code: 'stored-message-id', messageId: bad },
    ])
  })
  test('a bounce that returns our notice is as sure of its ticket as a reply', () => {
    expect(claims({ message: { returned: [own(A)] } })).toMatchObject([{ code: 'own-message-id', ticket: A }])
  })
  test('thousands of References are capped, and the newest stay', () => {
    const references = Array.from({ length: 5_000 }, (_, i) => `<${i}@x>`)
    const made = claims({ references })
    expect(made).toHaveLength(100)
    expect(made[0]?.value).toBe('<4999@x>')
  })
})

const found = (subject: string, prefix = '') => subjectTags(subject, prefix).map((one) => one.ticket)

const full = (text: string) => Array.from(text, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0)).join('')

describe('subject tags', () => {
  test.each([
    ['as we write it', `Re: Printer [#${A}]`],
    ['in lower case', `Re: Printer [#${A.toLowerCase()}]`],
    ['with blanks', `Re: [ # ${A} ]`],
    ['in full-width characters', `回复：${full(`[#${A}]`)}`],
    ['with zero-width characters and a soft hyphen', `[\u200B#${A.slice(0, 3)}\u00AD\u2060${A.slice(3)}\uFEFF]`],
    ['with bidi marks', `\u202B[#${A}]\u202C`],
    ['with no-break spaces', `[\u00A0#\u00A0${A}\u00A0]`],
    ['with a typist’s O for 0 and l for 1', `[#${A.replaceAll('1', 'l').replaceAll('0', 'O')}]`],
  ])('are read %s', (_, subject) => {
    expect(found(subject)).toEqual([A])
  })
  test.each([
    ['with a wrong check character', `[#${A.slice(0, 6)}${A[6] === '7' ? '8' : '7'}]`],
    ['without brackets', `#${A}`],
    ['of another helpdesk', '[#12345] [Ticket#4711] [T-123]'],
    ['with a prefix, where ours has none', `[#ACME-${A}]`],
    ['too short and too long', `[#${A.slice(1)}] [#${A}0]`],
  ])('are not read %s', (_, subject) => {
    expect(found(subject)).toEqual([])
  })
  test('with a prefix, only those of that prefix, without case and in any width', () => {
    const subject = `[#${B}] [#OTHER-${C}] [#acme-${A}] ${full(`[#ACME-${A}]`)} [#ACME‑${B}]`
    expect(found(subject, 'ACME')).toEqual([A, B])
  })
  test('several are all read, in order, at most eight', () => {
    expect(found(`[#${B}] [#${A}] [#${B}]`)).toEqual([B, A])
    expect(found(Array.from({ length: 20 }, (_, i) => `[#${ticket(i)}]`).join(''))).toHaveLength(8)
  })
  test.each(['[#', '[#aaaaaaa-', '[ # ', 'ﷺ', '['])('a subject of nothing but %j takes no time', (piece) => {
    const began = performance.now()
    found(piece.repeat(100_000))
    expect(performance.now() - began).toBeLessThan(500)
  })
})
