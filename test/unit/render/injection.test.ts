import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileTemplates } from '../../../src/render/compile.ts'
import { type Letter, renderNotice } from '../../../src/render/render.ts'
import { headerOf, layout, mjml, notice, OPTIONS, order, shipped } from './orders.ts'

const { set } = await shipped()

/** The letter for a sender who writes this where a name and a subject are expected. */
function written(hostile: string): Letter {
  return renderNotice(set, order({ notice: { customerName: hostile, subject: hostile } }))
}

const plain = written('Maria')
const tagsOf = (html: string | null): readonly string[] => html?.match(/<[^>]+>/gu) ?? []

describe('what a sender writes stays text, wherever it lands', () => {
  test.each([
    ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
    ['an attribute', '" onmouseover="alert(1)" x="'],
    ['a single-quoted attribute', "' onmouseover='alert(1)' x='"],
    ['the end of a comment', '--><b>x</b><!--'],
    ['the end of a conditional comment', '<![endif]--><b>x</b>'],
    ['the end of a style sheet', '</style><script>alert(1)</script>'],
    ['MJML', '</mj-text><mj-image src="https://pixel.example/x.png" /><mj-text>'],
    ['entities', '&lt;b&gt;&#60;b&#62;'],
    ['Markdown', '[click](https://evil.example/) **bold** # head ![i](https://pixel.example/i.png)'],
    ['a bare Markdown autolink', '<https://evil.example/>'],
  ])('%s makes no element', (_name, hostile) => {
    const letter = written(hostile)
    expect(letter.fallback).toBeUndefined()
    expect(tagsOf(letter.html)).toEqual(tagsOf(plain.html))
  })
  test.each([
    '{{ organization.name }}',
    '{% if true %}YES{% endif %}',
    '{{ 7 | times: 7 }}',
    '}}{{ mailbox.address }}',
    '{%',
  ])('Liquid %s is not run', (hostile) => {
    const letter = written(hostile)
    expect(letter.text).toContain(hostile)
    expect(letter.html).toContain(hostile)
    expect(letter.subject).toContain(hostile)
  })
  test('the text part shows it as it is, without entities', () => {
    const letter = written('Tom & Jerry <tj@x.example> "quoted"')
    expect(letter.text).toContain('Hello Tom & Jerry <tj@x.example> "quoted",')
    expect(letter.html).toContain('Tom &amp; Jerry &lt;tj@x.example&gt; &#34;quoted&#34;')
  })
  test('a line break adds no line to the text, no field to the header', () => {
    const letter = written('Maria\r\nBcc: victim@x.example\n\nYou have won\u2028now\u0085too')
    expect(letter.text.split('\n')).toHaveLength(plain.text.split('\n').length)
    expect(letter.headers.map(([name]) => name)).toEqual(plain.headers.map(([name]) => name))
    for (const [, value] of letter.headers) expect(value).not.toMatch(/[\r\n\u2028\u0085]/u)
  })
  test('what hides or reorders text is gone, and joined emoji and Persian stay', () => {
    const letter = written('a\u202Egpj.exe\u2066b\u200Bc\uFEFFd\u{E0041}e\u00ADf pay\u200Dpal')
    expect(letter.text).toContain('Hello agpj.exebcdef paypal,')
    expect(letter.subject).toContain('Re: agpj.exebcdef paypal [')
    const family = '👨\u200D👩\u200D👧'
    const persian = 'می\u200Cخواهم'
    expect(written(`${family} ${persian}`).text).toContain(`${family} ${persian}`)
  })
  test('marks piled on a letter are cut, an unpaired surrogate is replaced', () => {
    expect(written(`Z${'\u0334'.repeat(500)}algo \uD800`).text).toContain(`Z${'\u0334'.repeat(4)}algo \uFFFD`)
  })
  test('a name of 10,000 characters leaves a letter of common size', () => {
    const letter = written('😀'.repeat(10_000))
    expect(letter.fallback).toBeUndefined()
    expect(letter.text.length).toBeLessThan(plain.text.length + 1000)
    expect(Array.from(letter.subject).length).toBeLessThan(260)
    expect(letter.subject).toMatch(/😀… \[#K7M2Q9F\]$/u)
  })
  test('an encoded-word in a subject is not one any more', () => {
    expect(written('=?utf-8?B?PGI+?=').subject).not.toContain('=?')
  })
  test('a tag of another ticket in the subject is not repeated', () => {
    const letter = renderNotice(set, order({ notice: { subject: 'AW: Re: [#ZZZZZZZ] [#ACME-7777777] Hello' } }))
    expect(letter.subject).toBe('Automatic reply: Re: Hello [#K7M2Q9F]')
  })
  test('whatever is written, the elements of the letter are the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (hostile) => {
        const letter = written(`x${hostile}`)
        return letter.fallback === undefined && tagsOf(letter.html).length === tagsOf(plain.html).length
      }),
      { numRuns: 200 },
    )
  })
})

describe('an address to link to is one, or nothing', () => {
  test.each([
    ['javascript:alert(1)', ''],
    [' \tjava\nscript:alert(1)', ''],
    ['JaVaScRiPt:alert(1)', ''],
    ['data:text/html,<script>1</script>', ''],
    ['vbscript:x', ''],
    ['file:///etc/passwd', ''],
    ['//evil.example/', ''],
    ['https://user:secret@acme.example/', ''],
    ['nonsense', ''],
    ['https://acme.example/"onclick="x', 'https://acme.example/%22onclick=%22x'],
    ['https://acme.example/?a=1&b=<2>', 'https://acme.example/?a=1&amp;b=%3C2%3E'],
    ['mailto:a@acme.example', 'mailto:a@acme.example'],
    ['tel:+302101234567', 'tel:+302101234567'],
  ])('%s', (url, href) => {
    const { html } = renderNotice(set, order({ resources: [{ title: 'Page', url }] }))
    expect(/href="([^"]*)"[^>]*>Page</u.exec(html ?? '')?.[1]).toBe(href)
  })
})

test('a value inside an address stays inside its part', async () => {
  const body = '[Case](https://help.acme.example/case/{{ mailbox.name | url_part }}?lang={{ locale | url_part }})'
  const { set, findings } = await compileTemplates([layout(), notice(body)], OPTIONS, mjml)
  expect(findings).toEqual([])
  const letter = renderNotice(set, order({ mailboxName: '../"x"&y=<z>#ä' }))
  expect(letter.html).toContain('href="https://help.acme.example/case/..%2F%22x%22%26y%3D%3Cz%3E%23%C3%A4?lang=en"')
  expect(letter.text).toBe('Case: https://help.acme.example/case/..%2F%22x%22%26y%3D%3Cz%3E%23%C3%A4?lang=en\n')
})

test('in an attribute other than an address, quotes cannot end it', async () => {
  const inner = '<mj-text>{{ content }}<b title="{{ mailbox.name }}">x</b></mj-text>'
  const { set, findings } = await compileTemplates([layout(inner), notice('Hello')], OPTIONS, mjml)
  expect(findings).toEqual([])
  const { html } = renderNotice(set, order({ mailboxName: '" onclick="x' }))
  expect(html).toContain('<b title="&#34; onclick=&#34;x">')
})

test('a mailbox name cannot bring a second address into From', () => {
  const letter = renderNotice(set, order({ mailboxName: 'Acme, "x" <evil@x.example>\r\nBcc: y' }))
  expect(headerOf(letter, 'From')).toBe('"Acme, \\"x\\" <evil@x.example> Bcc: y" <support@acme.example>')
})
