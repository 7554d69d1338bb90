import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { defectList } from '../../../src/parse/defect-list.ts'
import { readHeaderSection } from '../../../src/parse/header-section.ts'
import { eml } from './eml.ts'

function section(octets: Buffer) {
  const defects = defectList()
  const { fields, bodyStart } = readHeaderSection(octets, defects)
  return {
    fields: fields.map((field) => `${field.name}=${field.value}`),
    body: octets.subarray(bodyStart).toString('latin1'),
    defects: defects.all(),
  }
}

describe('readHeaderSection() reads fields in their order', () => {
  test('names in lower case, values unfolded and trimmed, the body after the first empty line', () => {
    const read = section(eml('Subject: one', '\ttwo', '  three  ', 'X-A:  b ', 'x-a: c', '', 'Body: not a field', ''))
    expect(read.fields).toEqual(['subject=one\ttwo  three', 'x-a=b', 'x-a=c'])
    expect(read.body).toBe('Body: not a field\r\n')
    expect(read.defects).toEqual([])
  })
  test('lines that end in LF alone are lines', () => {
    expect(section(Buffer.from('A: 1\nB: 2\n 3\n\nbody')).fields).toEqual(['a=1', 'b=2 3'])
  })
  test('a message that ends with its header has an empty body', () => {
    expect(section(Buffer.from('A: 1\r\nB: 2'))).toEqual({ fields: ['a=1', 'b=2'], body: '', defects: [] })
  })
  test('blanks before the colon are obsolete and allowed', () => {
    expect(section(eml('Subject : x', '')).fields).toEqual(['subject=x'])
  })
  test('an mbox line, a byte order mark and blank lines before the first field are no part of the message', () => {
    expect(section(eml('From ann@x.example Mon Jan  1 00:00:00 2026', 'A: 1', '', ''))).toMatchObject({
      fields: ['a=1'],
      defects: [],
    })
    expect(section(Buffer.from('\uFEFFA: 1\r\n\r\n')).fields).toEqual(['a=1'])
    expect(section(Buffer.from('\r\n   \r\n\r\nA: 1\r\n\r\nB: 2')).fields).toEqual(['a=1'])
  })
  test('a continuation line with nothing but blanks belongs to its field', () => {
    expect(section(eml('A: 1', '   ', 'B: 2', '', 'x')).fields).toEqual(['a=1', 'b=2'])
  })
})

describe('what is no field is left out and told', () => {
  test.each([
    ['a line without a colon', 'Hello there'],
    ['a name with a blank in it', 'My name: x'],
    ['a name with letters beyond ASCII', 'Größe: x'],
    ['an empty name', ': x'],
    ['an mbox line that is not the first', 'From ann@x.example Mon Jan  1 00:00:00 2026'],
  ])('%s', (_, line) => {
    const read = section(eml('A: 1', line, ' its continuation', 'B: 2', '', ''))
    expect(read.fields).toEqual(['a=1', 'b=2'])
    expect(read.defects).toEqual([{ code: 'bad-header-line', detail: line }])
  })
  test('a control character stays in the value and is told', () => {
    expect(section(Buffer.from('Subject: a\0b\r\n\r\n'))).toMatchObject({
      fields: ['subject=a\0b'],
      defects: [{ code: 'control-in-header', detail: 'subject' }],
    })
    expect(section(Buffer.from('Subject: a\rX-Evil: b\r\n\r\n')).defects).toEqual([
      { code: 'control-in-header', detail: 'subject' },
    ])
  })
})

describe('octets over 127', () => {
  test('UTF-8 is read as UTF-8 (RFC 6532)', () => {
    expect(section(eml('Subject: Γειά σου', '', ''))).toMatchObject({ fields: ['subject=Γειά σου'], defects: [] })
  })
  test('what is no UTF-8 becomes U+FFFD and is told, with the field', () => {
    const read = section(Buffer.from('A: é\r\nSubject: caf\xe9\r\n\r\n', 'latin1'))
    expect(read.defects).toEqual([{ code: 'raw-8bit-header', detail: 'a' }])
    expect(read.fields[1]).toBe('subject=caf\uFFFD')
  })
  test('in the body they are no concern of the header', () => {
    expect(section(Buffer.from('A: 1\r\n\r\n\xff\xfe', 'latin1')).defects).toEqual([])
  })
})

describe('the header section is bounded', () => {
  test('a field that passes the bound is dropped whole, and the body still begins where it begins', () => {
    const read = section(eml('A: 1', `B: ${'x'.repeat(300 * 1024)}`, 'C: 3', '', 'body'))
    expect(read.fields).toEqual(['a=1'])
    expect(read.body).toBe('body')
    expect(read.defects.map((defect) => defect.code)).toEqual(['header-too-large'])
  })
  test('no more than 2,000 fields', () => {
    const read = section(eml(...Array.from({ length: 2_500 }, (_, i) => `X: ${i}`), '', 'body'))
    expect(read.fields).toHaveLength(2_000)
    expect(read.defects.map((defect) => defect.code)).toEqual(['header-too-large'])
    expect(read.body).toBe('body')
  })
})
