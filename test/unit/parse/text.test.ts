import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { parse } from '../../../src/parse/parse.ts'
import { codes, eml, read } from './eml.ts'

/** A message of one part; the body as octets. */
async function textIn(
  header: readonly string[],
  body: Uint8Array,
): Promise<{ text: string; codes: readonly string[] }> {
  const octets = Buffer.concat([eml('From: a@x.example', ...header, '', ''), body])
  const message = await parse(octets, { complete: true })
  return { text: message.text, codes: codes(message) }
}

describe('the text is read in its charset', () => {
  test.each([
    ['utf-8', 'Καλημέρα', 'ce9aceb1cebbceb7cebcceadcf81ceb1'],
    ['iso-8859-7', 'Καλημέρα', 'cae1ebe7ecddf1e1'],
    ['windows-1253', 'Ά', 'a2'],
    ['windows-1251', 'Привет', 'cff0e8e2e5f2'],
    ['koi8-r', 'Привет', 'f0d2c9d7c5d4'],
    ['windows-1252', '“quoted” €', '9371756f7465649420 80'],
    ['gb18030', '你好', 'c4e3bac3'],
    ['gb2312', '你好', 'c4e3bac3'],
    ['big5', '你好', 'a741a66e'],
    ['euc-kr', '안녕', 'bec8b3e7'],
    ['shift_jis', 'こんにちは', '82b182f182c982bf82cd'],
    ['iso-2022-jp', 'こんにちは', '1b2442243324732b2441244f1b2842'.replace('2b2441', '244b2441')],
    ['"utf-8"', 'é', 'c3a9'],
  ])('%s', async (charset, text, hex) => {
    const read = await textIn(
      [`Content-Type: text/plain; charset=${charset}`],
      Buffer.from(hex.replace(/\s/gu, ''), 'hex'),
    )
    expect(read).toEqual({ text, codes: [] })
  })
  test('where nobody says which: UTF-8, Japanese by its escapes, else the one that programs wrote most', async () => {
    expect(await textIn([], Buffer.from('Καλημέρα'))).toEqual({ text: 'Καλημέρα', codes: [] })
    expect(await textIn([], Buffer.from('\u001B$B$3$s$K$A$O\u001B(B'))).toEqual({ text: 'こんにちは', codes: [] })
    expect(await textIn([], Buffer.from('caf\xe9', 'latin1'))).toEqual({ text: 'café', codes: ['bad-charset'] })
    expect(await textIn(['Content-Type: text/plain; charset=us-ascii'], Buffer.from('caf\xe9', 'latin1'))).toEqual({
      text: 'café',
      codes: ['bad-charset'],
    })
  })
  test('where the charset is a lie or unknown, the text is saved as far as it can be', async () => {
    expect(await textIn(['Content-Type: text/plain; charset=gb2312'], Buffer.from('Ж – €'))).toEqual({
      text: 'Ж – €',
      codes: ['bad-charset'],
    })
    expect(await textIn(['Content-Type: text/plain; charset=klingon'], Buffer.from('é'))).toEqual({
      text: 'é',
      codes: ['bad-charset'],
    })
    expect(await textIn(['Content-Type: text/plain; charset=utf-8'], Buffer.from('caf\xe9!', 'latin1'))).toEqual({
      text: 'caf\uFFFD!',
      codes: ['bad-charset'],
    })
  })
  test('UTF-7 is not decoded: it hides markup', async () => {
    const { text, codes } = await textIn(['Content-Type: text/plain; charset=utf-7'], Buffer.from('+ADw-script+AD4-'))
    expect(text).toBe('+ADw-script+AD4-')
    expect(codes).toEqual(['bad-charset'])
  })
  test('a charset cannot bring header fields of its own', async () => {
    const header = ['Content-Type: text/plain; charset="x\\"; boundary=y"']
    expect((await textIn(header, Buffer.from('hi'))).text).toBe('hi')
  })
})

