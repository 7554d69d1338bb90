import { describe, expect, test } from 'vitest'
import { codesOf, natureOf } from './context.ts'

/** What classify is told beside the letter: hops, forms, open tickets, our own words. */

describe('what a filter said is believed only where a host we trust wrote it', () => {
  const VERDICTS = [
    ['X-Spam-Flag', 'YES'],
    ['X-Spam', 'Yes'],
    ['X-Spam-Status', 'Yes, score=17.3 required=5.0'],
    ['X-Spamd-Result', 'default: True [19.40 / 15.00]; BAYES_SPAM(5.10)[100.00%]'],
    ['X-Rspamd-Action', 'add header'],
    ['X-SES-Spam-Verdict', 'FAIL'],
    ['X-MS-Exchange-Organization-SCL', '9'],
    ['X-Forefront-Antispam-Report', 'CIP:192.0.2.9;SCL:9;SFV:SPM;CAT:HSPM'],
  ] as const
  // six fields of the letter come first, then the verdict
  const ABOVE = 7
  test.each(VERDICTS)('%s: %s', (field, value) => {
    const lines = { fields: { [field]: value } }
    expect(natureOf(lines).kind).toBe('spam')
    expect(natureOf(lines, { trustedFields: ABOVE }).kind).toBe('spam')
    for (const trustedFields of [ABOVE - 1, 1, 0]) {
      expect(natureOf(lines, { trustedFields })).toEqual({ kind: 'person', signs: [] })
    }
  })
  test('the first verdict is the one of the trusted host; a forged one below neither adds nor takes away', () => {
    const forgedBelow = { fields: { 'X-Spam-Flag': ['NO', 'YES'] } }
    expect(natureOf(forgedBelow, { trustedFields: ABOVE }).kind).toBe('person')
    const whitewashed = { fields: { 'X-Spam-Flag': ['YES', 'NO'] } }
    expect(natureOf(whitewashed, { trustedFields: ABOVE }).kind).toBe('spam')
  })
  test('nothing else depends on who wrote the field: a program says of itself what it is', () => {
    const lines = { fields: { 'Auto-Submitted': 'auto-replied' } }
    expect(natureOf(lines, { trustedFields: 0 }).kind).toBe('automatic')
    expect(natureOf({ fields: { 'List-Id': 'x' } }, { trustedFields: 0 }).kind).toBe('list')
  })
})

describe('a web form that is listed', () => {
  const form = { from: 'Acme website <Web@acme.example>', replyTo: 'Ann Lee <ann@customer.example>' }
  const listed = { forms: new Set(['web@acme.example']) }
  test('is its customer, though it writes as an address of our own', () => {
    const ours = { ...listed, ownAddresses: new Set(['web@acme.example', 'support@acme.example']) }
    expect(natureOf(form, ours).kind).toBe('person')
    expect(natureOf({ ...form, mailFrom: 'web@acme.example' }, ours).kind).toBe('person')
    expect(natureOf(form, { ...ours, forms: new Set() }).kind).toBe('own')
  })
  test('may be called as it likes and sent through any mail service', () => {
    const noReply = { ...form, from: 'no-reply@acme.example' }
    expect(natureOf(noReply, { forms: new Set() }).kind).toBe('automatic')
    expect(natureOf(noReply, { forms: new Set(['no-reply@acme.example']) }).kind).toBe('person')
    const service = {
      ...form,
      mailFrom: 'bounce+2fa2ae.181d-support=acme.example@mg.formhost.example',
      fields: { 'List-Unsubscribe': '<https://formhost.example/u>', 'Feedback-ID': 'forms:1', 'X-SES-Outgoing': 'x' },
    }
    expect(natureOf(service, listed).kind).toBe('person')
    expect(natureOf(service, { forms: new Set() }).kind).not.toBe('person')
  })
  test('is no way past a hard sign', () => {
    expect(natureOf({ ...form, mailFrom: '<>' }, listed).kind).not.toBe('person')
    expect(natureOf({ ...form, fields: { 'Auto-Submitted': 'auto-replied' } }, listed).kind).toBe('automatic')
    expect(natureOf({ ...form, fields: { 'X-Replyd-Loop': 'acme-1' } }, listed).kind).toBe('own')
  })
  test('is known by the one address in From, not by one of two', () => {
    const two = { ...form, from: [form.from, 'support@acme.example'] }
    expect(natureOf(two, listed).kind).toBe('own')
  })
})

describe('somebody who has an open ticket', () => {
  const crm = {
    mailFrom: 'bounce-7@em.crm.example',
    fields: { 'List-Unsubscribe': '<https://crm.example/u>', 'Feedback-ID': 'a:b:c', 'X-SG-EID': 'x' },
    text: 'Thank you, Thursday suits us. Ann. You are receiving this because we are in touch.',
  }
  test('may write through a CRM or a mail service', () => {
    expect(natureOf(crm).kind).toBe('bulk')
    expect(natureOf(crm, { correspondent: 'has-open-ticket' }).kind).toBe('person')
  })
  test.each([
    ['Auto-Submitted', 'auto-replied', 'automatic'],
    ['List-Id', 'Users <users.lists.example>', 'list'],
    ['Precedence', 'bulk', 'bulk'],
    ['X-Zammad-Send-Auto-Response', 'false', 'automatic'],
  ])('is still a machine where a program or a list says so: %s: %s', (field, value, kind) => {
    expect(natureOf({ fields: { [field]: value } }, { correspondent: 'has-open-ticket' }).kind).toBe(kind)
  })
  test('an absence notice of theirs is still automatic', () => {
    const away = { subject: 'Out of office: Printer', text: 'I am on annual leave until Monday.' }
    expect(natureOf(away, { correspondent: 'has-open-ticket' }).kind).toBe('automatic')
  })
})

describe('our own words before a subject', () => {
  const greek = { ownPrefixes: ['Automatic reply:', 'Αυτόματη απάντηση:'] }
  test.each([
    'Automatic reply: Automatic reply: Printer',
    'Re: Automatic reply: Re: Automatic reply: Printer',
    'RE: AUTOMATIC REPLY: re: automatic  reply: Printer',
    'Αυτόματη απάντηση: Re: Αυτοματη απαντηση: Εκτυπωτής',
    'Re: Automatic reply: Αυτόματη απάντηση: Printer',
  ])('twice are a loop: %s', (subject) => {
    const nature = natureOf({ subject }, greek)
    expect(nature.kind).toBe('automatic')
    expect(codesOf(nature)).toContain('own-prefix-repeated')
    expect(natureOf({ subject }, { ...greek, alwaysAnswer: ['*'] }).kind).toBe('automatic')
  })
  test.each([
    'Re: Automatic reply: Printer',
    'AW: Αυτόματη απάντηση: Εκτυπωτής',
    'Automatic replies: Automatic, please',
  ])('once are the answer of a person: %s', (subject) => {
    expect(natureOf({ subject }, greek).kind).toBe('person')
  })
  test('without words of our own, or with an empty one, nothing is repeated', () => {
    for (const ownPrefixes of [[], ['', '   ']]) {
      const nature = natureOf({ subject: 'Re: A: B: A: B: Printer' }, { ownPrefixes })
      expect(nature).toEqual({ kind: 'person', signs: [] })
    }
  })
})
