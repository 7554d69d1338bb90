import { describe, expect, test } from 'vitest'
import { leadsTo } from '../../../src/decide/reverse-path.ts'
import { address } from '../letters.ts'
import { decided, type FactLines, noticeOf, reasonsOf } from './facts.ts'

const to = (lines: FactLines) => noticeOf(decided(lines)).to

describe('the one recipient of a service notice', () => {
  test.each([
    ['From', {}, 'ann@customer.example'],
    ['From, where the reverse-path is another mailbox', { mailFrom: 'relay@esp.example' }, 'ann@customer.example'],
    ['From, where nobody told us the reverse-path', { mailFrom: 'unknown' }, 'ann@customer.example'],
    ['the reverse-path in its own case', { mailFrom: 'Ann@customer.example' }, 'Ann@customer.example'],
    [
      'the reverse-path with its BATV',
      { mailFrom: 'prvs=123abc4567=ann@customer.example' },
      'prvs=123abc4567=ann@customer.example',
    ],
    ['Return-Path over IMAP', { mailFrom: 'unknown', returnPath: 'ANN@customer.example' }, 'ANN@customer.example'],
    ['Reply-To of the same domain', { replyTo: 'team@customer.example' }, 'team@customer.example'],
    ['Reply-To of a domain below', { replyTo: 'ann@mail.customer.example' }, 'ann@mail.customer.example'],
    [
      'Reply-To of a sister domain of one organisation',
      { from: 'ann@mail.customer.co.uk', replyTo: 'team@shop.customer.co.uk' },
      'team@shop.customer.co.uk',
    ],
    [
      'not Reply-To of another name under the same public suffix',
      { from: 'ann@customer.co.uk', replyTo: 'victim@other.co.uk' },
      'ann@customer.co.uk',
    ],
    [
      'not a Reply-To where anybody can have a mailbox',
      { from: 'ann@gmail.com', replyTo: 'victim@gmail.com' },
      'ann@gmail.com',
    ],
    ['not machinery in Reply-To', { replyTo: 'talk-request@customer.example' }, 'ann@customer.example'],
    ['not a foreign Reply-To', { replyTo: 'victim@elsewhere.example' }, 'ann@customer.example'],
    ['not one of several Reply-To', { replyTo: ['a@customer.example', 'b@customer.example'] }, 'ann@customer.example'],
    [
      'Reply-To of a form',
      { from: 'web@shop.example', replyTo: 'cara@client.example', policy: { forms: new Set(['web@shop.example']) } },
      'cara@client.example',
    ],
  ])('is %s', (_, lines, expected) => {
    expect(to(lines)).toBe(expected)
  })
  test('a form that names no single customer is not answered', () => {
    const form = { from: 'web@shop.example', policy: { forms: new Set(['web@shop.example']) } }
    expect(reasonsOf(decided(form))).toEqual(['no-sender-address'])
    expect(reasonsOf(decided({ ...form, replyTo: ['a@x.example', 'b@x.example'] }))).toEqual(['no-sender-address'])
  })
  test('a form that names machinery is not answered', () => {
    const form = { from: 'web@shop.example', policy: { forms: new Set(['web@shop.example']) } }
    expect(reasonsOf(decided({ ...form, replyTo: 'owner-talk@x.example' }))).toEqual(['no-sender-address'])
  })
  test.each(['forms@shop.example', 'wordpress@shop.example', 'no-reply@shop.example', 'www-data@web.shop.example'])(
    'a form that nobody listed, %s for somebody in Reply-To, is not answered, and the reason names the key',
    (from) => {
      const { reply } = decided({ from, replyTo: 'cara@client.example' })
      if (reply.kind !== 'silence') throw new Error('it was answered')
      expect(reply.because[0]).toMatchObject({
        code: 'no-sender-address',
        detail: expect.stringContaining('list it in forms'),
      })
    },
  )
  test('a person at such an address, who names nobody else, is answered', () => {
    expect(to({ from: 'forms@shop.example' })).toBe('forms@shop.example')
    expect(to({ from: 'webmaster@shop.example', replyTo: 'cara@client.example' })).toBe('webmaster@shop.example')
  })
  test('behind a group of ours, which stands in the reverse-path, the writer is answered; our own address there is ours', () => {
    const from = 'ann@customer.example'
    expect(to({ from, mailFrom: 'support+bncBDK4P@acme.example' })).toBe(from)
    expect(reasonsOf(decided({ from, mailFrom: 'support@acme.example' }))).toContain('recipient-is-ours')
  })
  test('a form cannot be used to have us write to ourselves', () => {
    const lines = {
      from: 'web@shop.example',
      replyTo: 'sales@acme.example',
      policy: { forms: new Set(['web@shop.example']) },
    }
    expect(reasonsOf(decided(lines))).toContain('recipient-is-ours')
  })
})

describe('a reverse-path leads to From', () => {
  const from = address('ann.lee@customer.example')
  test.each([
    'ann.lee@customer.example',
    'ANN.Lee@customer.example',
    'prvs=5678abcdef=ann.lee@customer.example',
    'prvs=ann.lee/5678abcdef@customer.example',
    'btv1==678e5f6e7d6==ann.lee@customer.example',
    'SRS0=HHH=TT=customer.example=ann.lee@forwarder.example',
    'srs0+h2x=tt=customer.example=Ann.Lee@forwarder.example',
    'SRS1=HHH=forwarder.example==HHH=TT=customer.example=ann.lee@second.example',
    'ann.lee+support=acme.example@customer.example',
    'ann.lee-support=acme.example@customer.example',
  ])('%s', (path) => {
    expect(leadsTo(address(path), from)).toBe(true)
  })
  test.each([
    'bob@customer.example',
    'ann.lee+caf_=support=acme.example@customer.example',
    'ann.lee@elsewhere.example',
    'ann.lee+news@customer.example',
    'SRS0=HHH=TT=evil.example=ann.lee@forwarder.example',
    'prvs=5678abcdef=ann.lee@elsewhere.example',
    'bounces+ann.lee=customer.example@esp.example',
    'ann@customer.example',
  ])('%s does not', (path) => {
    expect(leadsTo(address(path), from)).toBe(false)
  })
})
