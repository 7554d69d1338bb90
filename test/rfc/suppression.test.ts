/** Which mails get no automatic answer (RFC 3834 2 and 5, RFC 5230 4.5 and 4.6). */
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { classify } from '../../src/classify/classify.ts'
import { NOT_AUTHENTICATED } from '../../src/mail/authentication.ts'
import { parse } from '../../src/parse/parse.ts'
import { house } from './house.ts'
import { AWAY, answered, arrived, HOLIDAY, judged } from './judge.ts'
import { type Fields, mail } from './mail.ts'

const { plain } = await house()

const why = async (fields: Fields, around: Parameters<typeof judged>[2] = {}): Promise<readonly string[]> =>
  (await judged(plain, mail(fields), around)).why

const ANSWERED: readonly string[] = []

describe('T01 no responder answers everything', () => {
  test.each([
    ['a machine', { 'Auto-Submitted': 'auto-generated' }, {}],
    ['nobody', {}, { mailFrom: '<>' }],
    ['a list', { 'List-Id': '<talk.lists.example>' }, {}],
    ['itself', { From: 'support@acme.example' }, { mailFrom: 'support@acme.example' }],
    ['a sender without an address', { From: 'undisclosed' }, {}],
  ] as const)('T01 %s gets no answer, while a person does', async (_who, fields, around) => {
    expect(await why(fields, around)).not.toEqual(ANSWERED)
    expect(await why({})).toEqual(ANSWERED)
  })
})

describe('Auto-Submitted', () => {
  test.each(['auto-generated', 'auto-replied', 'auto-notified', 'AUTO-REPLIED'])(
    'T02 %s is the word of a machine, which gets no answer',
    async (keyword) => {
      expect(await why({ 'Auto-Submitted': keyword })).toEqual(['automatic'])
    },
  )
  test.each([
    'auto-replied (vacation of Eleni); owner-token="a;b"',
    '(before) auto-generated; type=cron',
    'auto-notified;owner-email="ann@customer.example"',
    'auto-replied (x); a=b; c="no"',
    '\r\n auto-replied\r\n (folded (and nested))',
  ])('T03 comments and parameters hide no keyword: %j', async (value) => {
    const { why: codes, nature } = await judged(plain, mail({ 'Auto-Submitted': value }))
    expect(codes).toEqual(['automatic'])
    expect(nature.signs.map((sign) => sign.code)).toContain('auto-submitted')
  })
  test.each(['no', 'NO', 'no (typed by hand)', '(a person) no', 'no; x=auto-replied', 'No'])(
    'T04 %j says that a person wrote, and silences nothing',
    async (value) => {
      expect(await why({ 'Auto-Submitted': value })).toEqual(ANSWERED)
    },
  )
  test.each(['x-foo', 'auto-something-new', 'yes', 'nobody'])(
    'T05 %s, which no standard knows, is a machine as well',
    async (value) => {
      expect(await why({ 'Auto-Submitted': value })).toEqual(['automatic'])
    },
  )
  test('T02 T04 of two fields, the machine is believed', async () => {
    expect(await why({ 'Auto-Submitted': ['no', 'auto-replied'] })).toEqual(['automatic'])
  })
})

describe('the destination', () => {
  test.each([{}, { From: 'Ann Lee <ann@customer.example>', 'Reply-To': 'ann@customer.example' }])(
    'T09 the null address is never written to, whatever else the mail names',
    async (fields) => {
      for (const occasion of [undefined, HOLIDAY, AWAY]) {
        const around = { mailFrom: '<>', ...(occasion === undefined ? {} : { occasion }) }
        expect(await why(fields, around)).toContain('null-sender')
        expect(await why({ 'Return-Path': '<>', ...fields }, { ...around, mailFrom: 'unknown' })).toContain(
          'null-sender',
        )
      }
    },
  )
  test.each(['owner-talk', 'talk-request', 'talk-owner', 'MAILER-DAEMON', 'mailer-daemon', 'listserv', 'majordomo'])(
    'T10 %s, an address of machinery, is not written to',
    async (local) => {
      const machinery = `${local}@lists.example`
      expect(await why({ From: machinery }, { mailFrom: machinery })).not.toEqual(ANSWERED)
      expect(await why({}, { mailFrom: machinery })).not.toEqual(ANSWERED)
    },
  )
  test.each(['talk-request@customer.example', 'owner-talk@customer.example', 'MAILER-DAEMON@customer.example'])(
    'T10 nor is %s where a person names it in Reply-To',
    async (replyTo) => {
      const { notice } = await judged(plain, mail({ 'Reply-To': replyTo }))
      expect(notice?.to).not.toBe(replyTo)
    },
  )
  test.each(['owner@shop.example', 'request@shop.example', 'downer-talk@shop.example'])(
    'T10 %s only looks like one, and is answered',
    async (from) => {
      expect(await why({ From: from }, { mailFrom: from })).toEqual(ANSWERED)
    },
  )
  test.each([
    'ann',
    'ann@',
    '@customer.example',
    'ann@[192.0.2.1]',
    '"ann lee"@customer.example',
    'ann@customer..example',
    'ann@-customer.example',
    'ann@customer.example, ben@customer.example',
    '=?utf-8?q?ann?=@customer.example',
    `${'a'.repeat(65)}@customer.example`,
  ])('T11 From %j holds no single address that is well formed, so nobody is written to', async (from) => {
    expect(await why({ From: from })).toContain('no-sender-address')
  })
  test('T11 we deviate: no name server is asked whether the domain takes mail', async () => {
    const from = 'ann@no-such-domain.invalid'
    expect(await why({ From: from }, { mailFrom: from })).toEqual(ANSWERED)
  })
  test('T11 an absence notice goes to no reverse-path that cannot be read', async () => {
    const letter = mail({ 'Return-Path': '<ann@[192.0.2.1]>' })
    const { notice } = await judged(plain, letter, { mailFrom: 'unknown', occasion: AWAY })
    expect(notice?.kind).toBe('acknowledgement')
  })
})

