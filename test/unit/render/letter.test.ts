import { describe, expect, test } from 'vitest'
import type { Address } from '../../../src/mail/address.ts'
import type { MessageId } from '../../../src/mail/ids.ts'
import { instant } from '../../../src/mail/instant.ts'
import { compileTemplates } from '../../../src/render/compile.ts'
import { renderNotice } from '../../../src/render/render.ts'
import type { TemplateSet } from '../../../src/render/template-set.ts'
import { headerOf, layout, mjml, notice, OPTIONS, order, shipped, shippedSources } from './orders.ts'

const { set } = await shipped()
const id = (left: string): MessageId => `<${left}@client.example>` as MessageId

function subjectIn(locale: string): string {
  return renderNotice(set, order({ notice: { locale, subject: 'Wo?' } })).subject
}

/** The text that promises an answer for 08:00 UTC on this day of October. */
function promisedFor(day: number): string {
  return renderNotice(set, order({ expectedReply: instant(Date.UTC(2026, 9, day, 8)), timezone: 'Europe/Athens' })).text
}

describe('the header of an automatic reply (RFC 3834 3.1, 5230 5)', () => {
  test('every field, in order', () => {
    expect(renderNotice(set, order()).headers).toEqual([
      ['From', 'Acme Support <support@acme.example>'],
      ['To', 'maria@client.example'],
      ['Subject', 'Automatic reply: Re: The invoice for October is missing [#K7M2Q9F]'],
      ['Date', 'Mon, 23 Nov 2026 08:00:05 +0000'],
      ['Message-ID', '<r.k7m2q9f.01@acme.example>'],
      ['In-Reply-To', '<question@client.example>'],
      ['References', '<earlier@client.example> <question@client.example>'],
      ['Auto-Submitted', 'auto-replied'],
      ['X-Auto-Response-Suppress', 'All'],
      ['X-Replyd-Loop', 'acme-1'],
      ['Content-Language', 'en'],
    ])
  })
  test('T19: Reply-To stands where a reply is wanted at another address', () => {
    const replyTo = 'support+k7m2q9fabc@acme.example' as Address
    expect(headerOf(renderNotice(set, order({ replyTo })), 'Reply-To')).toBe(replyTo)
  })
  test('T22: the subject says that it is automatic, in the language of the letter, then what they wrote', () => {
    expect(subjectIn('en')).toBe('Automatic reply: Re: Wo? [#K7M2Q9F]')
    expect(subjectIn('el')).toBe('Αυτόματη απάντηση: Re: Wo? [#K7M2Q9F]')
    expect(subjectIn('zh-Hant')).toBe('自動回覆：Re: Wo? [#K7M2Q9F]')
  })
  test.each(['Re: x', 'RE: Re: AW: x', 'Re[2]: x', 'ΑΠ: x', '回覆：x', ' re : x', 'SV:x'])(
    '%s does not pile up prefixes',
    (subject) => {
      expect(renderNotice(set, order({ notice: { subject } })).subject).toBe('Automatic reply: Re: x [#K7M2Q9F]')
    },
  )
  test('the tag stands once, and not at all where it is switched off', () => {
    const again = order({ notice: { subject: 'x [#K7M2Q9F]' } })
    expect(renderNotice(set, again).subject).toBe('Automatic reply: Re: x [#K7M2Q9F]')
    expect(renderNotice(set, { ...again, tagInSubject: false }).subject).toBe('Automatic reply: Re: x')
  })
  test.each(['', '   ', 'Re:', 'Re: [#K7M2Q9F]'])(
    'T50: a mail with the subject "%s" is answered under a fixed one',
    (subject) => {
      const letter = renderNotice(set, order({ notice: { subject } }))
      expect(letter.subject).toBe('Automatic reply: your message to Acme Support [#K7M2Q9F]')
      expect(letter.text).not.toContain('about')
    },
  )
  test('T25: without a Message-ID of theirs there is no In-Reply-To and no References', () => {
    const letter = renderNotice(set, order({ inReplyTo: undefined, references: [] }))
    expect(headerOf(letter, 'In-Reply-To')).toBeUndefined()
    expect(headerOf(letter, 'References')).toBeUndefined()
  })
  test('T25: a long References keeps its beginning and its end', () => {
    const references = Array.from({ length: 500 }, (_, index) => id(`m${index}`))
    const kept = String(headerOf(renderNotice(set, order({ references })), 'References')).split(' ')
    expect(kept).toHaveLength(20)
    expect([kept[0], kept.at(-2), kept.at(-1)]).toEqual([id('m0'), id('m499'), '<question@client.example>'])
  })
  test('ids that no line can hold, or that are not ASCII, are left out', () => {
    const references = [id('a'.repeat(950)), id('é'), id('ok'), id('ok')]
    const letter = renderNotice(set, order({ references, inReplyTo: id('ü') }))
    expect(headerOf(letter, 'References')).toBe(id('ok'))
    expect(headerOf(letter, 'In-Reply-To')).toBeUndefined()
    const many = Array.from({ length: 20 }, (_, index) => id(`${index}${'x'.repeat(800)}`))
    expect(String(headerOf(renderNotice(set, order({ references: many })), 'References')).length).toBeLessThan(4100)
  })
})

