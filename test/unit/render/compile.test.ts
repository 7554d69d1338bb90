import { describe, expect, test } from 'vitest'
import { runInChild } from '../../../src/ops/child.ts'
import { compileTemplates } from '../../../src/render/compile.ts'
import type { MjmlRequest, MjmlResponse } from '../../../src/render/mjml.ts'
import { renderNotice } from '../../../src/render/render.ts'
import { formatFinding, type TemplateSource } from '../../../src/render/template-source.ts'
import { layout, mjml, notice, OPTIONS, order, shipped, shippedSources, shippedText } from './orders.ts'

async function findings(...sources: readonly TemplateSource[]): Promise<readonly string[]> {
  return (await compileTemplates(sources, OPTIONS, mjml)).findings.map(formatFinding)
}

describe('the shipped templates', () => {
  test('compile without a finding, in every language', async () => {
    const { set, findings } = await shipped()
    expect(findings.map(formatFinding)).toEqual([])
    expect([...set.templates.keys()].sort()).toEqual([
      'el/acknowledgement',
      'en/acknowledgement',
      'zh-Hant/acknowledgement',
    ])
  })
  test('compile to the same in a process of their own', async () => {
    const here: string[] = []
    const there: string[] = []
    await compileTemplates(await shippedSources(), OPTIONS, async (sources) => {
      const results = await mjml(sources)
      here.push(...results.map(({ html }) => html))
      return results
    })
    await compileTemplates(await shippedSources(), OPTIONS, async (sources) => {
      const module = new URL('../../../src/render/mjml-process.ts', import.meta.url)
      const request: MjmlRequest = { sources }
      const { results } = await runInChild<MjmlResponse>(module, request, { timeoutMs: 30_000 })
      there.push(...results.map(({ html }) => html))
      return results
    })
    expect(here).toHaveLength(3)
    expect(there).toEqual(here)
  })
  test('load nothing from anywhere: no address of an image, a font or a style sheet', async () => {
    const { set } = await shipped()
    for (const locale of ['en', 'el', 'zh-Hant']) {
      const { html } = renderNotice(set, order({ notice: { locale } }))
      expect(html).not.toMatch(/<img|<link|@import|url\(|src=/u)
    }
  })
})

describe('a mistake in the words is told with its place and what was meant', () => {
  test.each([
    [
      'Hi {{ custmer.name }}',
      'en/acknowledgement.md:8:7: error: unknown variable custmer.name; did you mean customer.name?',
    ],
    ['a\n\nb {{ x | upcas }}', 'en/acknowledgement.md:10:3: error: undefined filter: upcas; did you mean upcase?'],
    ['{% iff subject %}{% endif %}', 'en/acknowledgement.md:8:1: error: tag "iff" not found; did you mean if?'],
    ['{% if subject %}x', 'en/acknowledgement.md:8:1: error: tag {% if subject %} not closed'],
    ['a {{ subject', 'en/acknowledgement.md:8:3: error: output "{{ subject\\n" not closed'],
    ['{% for r in resources %}{{ r.titel }}{% endfor %}', 'undefined variable: r.titel; did you mean title?'],
    ['by {{ expected_reply }}', 'put it between {% if expected_reply %} and {% endif %}'],
    ['{% if subject %}{% if subjekt %}x{% endif %}{% endif %}', 'unknown variable subjekt; did you mean subject?'],
    ['{{ organization.name | raw }}', 'undefined filter: raw'],
    ['{{ received_at | date: "%Y" }}', 'undefined filter: date'],
    ['{% include "x" %}', 'tag "include" not found'],
    ['{% render "x" %}', 'tag "render" not found'],
    ['{% raw %}x{% endraw %}', 'tag "raw" not found'],
    ['{{ mailbox.name.constructor }}', 'unknown variable mailbox.name.constructor'],
    ['[x]({{ mailbox.address }})', 'end it with the filter: | url'],
    ['[x](https://a.example/{{ mailbox.name }})', 'end it with the filter: | url_part'],
    ['[x]({{ mailbox.name | url_part }})', 'end it with the filter: | url'],
    ['![x](https://pixel.example/a.png)', 'would load something from pixel.example'],
  ])('%s', async (body, wanted) => {
    const { set, findings } = await compileTemplates([layout(), notice(body)], OPTIONS, mjml)
    expect(findings.map(formatFinding)).toEqual([expect.stringContaining(wanted)])
    expect(set.templates.size).toBe(0)
  })
  test('in the subject as well', async () => {
    expect(await findings(layout(), notice('x', 'Re: {{ sbject }}'))).toEqual([
      'en/acknowledgement.md:2:1: error: unknown variable sbject; did you mean subject?',
    ])
  })
  test('an image from an allowed host is let through', async () => {
    const { findings } = await compileTemplates(
      [layout(), notice('![x](https://cdn.acme.example/a.png)')],
      { ...OPTIONS, allowedImageHosts: ['cdn.acme.example'] },
      mjml,
    )
    expect(findings).toEqual([])
  })
  test('HTML that Gmail would cut off is warned of, and used', async () => {
    const { set, findings } = await compileTemplates([layout(), notice('word '.repeat(24_000))], OPTIONS, mjml)
    expect(findings.map(formatFinding)).toEqual([expect.stringContaining('warning: the HTML has 12')])
    expect(set.templates.size).toBe(1)
  })
})

describe('a mistake in the layout is told once, with its place', () => {
  test.each([
    ['<mj-txt>{{ content }}</mj-txt>', "layouts/plain.mjml:6:9: error: Element mj-txt doesn't exist"],
    [
      '<mj-text width="{{ subject }}">{{ content }}</mj-text>',
      'layouts/plain.mjml:6:9: error: Attribute width is illegal',
    ],
    [
      '{% if subject %}<mj-text>{{ content }}</mj-text>{% endif %}',
      'layouts/plain.mjml:6:9: error: {% if subject %} does not reach',
    ],
    [
      '<mj-text>{{ content }}</mj-section>',
      'layouts/plain.mjml:6:31: error: </mj-section> closes nothing that is open',
    ],
    [
      '<mj-include path="./parts/foot.mjml" /><mj-text>{{ content }}</mj-text>',
      'layouts/plain.mjml:6:9: error: the include layouts/parts/foot.mjml does not exist',
    ],
    [
      '<mj-include path="../../../../etc/passwd" /><mj-text>{{ content }}</mj-text>',
      'the include etc/passwd does not exist',
    ],
    ['<mj-include /><mj-text>{{ content }}</mj-text>', 'the include names no file'],
    [
      '<mj-text>{{ content }} {{ mailbx.name }}</mj-text>',
      'layouts/plain.mjml:6:32: error: unknown variable mailbx.name; did you mean mailbox.name?',
    ],
    [
      '<mj-text>{{ content }} <a href="{{ subject }}">x</a></mj-text>',
      'layouts/plain.mjml:6:41: error: {{ subject }} is a link',
    ],
    [
      '<mj-text>{{ content }} <b style="color:{{ locale }};x:{{ subject }}">x</b></mj-text>',
      'stands in the attribute style',
    ],
    ['<mj-text>{{ content }} <b {{ dir }} title={{ mailbox.name }}>x</b></mj-text>', 'stands inside a tag'],
    [
      '<mj-text>{{ content }}</mj-text><mj-image src="https://pixel.example/x.png" />',
      'would load something from pixel.example',
    ],
  ])('%s', async (inner, wanted) => {
    const english = notice('Hello')
    const greek = { ...english, path: 'el/acknowledgement.md' }
    const { set, findings } = await compileTemplates([layout(inner), english, greek], OPTIONS, mjml)
    const told = findings.map(formatFinding).filter((one) => one.includes(wanted))
    expect(findings.map(formatFinding)).toEqual(expect.arrayContaining([expect.stringContaining(wanted)]))
    expect(told.length).toBe(wanted.includes('pixel') ? 2 : 1)
    expect(set.templates.size).toBe(0)
  })
  test('a value inside a style sheet is refused', async () => {
    const head = '<mj-style>.a { color: {{ subject }} }</mj-style>'
    expect(await findings(layout(undefined, head), notice('x'))).toContainEqual(
      expect.stringContaining('inside a style'),
    )
  })
  test('a missing layout is named, with the one that was meant', async () => {
    expect(await findings({ ...layout(), path: 'layouts/plane.mjml' }, notice('x'))).toEqual([
      'layouts/plain.mjml:1:1: error: the layout does not exist; did you mean layouts/plane.mjml?',
    ])
  })
  test('an include that includes itself ends', async () => {
    const part = { path: 'layouts/a.mjml', text: '<mj-include path="a.mjml" />' }
    const inner = '<mj-include path="a.mjml" /><mj-text>{{ content }}</mj-text>'
    expect(await findings(layout(inner), part, notice('x'))).toContainEqual(expect.stringContaining('goes in a circle'))
  })
  test('an error inside an include names the include, and what follows keeps its line', async () => {
    const part = { path: 'layouts/a.mjml', text: '<mj-text>a</mj-text>\n<mj-nope>b</mj-nope>\n' }
    const inner = '<mj-include path="./a.mjml" />\n<mj-text>{{ content }}</mj-text>\n<mj-no>c</mj-no>'
    const found = await findings(layout(inner), part, notice('one\n\ntwo\n\nthree'))
    expect(found).toContainEqual(expect.stringContaining('layouts/a.mjml:2:1: error: Element mj-nope'))
    expect(found).toContainEqual(expect.stringContaining('layouts/plain.mjml:8:1: error: Element mj-no '))
  })
  test('a good include is part of the letter', async () => {
    const part = { path: 'layouts/parts/foot.mjml', text: '<mj-text>Foot of {{ organization.name }}</mj-text>' }
    const inner = '<mj-text>{{ content }}</mj-text><!-- note --><mj-include path="./parts/foot.mjml" />'
    const { set, findings } = await compileTemplates([layout(inner), part, notice('x')], OPTIONS, mjml)
    expect(findings).toEqual([])
    const { html } = renderNotice(set, order())
    expect(html).toContain('Foot of Acme')
    expect(html).not.toContain('note')
  })
})

function own(body: string): TemplateSource {
  return { ...notice(body), file: '/etc/replyd/templates/en/acknowledgement.md' }
}

describe('a broken template never replaces a good one', () => {
  test('the built-in text stays where its overlay is broken, and the overlay counts where it is good', async () => {
    const base = [layout(), notice('built-in words')]
    const broken = await compileTemplates([...base, own('{{ nope }}')], OPTIONS, mjml)
    expect(renderNotice(broken.set, order()).text).toContain('built-in words')
    expect(broken.findings.map(formatFinding)[0]).toContain('/etc/replyd/templates/en/acknowledgement.md:8:4: error')
    const good = await compileTemplates([...base, own('own words')], OPTIONS, mjml)
    expect(renderNotice(good.set, order()).text).toContain('own words')
  })
  test('a broken layout of one’s own leaves the built-in one in use', async () => {
    const ownLayout = { ...layout('<mj-text>{{ content }}'), file: 'own.mjml' }
    const { set, findings } = await compileTemplates([layout(), notice('words'), ownLayout], OPTIONS, mjml)
    expect(findings.map(({ file }) => file)).toContain('own.mjml')
    expect(renderNotice(set, order()).html).toContain('words')
  })
  test('one broken language does not take the others with it', async () => {
    const greek = { ...notice('{{ nope }}'), path: 'el/acknowledgement.md' }
    const { set } = await compileTemplates([layout(), notice('english'), greek], OPTIONS, mjml)
    expect([...set.templates.keys()]).toEqual(['en/acknowledgement'])
  })
  test('where MJML cannot be run at all, that is a finding and no exception', async () => {
    const { set, findings } = await compileTemplates([layout(), notice('x')], OPTIONS, async () => {
      throw new Error('no process')
    })
    expect(findings.map(formatFinding)).toEqual([expect.stringContaining('MJML could not be run: no process')])
    expect(set.templates.size).toBe(0)
  })
})

test('the example of the README is a good template', async () => {
  const text = /```\n(---\n[\s\S]*?)```/u.exec(shippedText('README.md'))?.[1] ?? ''
  const { set, findings } = await compileTemplates([layout(), { path: 'en/acknowledgement.md', text }], OPTIONS, mjml)
  expect(findings).toEqual([])
  expect(renderNotice(set, order()).text).toContain('Your ticket is [#K7M2Q9F].')
})

test('files that nothing uses are warned of, with the name that was meant', async () => {
  const { set, findings } = await compileTemplates(
    [
      layout(),
      notice('x'),
      { path: 'en/acknowledgment.md', text: '' },
      { path: 'not a language/acknowledgement.md', text: '' },
      { path: 'README.md', text: '' },
    ],
    OPTIONS,
    mjml,
  )
  expect(findings.map(formatFinding)).toEqual([
    'en/acknowledgment.md:1:1: warning: nothing uses this file; did you mean acknowledgement?',
    expect.stringContaining('not a language/acknowledgement.md:1:1: warning: nothing uses this file; wanted is'),
  ])
  expect(set.templates.size).toBe(1)
})

test('a colour that is none is refused before anything is compiled', async () => {
  const options = { ...OPTIONS, brand: { ...OPTIONS.brand, accent: 'red;}' } }
  await expect(compileTemplates([layout(), notice('x')], options, mjml)).rejects.toThrow('Cannot use the colour red;}')
})