describe('the form of the mail', () => {
  test.each([
    ['no octets', ''],
    ['nothing but a blank line', '\r\n'],
    ['no header', '\r\nHello there\r\n'],
    ['binary', '\u0000\u0001\u0002\u00ff\u00fe'],
  ])('T12 %s: too malformed to be answered', async (_what, text) => {
    expect((await judged(plain, Uint8Array.from(Buffer.from(text, 'latin1')))).why).toContain('malformed')
  })
  test('T12 a header too long to be read to its end may hide anything, and is not answered', async () => {
    const filler = Array.from({ length: 60_000 }, () => '0123456789')
    expect(await why({ 'X-Filler': filler })).toEqual(['malformed'])
  })
  test('T12 what is only a little out of form is a person still', async () => {
    expect(await why({ Date: 'yesterday', 'Message-ID': 'none', Broken: 'ünïcode \u0001' })).toEqual(ANSWERED)
  })
})

describe('lists and bulk mail', () => {
  test.each(['list', 'bulk', 'junk', 'LIST', 'bulk (newsletter)'])('T15 Precedence: %s silences', async (value) => {
    expect(await why({ Precedence: value })).not.toEqual(ANSWERED)
  })
  test.each(['first-class', 'normal', 'special-delivery'])('T15 Precedence: %s does not', async (value) => {
    expect(await why({ Precedence: value })).toEqual(ANSWERED)
  })
  test.each(['Id', 'Help', 'Subscribe', 'Unsubscribe', 'Post', 'Owner', 'Archive'])(
    'T15 T41 List-%s alone silences',
    async (name) => {
      expect(await why({ [`List-${name}`]: '<mailto:talk@lists.example>' })).not.toEqual(ANSWERED)
    },
  )
})

describe('T41 people whose mail bears List-Unsubscribe', () => {
  const stamped = { 'List-Unsubscribe': '<https://esp.example/u/4711>' }

  test('T41 we deviate: a web form that the file lists is answered though its mail service stamps its mail', async () => {
    const form = { ...stamped, From: 'web@formhost.example', 'Reply-To': 'ann@customer.example' }
    expect(await why(form, { mailFrom: 'web@formhost.example' })).toEqual(ANSWERED)
    expect(await why({ ...form, 'List-Id': '<talk.lists.example>' }, { mailFrom: 'web@formhost.example' })).toEqual([
      'list',
    ])
  })
  test('T41 we deviate: so is somebody who has an open ticket with us', async () => {
    const message = await parse(mail(stamped), { complete: true })
    const { envelope, peer } = arrived({})
    const letter = { envelope, message, authentication: NOT_AUTHENTICATED }
    const kind = (correspondent: 'unknown' | 'has-open-ticket'): string =>
      classify(letter, { ...plain.classifying({ peer, trustedFields: 0 }, undefined), correspondent }).kind
    expect(kind('unknown')).toBe('bulk')
    expect(kind('has-open-ticket')).toBe('person')
  })
})

describe('T23 a subject that begins with Auto:', () => {
  test.each(['Auto: my printer', 'Auto:my printer', 'Auto: Re: my printer', 'AUTO: Kaufvertrag für mein Auto'])(
    'T23 %j alone silences nobody',
    async (subject) => {
      expect(await why({ Subject: subject })).toEqual(ANSWERED)
    },
  )
  test('T23 it may still bear out what another sign says', async () => {
    const fields = { Subject: 'Auto: my printer', 'Auto-Submitted': 'auto-replied' }
    expect(await why(fields)).toEqual(['automatic'])
  })
})

describe('T28 Precedence is optional', () => {
  test('T28 a notice of ours carries none, and is known for what it is by other marks', async () => {
    const notice = await answered(plain, mail())
    expect(notice.field('Precedence')).toEqual([])
    const back = Uint8Array.from(Buffer.from(notice.octets, 'latin1'))
    const { nature, why: codes } = await judged(plain, back, { mailFrom: 'support@acme.example' })
    expect(nature.kind).toBe('own')
    expect(codes).not.toEqual(ANSWERED)
  })
  test('T28 a machine without it is a machine', async () => {
    expect(await why({ 'Auto-Submitted': 'auto-replied', Precedence: undefined })).toEqual(['automatic'])
  })
})

describe('T40 addresses that are never answered', () => {
  test('T40 the file lists them', async () => {
    const from = 'ben@partner.example'
    expect(await why({ From: from }, { mailFrom: from })).toEqual(['recipient-never-answered'])
  })
  test('T40 and so does the list that a person keeps by command', async () => {
    const never = [{ pattern: 'ann@*', since: 0 as never, note: '' }]
    expect(await why({}, { findings: { never } })).toEqual(['recipient-never-answered'])
  })
  test('T40 the list counts for whom a notice would go to, whoever stands in From', async () => {
    const fields = { From: 'ann@customer.example' }
    expect(await why(fields, { mailFrom: 'ben@partner.example' })).toEqual(['recipient-never-answered'])
    expect(await why(fields, { mailFrom: 'ben@partner.example', occasion: AWAY })).toEqual(['recipient-never-answered'])
  })
})
