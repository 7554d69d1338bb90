import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readResultsField } from '../../src/authenticate/results-field.ts'
import { testimonyOf } from '../../src/authenticate/testimony.ts'
import { type Arrived, trustedFields } from '../../src/authenticate/trusted-zone.ts'
import type { Field } from '../../src/mail/message.ts'

const OURS: Field = { name: 'received', value: 'from relay ([10.0.0.5]) by us with ESMTP id 1; date' }
const STRANGE: Field = { name: 'received', value: 'from x (x [192.0.2.1]) by relay with ESMTP id 2; date' }

const word = fc.constantFrom(
  'from',
  'by',
  'with',
  'SMTP',
  'LMTP',
  '(',
  ')',
  '[10.0.0.7]',
  '10.0.0.9',
  '[192.0.2.1]',
  'x',
)
const trace = fc.array(word, { maxLength: 12 }).map((words): Field => ({ name: 'received', value: words.join(' ') }))
const other = fc.string().map((value): Field => ({ name: 'authentication-results', value }))
const section = fc.array(fc.oneof(trace, other), { maxLength: 12 })

function at(isTrusted: (ip: string) => boolean): Arrived {
  return { source: 'smtp', peer: { ip: '10.0.0.5', helo: undefined, tls: undefined }, isTrusted }
}

const inside = (ip: string): boolean => ip.startsWith('10.')

test('whatever a stranger writes, nothing from his first trace field on is believed', () => {
  fc.assert(
    fc.property(section, (his) => {
      const first = his.findIndex((field) => field.name === 'received')
      expect(trustedFields([OURS, STRANGE, ...his], at(inside))).toBe(2 + (first < 0 ? his.length : first))
    }),
  )
})

test('who trusts fewer hosts never believes more fields', () => {
  fc.assert(
    fc.property(section, (rest) => {
      const fields = [OURS, ...rest]
      const all = trustedFields(
        fields,
        at(() => true),
      )
      const some = trustedFields(fields, at(inside))
      expect(some).toBeLessThanOrEqual(all)
      expect(
        trustedFields(
          fields,
          at(() => false),
        ),
      ).toBe(1)
      expect(all).toBeLessThanOrEqual(fields.length)
    }),
  )
})

test('any text is a results field or none, and a comment in it changes nothing', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void readResultsField(text)))
  const results = fc.array(fc.constantFrom('spf=fail', 'dkim=none', 'dmarc=fail header.from=a.example'), {
    maxLength: 4,
  })
  const comment = fc.stringMatching(/^[a-z;= ."]{0,20}$/u)
  fc.assert(
    fc.property(results, comment, (said, text) => {
      const plain = ['mx', ...said].join('; ')
      const spoken = ['mx', ...said].join(` (${text}; dmarc=pass (x)) ; `)
      expect(readResultsField(spoken)).toEqual(readResultsField(plain))
    }),
  )
})

test('one who says more of a thing already said, below, changes no verdict', () => {
  const method = fc.constantFrom('spf', 'dkim', 'dmarc')
  const result = fc.constantFrom('pass', 'fail', 'none', 'temperror')
  const line = fc.array(fc.tuple(method, result), { maxLength: 4 })
  const field = line.map((all) => `mx; ${all.map(([m, r]) => `${m}=${r} header.d=a.example`).join('; ')}`)
  fc.assert(
    fc.property(fc.array(field, { maxLength: 3 }), (forged) => {
      const honest = readResultsField('mx; spf=fail; dkim=fail header.d=a.example; dmarc=fail')
      const fields = [honest, ...forged.map(readResultsField)].filter((one) => one !== undefined)
      expect(testimonyOf(fields, 'a.example')).toEqual({ spf: 'fail', dkim: 'fail', dmarc: 'fail' })
    }),
  )
})
