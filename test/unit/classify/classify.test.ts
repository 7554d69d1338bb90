import { describe, expect, test } from 'vitest'
import { withoutComments } from '../../../src/classify/values.ts'
import { codesOf, natureOf } from './context.ts'

describe('our own mail', () => {
  test.each([
    ['From', { from: 'Support <Support@ACME.example>' }],
    ['From with a detail', { from: 'support+k7m2q9f@acme.example' }],
    ['Sender', { sender: 'help@acme.example' }],
    ['the envelope', { mailFrom: 'bounces@acme.example' }],
    ['Return-Path', { mailFrom: 'unknown', returnPath: 'bounces@acme.example' }],
    ['Message-ID', { messageId: '<ours.1@anywhere.example>' }],
    ['the loop header', { fields: { 'X-Replyd-Loop': 'acme-1' } }],
    ['the loop header under an old name', { fields: { 'X-Replyd-Loop': 'ACME-OLD' } }],
  ])('is known by %s alone', (_, lines) => {
    expect(natureOf(lines).kind).toBe('own')
  })
  test('a colleague at our domain is not ourselves, and is a person', () => {
    expect(natureOf({ from: 'boss@acme.example' })).toEqual({ kind: 'person', signs: [] })
  })
  test('a reply that quotes our Message-ID is not ours', () => {
    expect(natureOf({ inReplyTo: ['<ours.1@acme.example>'] }).kind).toBe('person')
  })
})

describe('agents', () => {
  const agent = { from: 'Eleni <Eleni@acme.example>' }
  test('are known where DMARC or the network vouches for them', () => {
    expect(natureOf({ ...agent, authentication: { dmarc: 'pass' } }).kind).toBe('agent')
    expect(natureOf(agent, { trustedPeer: true }).kind).toBe('agent')
  })
  test('by their address alone they are a person like any other', () => {
    expect(natureOf(agent).kind).toBe('person')
    expect(natureOf({ ...agent, authentication: { dmarc: 'fail', spf: 'pass' } }).kind).toBe('person')
  })
  test('beside a second address in From nobody is an agent', () => {
    expect(natureOf({ from: [agent.from, 'x@y.example'] }, { trustedPeer: true }).kind).toBe('person')
  })
  test("an agent's vacation notice is automatic", () => {
    const nature = natureOf({ ...agent, fields: { 'Auto-Submitted': 'auto-replied' } }, { trustedPeer: true })
    expect(nature.kind).toBe('automatic')
  })
})

describe('the operator', () => {
  const listed = { from: 'alerts@partner.example', fields: { Precedence: 'bulk', 'Feedback-ID': 'x' } }
  test('can have a sender answered in spite of strong and weak signs, which still show', () => {
    const nature = natureOf(listed, { alwaysAnswer: ['*@PARTNER.example'] })
    expect(nature.kind).toBe('person')
    expect(codesOf(nature)).toContain('precedence-bulk')
  })
  test('cannot have a machine answered that says so', () => {
    const lines = { ...listed, fields: { 'Auto-Submitted': 'auto-generated' } }
    expect(natureOf(lines, { alwaysAnswer: ['*@partner.example'] }).kind).toBe('automatic')
  })
  test('can switch a strong sign off, but not a hard one', () => {
    expect(natureOf({ fields: { 'List-Unsubscribe': '<x>' } }, { signsOff: new Set(['list-unsubscribe']) })).toEqual({
      kind: 'person',
      signs: [],
    })
    const off = new Set(['auto-submitted', 'null-sender'])
    expect(natureOf({ fields: { 'Auto-Submitted': 'auto-replied' } }, { signsOff: off }).kind).toBe('automatic')
    expect(natureOf({ mailFrom: '<>' }, { signsOff: off }).kind).toBe('automatic')
  })
})

describe('several natures at once', () => {
  test('our own bounce is ours; a report sent through a list is a report; an automatic list mail is automatic', () => {
    const report = { parts: [{ type: 'multipart/report', parameters: { 'report-type': 'delivery-status' } }] }
    expect(natureOf({ ...report, from: 'support@acme.example' }).kind).toBe('own')
    expect(natureOf({ ...report, mailFrom: '<>', fields: { 'List-Id': 'x' } }).kind).toBe('delivery-status')
    expect(natureOf({ fields: { 'Auto-Submitted': 'auto-replied', 'List-Id': 'x' } }).kind).toBe('automatic')
  })
})

describe('comments', () => {
  test.each([
    ['no (typed by hand)', 'no'],
    ['(a (b) \\) c) no', 'no'],
    ['"quoted (no comment)" x', 'quoted (no comment) x'],
    ['auto-replied(vacation); a=b', 'auto-replied ; a=b'],
    ['unclosed (for ever', 'unclosed'],
    [') stray', ') stray'],
    ['', ''],
  ])('%j reads %j', (value, plain) => {
    expect(withoutComments(value)).toBe(plain)
  })
  test('ten thousand opening brackets end at the bound', () => {
    expect(withoutComments('('.repeat(10_000))).toBe('')
  })
})
