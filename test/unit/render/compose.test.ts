import * as fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import type { Address } from '../../../src/mail/address.ts'
import { composeLetter } from '../../../src/render/compose.ts'
import { type Letter, renderNotice } from '../../../src/render/render.ts'
import { order, shipped } from './orders.ts'

const { set } = await shipped()

async function composed(letter: Letter): Promise<string> {
  return Buffer.from(await composeLetter(letter)).toString('latin1')
}

const headOf = (octets: string): string => octets.slice(0, octets.indexOf('\r\n\r\n'))

function letterIn(locale: string, over: Parameters<typeof order>[0] = {}): Letter {
  return renderNotice(set, order({ ...over, notice: { locale, ...over.notice } }))
}

describe('octets', () => {
  test('the same letter gives the same octets for ever', async () => {
    const first = await composed(letterIn('el'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(await composed(letterIn('el'))).toBe(first)
  })
  test.each(['en', 'el', 'zh-Hant'])('%s: ASCII, CRLF alone, no line over 78', async (locale) => {
    const subject = { en: 'Plain', el: 'Ερώτηση για το τιμολόγιο', 'zh-Hant': '關於十月份發票的問題' }[locale] ?? ''
    const octets = await composed(letterIn(locale, { notice: { subject: subject.repeat(6) } }))
    expect(octets).toMatch(/^[\r\n\t\x20-\x7e]*$/u)
    expect(octets.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/u)
    expect(Math.max(...octets.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78)
  })
  test.each(['en', 'el', 'zh-Hant'])('%s: a mail program reads back what was written', async (locale) => {
    const letter = letterIn(locale, { notice: { customerName: 'Ελένη 王', subject: 'Ünïcödé 問題 <x> & "y"' } })
    const mail = await simpleParser(Buffer.from(await composeLetter(letter)))
    expect(mail.subject).toBe(letter.subject)
    expect(mail.text?.trimEnd()).toBe(letter.text.trimEnd())
    expect(String(mail.html).replaceAll('\r\n', '\n').trimEnd()).toBe(letter.html?.trimEnd())
    expect(mail.from?.value).toEqual([{ name: 'Acme Support', address: 'support@acme.example' }])
    expect(mail.messageId).toBe('<r.k7m2q9f.01@acme.example>')
    expect(mail.inReplyTo).toBe('<question@client.example>')
    expect(mail.references).toEqual(['<earlier@client.example>', '<question@client.example>'])
    expect(mail.date).toEqual(new Date('2026-11-23T08:00:05Z'))
    for (const name of ['auto-submitted', 'x-auto-response-suppress', 'x-replyd-loop', 'content-language']) {
      const wanted = letter.headers.find(([one]) => one.toLowerCase() === name)?.[1]
      expect(mail.headers.get(name)).toBe(wanted)
    }
  })
  test('text and HTML are alternatives, text first; text alone is one part', async () => {
    const both = await composed(letterIn('en'))
    expect(headOf(both)).toContain('Content-Type: multipart/alternative')
    expect(both.indexOf('text/plain; charset=utf-8')).toBeGreaterThan(0)
    expect(both.indexOf('text/html; charset=utf-8')).toBeGreaterThan(both.indexOf('text/plain; charset=utf-8'))
    const alone = await composed(letterIn('en', { textOnly: true }))
    expect(headOf(alone)).toContain('Content-Type: text/plain; charset=utf-8')
    expect(alone).not.toContain('multipart')
  })
  test('text has CRLF inside base64 as well', async () => {
    const octets = await composed(
      letterIn('zh-Hant', { textOnly: true, resources: [], notice: { customerName: '王小明', subject: '問題' } }),
    )
    expect(headOf(octets)).toContain('Content-Transfer-Encoding: base64')
    const text = Buffer.from(octets.slice(headOf(octets).length), 'base64').toString('utf8')
    expect(text).toContain('\r\n')
    expect(text.replaceAll('\r\n', '')).not.toContain('\n')
  })
  test('nothing names the program that wrote it', async () => {
    expect(headOf(await composed(letterIn('en')))).not.toMatch(/nodemailer|x-mailer|user-agent/iu)
  })
})

describe('header fields on the wire', () => {
  test('T24, T49: encoded-words of at most 76 characters, and none for an ASCII subject', async () => {
    const ascii = headOf(await composed(letterIn('en', { notice: { subject: 'Nothing but ASCII, '.repeat(8) } })))
    expect(ascii).not.toContain('=?')
    const greek = headOf(await composed(letterIn('el', { notice: { subject: 'Τιμολόγιο '.repeat(15) } })))
    const words = greek.match(/=\?[^?\s]+\?[QB]\?[^?]*\?=/giu) ?? []
    expect(words.length).toBeGreaterThan(3)
    expect(Math.max(...words.map((word) => word.length))).toBeLessThanOrEqual(75)
  })
  test('each field stands once', async () => {
    const names = headOf(await composed(letterIn('en', { replyTo: 'a+b@acme.example' as Address })))
      .split('\r\n')
      .flatMap((line) => /^([\w-]+):/u.exec(line)?.[1]?.toLowerCase() ?? [])
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining(['from', 'to', 'reply-to', 'subject', 'date', 'mime-version']))
  })
  test.each([
    ['μαρία@παράδειγμα.example', 'μαρία@παράδειγμα.example'],
    ['maria@παράδειγμα.example', 'maria@xn--hxajbheg2az3al.example'],
  ])('%s is written as %s: in DNS form where that makes it plain ASCII', async (to, written) => {
    const octets = Buffer.from(await composeLetter(letterIn('en', { notice: { to: to as Address } })))
    expect(octets.toString('utf8')).toContain(`\r\nTo: ${written}\r\n`)
  })
  test('whatever a sender or a configuration says, there is one header block with our fields alone', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: fc.constantFrom(...Array.from('\r\n:;,<>@=?"\\ aZ\u0000\u0085\u2028')), maxLength: 80 }),
    )
    const wanted = Object.keys(await headersOf(letterIn('en'))).sort()
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (one, two) => {
        const notice = { subject: one, customerName: two }
        const letter = letterIn('en', { notice, mailboxName: two, instance: `i${one}`, organization: one })
        expect(Object.keys(await headersOf(letter)).sort()).toEqual(wanted)
      }),
      { numRuns: 100 },
    )
  })
})

/** Fields of the header block by name in lower case, read line by line. */
async function headersOf(letter: Letter): Promise<Record<string, string>> {
  const unfolded = headOf(await composed(letter)).replace(/\r\n[ \t]/gu, ' ')
  return Object.fromEntries(unfolded.split('\r\n').map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line]))
}