describe('transfer encodings and flowed lines are undone', () => {
  test.each([
    [['Content-Transfer-Encoding: quoted-printable'], 'caf=C3=A9 =\r\nau lait', 'café au lait'],
    [['Content-Transfer-Encoding: BASE64'], 'Y2Fmw6k=\r\n', 'café'],
    [['Content-Transfer-Encoding: x-unknown'], 'caf=C3=A9', 'caf=C3=A9'],
    [['Content-Type: text/plain; format=flowed'], 'one \r\ntwo\r\n', 'one two'],
    [['Content-Type: text/plain; format=flowed; delsp=yes'], 'on \r\ne\r\n', 'one'],
    [[], 'a\0b\u0007c\td\r\ne', 'abc\td\ne'],
  ])('%j', async (header, body, text) => {
    expect(await textIn(header, Buffer.from(body))).toEqual({ text, codes: [] })
  })
})

describe('which part is the text', () => {
  function mixed(...parts: readonly (readonly string[])[]): readonly string[] {
    return ['Content-Type: multipart/mixed; boundary=m', '', ...parts.flatMap((part) => ['--m', ...part]), '--m--']
  }
  const plain = ['Content-Type: text/plain', '', 'plain']
  const html = ['Content-Type: text/html', '', '<p>html</p>']
  test.each([
    ['plain before HTML, wherever it stands', [html, plain], 'plain'],
    ['HTML where there is no plain', [html], 'html'],
    ['HTML where the plain one is blank', [['Content-Type: text/plain', '', '  '], html], 'html'],
    ['the first plain one that is not blank', [['', '\t'], plain, ['', 'later']], 'plain'],
    ['no attachment', [['Content-Disposition: attachment', '', 'log'], html], 'html'],
    ['a named part only where nothing else is', [['Content-Type: text/plain; name=a.log', '', 'log'], plain], 'plain'],
    ['a named part, then', [['Content-Type: text/plain; name=a.log', '', 'log']], 'log'],
    ['nothing where there is none', [['Content-Type: image/png', '', 'x']], ''],
  ])('%s', async (_, parts, text) => {
    expect((await read(...mixed(...parts))).text).toBe(text)
  })
})

describe('HTML as text', () => {
  const type = ['Content-Type: text/html; charset=utf-8']
  test('is what a reader sees', async () => {
    const html =
      '<html><head><style>p { color: red }</style><title>t</title></head><body><!-- hidden --><h1>Hello</h1>' +
      '<p>caf&eacute; &amp; <a href="https://x.example/long">link</a><br>next</p><img src="x" alt="picture">' +
      '<ul><li>one</li><li>two</li></ul><script>alert(1)</script></body></html>'
    const { text } = await textIn(type, Buffer.from(html))
    expect(text).toBe('Hello\n\ncafé & link\nnext\n\n * one\n * two')
  })
  test('a style sheet of 200 KB before the text does not hide it', async () => {
    const { text, codes } = await textIn(type, Buffer.from(`<style>${'p { }\n'.repeat(33_000)}</style><p>Hello</p>`))
    expect(text).toBe('Hello')
    expect(codes).toEqual([])
  })
  test('a span that never closes hides nothing', async () => {
    expect((await textIn(type, Buffer.from('<p>Hello</p><!-- <p>more</p>'))).text).toMatch(/^Hello/u)
  })
})

describe('the text is bounded', () => {
  test('at 64 Ki characters, never in the middle of one', async () => {
    const { text, codes } = await textIn([], Buffer.from(`a${'😀'.repeat(40_000)}`))
    expect(text).toHaveLength(65_535)
    expect(text.isWellFormed()).toBe(true)
    expect(codes).toEqual(['body-cut'])
  })
  test('a character cut by the bound of octets is no bad charset', async () => {
    const { codes } = await textIn(['Content-Type: text/plain; charset=utf-8'], Buffer.from(`a${'é'.repeat(150_000)}`))
    expect(codes).toEqual(['body-cut'])
  })
})