describe('the words', () => {
  test('are those of the language, with date and time of the zone', () => {
    const greek = renderNotice(set, order({ notice: { locale: 'el-CY', customerName: '' } }))
    expect(greek.text).toMatch(/^Γεια σας,\n/u)
    expect(greek.text).toContain('έως Τρίτη 24 Νοεμβρίου στις 10:00 π.μ. EET')
    expect(greek.html).toContain('<html lang="el" dir="ltr"')
    expect(headerOf(greek, 'Content-Language')).toBe('el')
    const taiwan = renderNotice(
      set,
      order({ timezone: 'Asia/Taipei', notice: { locale: 'zh-TW', customerName: '王小明' } }),
    )
    expect(taiwan.text).toMatch(/^王小明 您好：\n/u)
    expect(taiwan.text).toContain('11月24日星期二 下午4:00 [GMT+8]')
  })
  test('name every page that may help, in text and as a link', () => {
    const { text, html } = renderNotice(set, order())
    expect(text).toContain('Help centre: https://help.acme.example/\n')
    expect(text).toContain('Orders & returns: https://help.acme.example/orders?a=1&b=2\n')
    expect(html).toMatch(/href="https:\/\/help\.acme\.example\/orders\?a=1&amp;b=2"[^>]*>Orders &amp; returns</u)
  })
  test('promise nothing and list nothing where there is nothing to say', () => {
    const bare = order({ expectedReply: undefined, resources: [], ticketTag: undefined, ticketId: undefined })
    for (const locale of ['en', 'el', 'zh-Hant']) {
      const letter = renderNotice(set, { ...bare, notice: { ...bare.notice, locale, customerName: '', subject: '' } })
      expect(letter.fallback).toBeUndefined()
      expect(`${letter.subject}${letter.text}${letter.html}`).not.toMatch(/undefined|null|\{\{|\{%|\[#| {2,}\S+:\n/u)
      expect(letter.text).not.toMatch(/\n\n\n|[ \t]\n|,,/u)
    }
  })
  test('never say "do not reply", and always invite a reply', () => {
    const invitations = {
      en: 'Just reply to this mail',
      el: 'απαντήστε σε αυτό το μήνυμα',
      'zh-Hant': '直接回覆這封信',
    }
    for (const [locale, words] of Object.entries(invitations)) {
      const { text, html } = renderNotice(set, order({ notice: { locale } }))
      expect(text).toContain(words)
      expect(html).toContain(words)
      expect(text).not.toMatch(/do not reply|no-?reply|μην απαντ|請勿回/iu)
    }
  })
  test('the preview text is in the HTML alone', () => {
    const { text, html } = renderNotice(set, order())
    expect(html).toContain('A person will answer you by Tuesday')
    expect(text).not.toContain('A person will answer you')
  })
  test('the zone decides, on both sides of a change of clocks', () => {
    expect(promisedFor(24)).toContain('October 24 at 11:00 AM GMT+3')
    expect(promisedFor(26)).toContain('October 26 at 10:00 AM GMT+2')
  })
  test('a right-to-left language turns the document round', async () => {
    const arabic = { ...notice('مرحبا'), path: 'ar/acknowledgement.md' }
    const sources = [...(await shippedSources()), arabic]
    const { set, findings } = await compileTemplates(sources, OPTIONS, mjml)
    expect(findings).toEqual([])
    const { html } = renderNotice(set, order({ notice: { locale: 'ar-EG' } }))
    expect(html).toContain('<html lang="ar" dir="rtl"')
    expect(html).toContain('direction:rtl')
    expect(html).toContain('text-align:right')
  })
})

describe('where a template is missing or fails, a person still gets a letter', () => {
  const empty: TemplateSet = { defaultLocale: 'en', templates: new Map() }
  test('the built-in text stands in and says why', () => {
    const letter = renderNotice(empty, order())
    expect(letter.fallback).toBe('there is no good template for acknowledgement in en or the default')
    expect(letter.html).toBeNull()
    expect(letter.subject).toBe('Automatic reply: Re: The invoice for October is missing [#K7M2Q9F]')
    expect(letter.text).toBe(
      'Hello Maria Papadaki,\n\nthank you for writing to Acme Support. Your message has arrived and a person will answer it by ' +
        'Tuesday, November 24 at 10:00 AM GMT+2.\n\nYour ticket is [#K7M2Q9F].\n\nIf you want to add something, just reply ' +
        'to this mail.\n\nAcme Support\n',
    )
    expect(headerOf(letter, 'Auto-Submitted')).toBe('auto-replied')
    const bare = order({ ticketTag: undefined, expectedReply: undefined, notice: { customerName: '', subject: '' } })
    expect(renderNotice(empty, bare).text).toMatch(/^Hello,\n/u)
    expect(renderNotice(empty, bare).subject).toBe('Automatic reply: your message to Acme Support')
  })
  test('a text that fails on this letter alone gives way as well', async () => {
    // sound with both samples, and endless work with a longer subject
    const body =
      '{% for a in (1..100000) %}{% if subject.size > 100 %}{{ subject }}{% else %}{% break %}{% endif %}{% endfor %}x'
    const { set, findings } = await compileTemplates([layout(), notice(body)], OPTIONS, mjml)
    expect(findings).toEqual([])
    expect(renderNotice(set, order()).fallback).toBeUndefined()
    const letter = renderNotice(set, order({ notice: { subject: 'long '.repeat(50) } }))
    expect(letter.fallback).toMatch(/^en\/acknowledgement\.md: (?:memory alloc|template render) limit exceeded/u)
    expect(letter.text).toContain('Your ticket is [#K7M2Q9F].')
  })
})

describe('filling a template', () => {
  test('a thousand letters compile no MJML', async () => {
    let calls = 0
    const { set } = await compileTemplates(await shippedSources(), OPTIONS, (sources) => {
      calls += 1
      return mjml(sources)
    })
    for (let index = 0; index < 1000; index += 1) renderNotice(set, order())
    expect(calls).toBe(1)
  })
  test('text only leaves the HTML out and changes nothing else', () => {
    const whole = renderNotice(set, order())
    expect(renderNotice(set, order({ textOnly: true }))).toEqual({ ...whole, html: null })
  })
  test('a language that is none gets the default', () => {
    expect(headerOf(renderNotice(set, order({ notice: { locale: 'not a tag!' } })), 'Content-Language')).toBe('en')
    expect(headerOf(renderNotice(set, order({ notice: { locale: 'zh-CN' } })), 'Content-Language')).toBe('en')
  })
})
