/** To whom a notice goes (RFC 3834 2, 3.1.3 and 4; RFC 5230 4.5): service notices one way, absence notices another. */
import { describe, expect, test } from 'vitest'
import { house } from './house.ts'
import type { Around } from './judge.ts'
import { AWAY, answered, HOLIDAY, judged } from './judge.ts'
import { type Fields, mail } from './mail.ts'

const { plain } = await house()

/** The kind of notice and its recipient, or why there is none. */
async function goes(fields: Fields, around: Around = {}): Promise<string> {
  const { notice, why } = await judged(plain, mail(fields), around)
  return notice === undefined ? why.join(', ') : `${notice.kind} to ${notice.to}`
}

const ANN = 'acknowledgement to ann@customer.example'

describe('an absence notice wants to know that we were meant', () => {
  test.each(['To', 'Cc', 'Bcc', 'Resent-To', 'Resent-Cc', 'Resent-Bcc'])(
    'T07 T39 one of our addresses in %s is enough',
    async (name) => {
      const fields = { To: 'friends@customer.example', [name]: 'Acme <SUPPORT@acme.example>' }
      expect(await goes(fields, { occasion: HOLIDAY })).toBe('holiday to ann@customer.example')
    },
  )
  test.each<[string, Fields]>([
    ['nowhere', { To: undefined }],
    ['in To of somebody else', { To: 'friends@customer.example' }],
    ['only as a name', { To: '"support@acme.example" <friends@customer.example>' }],
    ['only in a comment', { To: 'friends@customer.example (support@acme.example)' }],
    ['only in a field of no standard', { To: undefined, 'X-Original-To': 'support@acme.example' }],
    ['only as a piece of another address', { To: 'support@acme.example.customer.example' }],
  ])('T07 T39 %s: no absence notice goes out', async (_where, fields) => {
    expect(await goes(fields, { occasion: HOLIDAY })).not.toContain('holiday')
  })
  test('T39 we deviate: the acknowledgement of a request answers a Bcc and an alias', async () => {
    expect(await goes({ To: undefined }, { occasion: HOLIDAY })).toBe(ANN)
    expect(await goes({ To: 'friends@customer.example' })).toBe(ANN)
  })
  test.each(['support@acme.example', 'help@acme.example', 'Help@ACME.example', 'sales@acme.example'])(
    'T08 %s is one of several addresses that the file says are ours',
    async (to) => {
      expect(await goes({ To: to }, { rcptTo: to, occasion: AWAY })).toBe('out-of-office to ann@customer.example')
    },
  )
  test('T08 an address that the file does not name is not ours, though the domain is', async () => {
    expect(await goes({ To: 'info@acme.example' }, { occasion: AWAY })).toBe(ANN)
  })
})

describe('T20 one recipient', () => {
  test.each([undefined, HOLIDAY])('T20 nobody else of the mail that is answered gets a copy', async (occasion) => {
    const fields = {
      To: 'support@acme.example, boss@customer.example',
      Cc: 'carol@customer.example, support@acme.example',
      Bcc: 'dave@customer.example',
      'Mail-Followup-To': 'all@customer.example',
    }
    const notice = await answered(plain, mail(fields), occasion === undefined ? {} : { occasion })
    expect(notice.field('To')).toEqual(['ann@customer.example'])
    for (const name of ['Cc', 'Bcc', 'Resent-To']) expect(notice.field(name)).toEqual([])
    expect(notice.octets).not.toMatch(/boss@|carol@|dave@|all@/u)
  })
  test.each(['ann@customer.example, ben@customer.example', 'Friends: ann@customer.example, ben@customer.example;'])(
    'T20 From %j is no single person, and nobody is written to',
    async (from) => {
      expect(await goes({ From: from })).toContain('no-sender-address')
    },
  )
})

describe('absence notices', () => {
  test('T34 T37 go to the reverse-path, not to From, Sender or Reply-To', async () => {
    const fields = {
      From: 'ann@customer.example',
      Sender: 'office@customer.example',
      'Reply-To': 'ann.lee@customer.example',
    }
    for (const occasion of [HOLIDAY, AWAY]) {
      const around = { mailFrom: 'ann+path@relay.example', occasion }
      expect(await goes(fields, around)).toBe(`${occasion.notice} to ann+path@relay.example`)
    }
  })
  test('T34 over IMAP, where no envelope is left, the topmost Return-Path tells it', async () => {
    const fields = { 'Return-Path': ['<ann+path@relay.example>', '<other@relay.example>'] }
    expect(await goes(fields, { mailFrom: 'unknown', occasion: AWAY })).toBe('out-of-office to ann+path@relay.example')
  })
  test('T35 T37 where there is no reverse-path they go to nobody; the acknowledgement takes their place', async () => {
    const fields = { Sender: 'office@customer.example', 'Reply-To': 'ann.lee@customer.example' }
    for (const occasion of [HOLIDAY, AWAY]) {
      expect(await goes(fields, { mailFrom: 'unknown', occasion })).toContain('acknowledgement to')
    }
  })
})

describe('service notices', () => {
  test.each([
    'ANN@customer.example',
    'prvs=4711abcdef=ann@customer.example',
    'ann+ann=customer.example@customer.example',
    'SRS0=Hq3X=7R=customer.example=ann@forwarder.example',
  ])('T34 go to the reverse-path %s, which is From in another spelling', async (mailFrom) => {
    expect(await goes({}, { mailFrom })).toBe(`acknowledgement to ${mailFrom}`)
  })
  test.each(['bounces-17@esp.example', 'office@customer.example', 'unknown'])(
    'T34 T36 we deviate: where the reverse-path is %s they go to From, as the README documents',
    async (mailFrom) => {
      expect(await goes({}, { mailFrom })).toBe(ANN)
    },
  )
  test('T36 Reply-To of somebody else is not written to', async () => {
    expect(await goes({ 'Reply-To': 'victim@elsewhere.example' })).toBe(ANN)
    expect(await goes({ 'Reply-To': 'ann@elsewhere.example, ann@customer.example' })).toBe(ANN)
  })
  test('T36 nor is a neighbour at a domain where anybody can have a mailbox', async () => {
    const fields = { From: 'ann@gmail.com', 'Reply-To': 'victim@gmail.com' }
    expect(await goes(fields, { mailFrom: 'ann@gmail.com' })).toBe('acknowledgement to ann@gmail.com')
  })
  test.each(['orders@customer.example', 'orders@shop.customer.example'])(
    'T36 we deviate: Reply-To within the same organisation, %s, is',
    async (replyTo) => {
      expect(await goes({ 'Reply-To': replyTo })).toBe(`acknowledgement to ${replyTo}`)
    },
  )
  test('T36 we deviate: so is the customer in Reply-To of a web form that the file lists, and of no other', async () => {
    const form = { From: 'web@formhost.example', 'Reply-To': 'ann@customer.example' }
    expect(await goes(form, { mailFrom: 'web@formhost.example' })).toBe(ANN)
    const unlisted = { ...form, From: 'contact@formhost.example' }
    expect(await goes(unlisted, { mailFrom: 'contact@formhost.example' })).toBe(
      'acknowledgement to contact@formhost.example',
    )
  })
  test('T36 Sender is never written to', async () => {
    expect(await goes({ Sender: 'office@customer.example' }, { mailFrom: 'office@customer.example' })).toBe(ANN)
  })
})
