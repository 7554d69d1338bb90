import { describe, expect, test } from 'vitest'
import { codePoints } from '../../../src/decide/cut.ts'
import { customerName, safeSubject } from '../../../src/decide/stranger.ts'

describe('the subject of a stranger', () => {
  test.each([
    ['My printer', 'My printer'],
    ['Re: Re: AW: [#K7M2Q9F] Fwd: My printer', 'My printer'],
    ['SV: Antw: RE[2]: 回复：答复: Πρθ: printer', 'printer'],
    ['Re: Automatic reply: Re: Heating is cold [#K7M2Q9F]', 'Heating is cold'],
    ['Αυτόματη απάντηση: Re: printer', 'printer'],
    ['自動回覆：Re: printer', 'printer'],
    ['Automatic replies do not work', 'Automatic replies do not work'],
    ['[#ACME-K7M2Q9F] [#K7M2Q9F] printer', 'printer'],
    ['Win at http://evil.example/x?y=1 now', 'Win at now'],
    ['Win at HTTPS://evil now', 'Win at now'],
    ['see www.evil now', 'see now'],
    ['see evil.com/pay now', 'see now'],
    ['see evil.co.uk now', 'see now'],
    ['see ｅｖｉｌ．ｃｏｍ now', 'see now'],
    ['see пример.рф now', 'see now'],
    ['see xn--e1afmkfd.xn--p1ai now', 'see now'],
    ['see e\u200Bvil\u00AD.c\u2060om now', 'see now'],
    ['see 192.0.2.1/pay now', 'see now'],
    ['evi[#K7M2Q9F]l.com', 'evi'],
    ['see evil .com now', 'see evil .com now'],
    ['12345678http://evil now', 'now'],
    ['write to mallory@evil.example please', 'write to please'],
    ['<mallory@evil.example> hello', 'hello'],
    ['call +30 210 123 4567 now', 'call now'],
    ['(call 1-800-555-1234) urgent', '(call) urgent'],
    ['call ٠١٢٣٤٥٦٧٨٩ now', 'call now'],
    ['\u202Etxt.exe\u202C order', 'order'],
    ['a\r\nBcc: victim\u0000', 'a Bcc: victim'],
    ['order 4711 of 2026-12-24', 'order 4711 of 2026-12-24'],
    ['version 22.19 and v2.0beta', 'version 22.19 and v2.0beta'],
    ['你好。谢谢', '你好。谢谢'],
    ['看evil。com', ''],
    ['Re: Re:', ''],
    ['!!! ☎ ---', ''],
    ['', ''],
  ])('%j is repeated as %j', (subject, safe) => {
    expect(safeSubject(subject, false)).toBe(safe)
  })
  test('authenticated, it keeps its links and numbers, but nothing invisible, and is still cut', () => {
    expect(safeSubject('Re: [#K7M2Q9F] see a.example, call 210 1234567\u202E', true)).toBe(
      'see a.example, call 210 1234567',
    )
    expect(codePoints(safeSubject('x'.repeat(500), true))).toBe(78)
  })
  test('loses what our own notices put before it, however often, in whatever words', () => {
    const own = ['We have it:', '收到：']
    expect(safeSubject('Re: We have it: Re: WE HAVE IT: 收到：My printer', false, own)).toBe('My printer')
    expect(safeSubject('We have it all', false, own)).toBe('We have it all')
  })
  test('is cut at a word, never inside a character', () => {
    expect(safeSubject('word '.repeat(40), false)).toBe(`${'word '.repeat(15).trim()}…`)
    const cut = safeSubject(`a${'e\u0301\u0323'.repeat(60)}`, false)
    expect(codePoints(cut)).toBeLessThanOrEqual(78)
    expect(cut.normalize('NFD')).toMatch(/^a(?:e\u0323\u0301)+…$/u)
    expect(codePoints(safeSubject(`a${'\u0301'.repeat(900)}`, false))).toBeLessThanOrEqual(78)
  })
})

describe('the name of a stranger', () => {
  test.each([
    'Ann',
    'Anna Papadopoulou',
    'J.R.R. Tolkien',
    'J. Smith',
    "O'Brien",
    'Jean-Luc Picard',
    'Γιάννης',
    '王小明',
    'M.-P. Durand',
    'नरेन्द्र मोदी',
    'Dr. med. Max von Berg',
    'Nguyễn Văn An',
  ])('%s is greeted by name', (name) => {
    expect(customerName(name)).toBe(name)
  })
  test('an apostrophe may be typographic, blanks may be wide', () => {
    expect(customerName(' Conan  O’Brien\u00A0')).toBe("Conan O'Brien")
  })
  test.each([
    'evil.com',
    'x.com',
    'Visit evil.com',
    'a b c d e f',
    'x'.repeat(41),
    'Win €1000',
    'Call 2101234',
    'a@b.example',
    'Müller, Anna',
    'Ann\u202E',
    'Ann\nLee',
    'e\u0301\u0302\u0303\u0304',
    '-',
    '...',
    '',
    '<b>Ann</b>',
    '{{ name }}',
    'http://x',
    'x'.repeat(100_000),
  ])('%j is greeted neutrally', (name) => {
    expect(customerName(name)).toBe('')
  })
})
