import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitFrontMatter } from '../../../src/render/front-matter.ts'
import { LiquidFailure, parseLiquid } from '../../../src/render/liquid.ts'
import { liquidTags, openShelf } from '../../../src/render/liquid-tags.ts'
import { localeChain } from '../../../src/render/locale.ts'
import { parseMarkdown, renderMarkdown } from '../../../src/render/markdown.ts'
import { plainTextOf } from '../../../src/render/plain-text.ts'
import { formatFinding, positionAt } from '../../../src/render/template-source.ts'
import { sampleScope, VARIABLES } from '../../../src/render/variables.ts'
import { nestingFindings } from '../../../src/render/well-formed.ts'
import { HEAD, shippedText } from './orders.ts'

/** Markdown with Liquid in it, as HTML and as text. */
function both(source: string): { html: string; text: string } {
  const shelf = openShelf([source])
  let out = ''
  let done = 0
  for (const tag of liquidTags(source)) {
    out += source.slice(done, tag.start) + shelf.put(tag, { file: 'x', ...positionAt(source, tag.start) })
    done = tag.end
  }
  const tokens = parseMarkdown(out + source.slice(done), shelf)
  return { html: shelf.restore(renderMarkdown(tokens, shelf)), text: shelf.restore(plainTextOf(tokens)).trim() }
}

describe('Markdown with Liquid in it', () => {
  test('a tag is left as it is in a sentence, in emphasis, in an address and in code', () => {
    const { html } = both('**{{ a | append: "*x*" }}** [t]({{ u | url }}) `{{ c }}` _{{ d }}_')
    expect(html).toBe(
      '<p><strong>{{ a | append: "*x*" }}</strong> <a href="{{ u | url }}">t</a> <code>{{ c }}</code> <em>{{ d }}</em></p>\n',
    )
  })
  test('a line of tags makes no paragraph and ends the one before', () => {
    expect(both('{% if a %}\nHello\n{% else %}\nBye\n{% endif %}').html).toBe(
      '{% if a %}\n<p>Hello</p>\n{% else %}\n<p>Bye</p>\n{% endif %}\n',
    )
  })
  test('a value on a line of its own is a paragraph', () => {
    expect(both('{{ a }}').html).toBe('<p>{{ a }}</p>\n')
  })
  test('a loop around a list item makes one list', () => {
    const { html, text } = both('{% for r in rs %}\n- {{ r }}\n{% endfor %}\n')
    expect(html).toBe('<ul>\n{% for r in rs %}\n<li>{{ r }}</li>\n{% endfor %}\n</ul>\n')
    expect(text).toBe('{% for r in rs %}\n- {{ r }}\n{% endfor %}')
  })
  test('a link alone in its paragraph is a button, a link in a sentence is a link', () => {
    const { html, text } = both('[Help](https://a.example/)\n\nSee [there](https://b.example/).')
    expect(html).toContain('class="button"')
    expect(html.match(/class="button"/gu)).toHaveLength(1)
    expect(text).toBe('Help: https://a.example/\n\nSee there (https://b.example/).')
  })
  test('HTML in Markdown is text', () => {
    expect(both('<b>x</b>\n\n<script>1</script>').html).toBe(
      '<p>&lt;b&gt;x&lt;/b&gt;</p>\n<p>&lt;script&gt;1&lt;/script&gt;</p>\n',
    )
  })
  test('Chinese lines join without a blank, other lines with one', () => {
    expect(both('感謝您的\n來信。\nThank\nyou').text).toBe('感謝您的來信。 Thank you')
    expect(both('感謝您的\n來信').html).toBe('<p>感謝您的來信</p>\n')
  })
  test('the text part reads like a letter', () => {
    const source =
      '# Head\n\n1. one\n2. two\n   - deep\n\n> said\n\n---\n\nline\\\nbreak *and* **more** [a@b.example](mailto:a@b.example) ![logo](x.png)'
    expect(both(source).text).toBe(
      'Head\n\n1. one\n2. two\n  - deep\n\n> said\n>\n\n---\n\nline\nbreak and more a@b.example logo',
    )
  })
  test('deep nesting is kept, and indented no deeper than can be read', () => {
    const { text } = both(`${'> '.repeat(40)}${'- '.repeat(5)}x`)
    expect(text).toMatch(/^(?:> ){20} *(?:- )?- x/u)
    expect(both(`${'> '.repeat(2000)}x`).text.length).toBeLessThan(20_000)
  })
  test('putting tags on the shelf and back changes no text', () => {
    const piece = fc.constantFrom('{{ a }}', '{% b %}', '{{ "}}" }}', 'lqz0x', 'text ', '\n', '{{', '%}', '"', "'")
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const source = pieces.join('')
        const shelf = openShelf([source])
        const words: string[] = []
        let done = 0
        for (const tag of liquidTags(source)) {
          words.push(source.slice(done, tag.start), shelf.put(tag, { file: '', line: 1, column: 1 }))
          done = tag.end
        }
        return shelf.restore(words.join('') + source.slice(done)) === source
      }),
    )
  })
})

function file(head: string, body = 'Hello'): string {
  return `---\n${head}\n---\n${body}`
}

function problems(text: string): readonly string[] {
  const split = splitFrontMatter('f.md', text)
  return 'front' in split ? [] : split.map(formatFinding)
}

describe('the head of a notice', () => {
  const subject = 'subject: "Hi {{ a }}"'
  test('is read, and the text knows its line', () => {
    const split = splitFrontMatter('f.md', file(`${subject}\n${HEAD}\nvariant: friendly`, '\nHello'))
    expect(split).toMatchObject({
      front: {
        subject: 'Hi {{ a }}',
        class: 'service',
        reviewed: '2026-11-23',
        reviewEvery: '180d',
        variant: 'friendly',
        preview: '',
      },
      body: '\nHello',
      bodyLine: 9,
    })
  })
  test('is read behind a byte order mark and with CRLF', () => {
    expect(splitFrontMatter('f.md', `\uFEFF${file(`${subject}\n${HEAD}`).replaceAll('\n', '\r\n')}`)).toMatchObject({
      body: 'Hello',
    })
  })
  test.each([
    ['', 'f.md:1:1: error: the file does not begin with ---'],
    ['Hello', 'f.md:1:1: error: the file does not begin with ---'],
    ['---\nsubject: x\n', 'f.md:1:1: error: the head is never closed'],
    [file(HEAD), 'f.md:1:1: error: subject is missing from the head'],
    [file(''), 'f.md:1:1: error: subject is missing from the head'],
    [file(`${subject}\n${HEAD}\nsubjekt: y`), 'f.md:7:1: error: unknown key subjekt; did you mean subject?'],
    [
      file(`${subject}\n${HEAD.replace('service', 'servise')}`),
      'f.md:4:1: error: class is "servise"; wanted is service',
    ],
    [
      file(`${subject}\n${HEAD.replace('2026-11-23', '23.11.2026')}`),
      'f.md:5:1: error: reviewed is "23.11.2026"; wanted is a day',
    ],
    [
      file(`${subject}\n${HEAD.replace('180d', 'yearly')}`),
      'f.md:6:1: error: review_every is "yearly"; wanted is a number',
    ],
    [file(`subject: Re: {{ x }}\n${HEAD}`), 'f.md:2:10: error: Nested mappings are not allowed'],
    [file(`subject: {{ x }}\n${HEAD}`), 'f.md:2:'],
    [file(`${subject}\n${subject}\n${HEAD}`), 'f.md:3:1: error: Map keys must be unique'],
    [file(`subject: [a]\n${HEAD}`), 'f.md:2:1: error: subject is ["a"]; wanted is a line of text'],
    [file(`a: &a [x]\nb: *a\n${subject}\n${HEAD}`), 'an alias (*name) stands in the head'],
    [file('- a\n- b'), 'unknown key 0'],
  ])('%j is refused', (text, wanted) => {
    expect(problems(text)[0]).toContain(wanted)
  })
})

describe('Liquid, locked down', () => {
  test.each([
    '{% include "a" %}',
    '{% layout "a" %}',
    '{% capture a %}x{% endcapture %}',
    '{% liquid\necho 1 %}',
    '{{ "a" | json }}',
    '{{ "a" | escape }}',
    '{{ "a" | base64_decode }}',
  ])('%s is refused when it is parsed', (source) => {
    expect(() => parseLiquid(source, 'html')).toThrow(LiquidFailure)
  })
  test.each([
    '{{ s.constructor }}',
    '{{ s.__proto__ }}',
    '{{ o.toString }}',
    '{{ o["constructor"] }}',
    '{{ missing }}',
  ])('%s reaches nothing', (source) => {
    expect(() => parseLiquid(source, 'html').render({ s: 'x', o: {} })).toThrow(/undefined variable/u)
  })
  test.each([
    '{% for a in (1..100000000) %}x{% endfor %}',
    '{% assign s = "x" %}{% for a in (1..60) %}{% assign s = s | append: s %}{% endfor %}{{ s }}',
    '{% for a in (1..9999) %}{% for b in (1..9999) %}{% endfor %}{% endfor %}',
  ])('%s ends soon', (source) => {
    expect(() => parseLiquid(source, 'text').render({})).toThrow(/limit exceeded/u)
  })
  test('a template without end is refused', () => {
    expect(() => parseLiquid('x'.repeat(500_000), 'text')).toThrow(/limit exceeded/u)
  })
})

describe('elements of a layout', () => {
  test.each([
    ['<a><b></a></b>', 'f:1:7: error: </a> closes nothing that is open; close <b> first (line 1)'],
    ['<a>', 'f:1:1: error: <a> is never closed; add </a>'],
    ['</a>', 'f:1:1: error: </a> closes nothing that is open; remove it'],
    ['<a x="1>', 'f:1:1: error: <a is never closed'],
    ['<!-- x', 'f:1:1: error: a comment is never closed'],
    ['<mj-raw><div>', 'f:1:1: error: <mj-raw> is never closed'],
  ])('%s', (text, wanted) => {
    expect(nestingFindings('f', text).map(formatFinding)[0]).toContain(wanted)
  })
  test('what is well nested is let through', () => {
    const good = '<a x=">" y=\'<b>\'><!-- <c> --><br><img src="x"/><mj-raw><div></mj-raw><mj-style>a > b</mj-style></a>'
    expect(nestingFindings('f', good)).toEqual([])
  })
})

test.each([
  ['el-GR', ['el-GR', 'el', 'el-Grek-GR', 'el-Grek', 'en']],
  ['zh-TW', ['zh-TW', 'zh', 'zh-Hant-TW', 'zh-Hant', 'en']],
  ['EN-us', ['en-US', 'en', 'en-Latn-US', 'en-Latn']],
  ['no such tag', ['en']],
])('a text for %s is looked for in this order', (locale, chain) => {
  expect(localeChain(locale, 'en')).toEqual(chain)
})

test('every variable stands in the README with its meaning, and in the samples', () => {
  const readme = shippedText('README.md')
  for (const { name, meaning } of VARIABLES) expect(readme).toContain(`| \`${name}\` | ${meaning}`)
  const scope = sampleScope('all', { locale: 'en', dir: 'ltr' })
  for (const { name } of VARIABLES.filter(({ name }) => !name.startsWith('resources'))) {
    const value = name.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], scope)
    expect(value, name).toBeTypeOf('string')
  }
})
