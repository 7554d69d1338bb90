/** What a notice is made of, octet for octet (RFC 3834 3, RFC 5230 4.3 and 5). */
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { NOTICES } from '../../src/mail/notice.ts'
import { VARIABLES } from '../../src/render/variables.ts'
import { house } from './house.ts'
import { AWAY, answered, HOLIDAY, judged, RECEIVED, type Written } from './judge.ts'
import { BODY, mail } from './mail.ts'

const { plain, plus } = await house()

const encoded = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
const GREEK = 'Ερώτηση για το τιμολόγιο Οκτωβρίου, που δεν έφτασε ποτέ'

async function read({ octets }: Written) {
  return simpleParser(Buffer.from(octets, 'latin1'))
}

/** The raw Subject field, unfolded. */
const subjectOf = (notice: Written): string => notice.field('Subject')[0] ?? ''

describe('From', () => {
  test.each([
    ['support@acme.example', 'Acme Support'],
    ['help@acme.example', 'Acme Support'],
    ['sales@acme.example', 'Acme Sales'],
  ])(
    'T16 %s answers under its own address and the name of its service, and a person reads the reply',
    async (to, name) => {
      const letter = mail({ To: to })
      expect((await answered(plain, letter, { rcptTo: to })).field('From')).toEqual([`${name} <${to}>`])
      const { notice } = await judged(plain, letter, { rcptTo: to })
      if (notice === undefined) throw new Error('there is no notice')
      expect(plain.recipient(notice.from)).toBe('ours')
      expect(plain.mailbox(notice.mailbox)?.handOn).toBeDefined()
    },
  )
  test('T17 we deviate: nobody has a response of his own; an agent who is away is told of by the mailbox', async () => {
    const notice = await answered(plain, mail(), { occasion: AWAY })
    expect(notice.field('From')).toEqual(['Acme Support <support@acme.example>'])
    expect(plain.recipient(plain.config.agents[0]?.address ?? notice.letter.to)).toBe('unknown')
  })
  test('T18 no notice is from postmaster unless the file makes it a name of a mailbox and the customer wrote to it', async () => {
    for (const to of ['support@acme.example', 'help@acme.example', 'sales@acme.example']) {
      const notice = await answered(plain, mail({ To: to, Cc: 'postmaster@acme.example' }), {
        rcptTo: to,
        occasion: HOLIDAY,
      })
      expect(notice.field('From')[0]).toContain(`<${to}>`)
    }
  })
  test('T18 we deviate: who wrote to postmaster is answered from the address that he knows', async () => {
    const to = 'postmaster@acme.example'
    const notice = await answered(plain, mail({ To: to }), { rcptTo: to })
    expect(notice.field('From')).toEqual(['Acme Support <postmaster@acme.example>'])
  })
})

describe('Reply-To', () => {
  test('T19 is left out where the reply belongs to From, which is a mailbox of ours', async () => {
    expect((await answered(plain, mail())).field('Reply-To')).toEqual([])
  })
  test('T19 names the address of the ticket where there is one, and no machine gets an answer there', async () => {
    const notice = await answered(plus, mail())
    const [replyTo = ''] = notice.field('Reply-To')
    expect(replyTo).toMatch(/^support\+[a-z0-9.-]+@acme\.example$/u)
    const { letter } = notice
    for (const fields of [
      { 'Auto-Submitted': 'auto-replied' },
      { Precedence: 'bulk' },
      { From: 'MAILER-DAEMON@customer.example' },
    ]) {
      const back = mail({ To: replyTo, Subject: letter.subject, 'In-Reply-To': '<other@customer.example>', ...fields })
      expect((await judged(plus, back, { rcptTo: replyTo })).why).not.toEqual([])
    }
    const itself = Uint8Array.from(Buffer.from(notice.octets, 'latin1'))
    expect((await judged(plus, itself, { rcptTo: replyTo, mailFrom: 'bounces@acme.example' })).why).toContain('own')
  })
})

describe('Date', () => {
  test('T21 is when the notice is made, not when the mail came or says it was written', async () => {
    const now = (RECEIVED + 95_000) as typeof RECEIVED
    const notice = await answered(plain, mail({ Date: 'Thu, 1 Jan 1998 00:00:00 +0000' }), { order: { now } })
    expect(notice.field('Date')).toEqual(['Mon, 23 Nov 2026 10:01:35 +0000'])
  })
})

describe('Subject', () => {
  test.each([
    ['en', 'Automatic reply: Re: '],
    ['el', /^Αυτόματη απάντηση: /u],
    ['zh-Hant', /^自動/u],
  ])('T22 says in %s that it is automatic, and then what was asked', async (locale, prefix) => {
    const { subject } = (await answered(plain, mail({ Subject: 'The invoice' }), { findings: { language: locale } }))
      .letter
    expect(subject).toMatch(typeof prefix === 'string' ? new RegExp(`^${prefix}The invoice`, 'u') : prefix)
    expect(subject).toContain('The invoice')
  })
  test('T22 we deviate: the word is one that people read, not Auto:, and a single blank follows it', async () => {
    const { subject } = (await answered(plain, mail({ Subject: '  The   invoice ' }))).letter
    expect(subject).toMatch(/^Automatic reply: Re: The invoice \[#[0-9A-Z]{7}\]$/u)
    expect(subject).not.toMatch(/^auto:/iu)
  })
  test('T22 is cut where it would grow too long', async () => {
    const notice = await answered(plain, mail({ Subject: 'word '.repeat(300) }))
    expect(notice.letter.subject.length).toBeLessThan(130)
  })
  test.each([undefined, '', '   ', 'Re:', '[#1234568]'])(
    'T50 without an original subject (%j) is a fixed one',
    async (subject) => {
      for (const occasion of [undefined, HOLIDAY]) {
        const notice = await answered(plain, mail({ Subject: subject }), occasion === undefined ? {} : { occasion })
        expect(notice.letter.subject).toMatch(/^Automatic reply: your message to Acme Support \[#[0-9A-Z]{7}\]$/u)
      }
    },
  )
  test.each([
    'The invoice',
    'A "quoted" word, (brackets) <and> the rest: 50 % = half; ok?',
    'x'.repeat(60),
    'word '.repeat(15),
    'looks like =?UTF-8?Q?one?to a reader',
  ])('T49 of ASCII alone holds no encoded-word: %j', async (subject) => {
    const raw = subjectOf(await answered(plain, mail({ Subject: subject })))
    expect(raw).not.toContain('=?')
    expect(raw).toMatch(/^Automatic reply: Re: [\x20-\x7e]+$/u)
  })
  test.each([GREEK, '關於十月份發票的問題', 'Où est ma facture ?'])(
    'T49 of other letters is written in encoded-words: %s',
    async (subject) => {
      const notice = await answered(plain, mail({ Subject: encoded(subject) }))
      expect(subjectOf(notice)).toMatch(/^(?:=\?UTF-8\?[BQ]\?[\x21-\x7e]+\?= ?)+$/u)
      expect((await read(notice)).subject).toBe(notice.letter.subject)
      expect(notice.letter.subject).toContain(subject.slice(0, 10))
    },
  )
})

describe('encoded-words', () => {
  const ASCII = fc.string({ unit: fc.constantFrom(...Array.from('abc "<>=?_()[]@,;:')), minLength: 1, maxLength: 120 })
  const TEXT = fc.string({
    unit: fc.constantFrom(...Array.from('abc "<>=?_ äßπЖ漢字👍🏽👩‍👩‍👧é')),
    minLength: 1,
    maxLength: 120,
  })

  test('T49 stand in the subject if and only if it holds more than ASCII', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(ASCII, TEXT), async (subject) => {
        const notice = await answered(plain, mail({ Subject: encoded(subject) }))
        expect(subjectOf(notice).includes('=?')).toBe(/[^\x20-\x7e]/u.test(notice.letter.subject))
        expect((await read(notice)).subject).toBe(notice.letter.subject)
      }),
      { numRuns: 60 },
    )
  })

  test('T24 no line with one is over 76 characters, and each is whole in itself', async () => {
    await fc.assert(
      fc.asyncProperty(TEXT, TEXT, async (subject, name) => {
        const notice = await answered(plain, mail({ Subject: encoded(subject) }), { order: { mailboxName: name } })
        for (const line of notice.head.split('\r\n')) {
          if (line.includes('=?')) expect(line.length).toBeLessThanOrEqual(76)
          for (const [word, , text = ''] of line.matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gu)) {
            expect(word.length).toBeLessThanOrEqual(75)
            const octets = word.startsWith('=?UTF-8?B?')
              ? Buffer.from(text, 'base64')
              : Buffer.from(
                  text
                    .replaceAll('_', ' ')
                    .replace(/=([0-9A-F]{2})/gu, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
                  'latin1',
                )
            expect(octets.toString('utf8')).not.toContain('\uFFFD')
          }
        }
        expect((await read(notice)).subject).toBe(notice.letter.subject)
      }),
      { numRuns: 60 },
    )
  })
  test('T24 a subject that arrives cut within an encoded-word is repeated without the stump', async () => {
    const whole = encoded(GREEK)
    const notice = await answered(plain, mail({ Subject: whole.slice(0, -8) }))
    expect(notice.head).not.toMatch(/=\?UTF-8\?[BQ]\?(?![^?]*\?=)/u)
    expect((await read(notice)).subject).toBe(notice.letter.subject)
  })
})

describe('the thread', () => {
  test('T25 T51 In-Reply-To is its Message-ID, References are its References and that', async () => {
    const notice = await answered(
      plain,
      mail({ References: '<a@x.example>\r\n <b@x.example>', 'In-Reply-To': '<b@x.example>' }),
    )
    expect(notice.field('In-Reply-To')).toEqual(['<first@customer.example>'])
    expect(notice.field('References')).toEqual(['<a@x.example> <b@x.example> <first@customer.example>'])
  })
  test.each([undefined, '', 'none', '<two words@x.example>'])(
    'T25 T51 without a usable Message-ID (%j) there is neither',
    async (id) => {
      const notice = await answered(plain, mail({ 'Message-ID': id }))
      expect(notice.field('In-Reply-To')).toEqual([])
      expect(notice.field('References')).toEqual([])
      expect(notice.field('Message-ID')).toHaveLength(1)
    },
  )
  test('T25 of many References the first and the last stay', async () => {
    const ids = Array.from({ length: 300 }, (_, at) => `<${at}@x.example>`)
    const notice = await answered(plain, mail({ References: ids.join('\r\n ') }))
    const references = notice.field('References')[0]?.split(' ') ?? []
    expect(references[0]).toBe('<0@x.example>')
    expect(references.slice(-2)).toEqual(['<299@x.example>', '<first@customer.example>'])
    expect(references.length).toBeLessThan(30)
  })
})

describe('Auto-Submitted', () => {
  test.each(NOTICES)('T26 T27 %s, which answers a mail, says auto-replied, once', async (kind) => {
    for (const settings of [plain, plus]) {
      const { notice } = await judged(settings, mail())
      if (notice === undefined) throw new Error('there is no notice')
      const letter = await answered(settings, mail(), { order: { notice: { ...notice, kind } } })
      expect(letter.field('Auto-Submitted')).toEqual(['auto-replied'])
    }
  })
})

describe('the body', () => {
  const ATTACHED = [
    '--cut',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'MARKER-TEXT: my account number is 4711.',
    '--cut',
    'Content-Type: image/png; name="MARKER-FILE.png"',
    'Content-Disposition: attachment; filename="MARKER-FILE.png"',
    'Content-Transfer-Encoding: base64',
    '',
    'TUFSS0VSLU9DVEVUUw==',
    '--cut--',
    '',
  ].join('\r\n')

  test('T30 repeats nothing of the text and no attachment of the mail that is answered', async () => {
    const letter = mail({ 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary=cut' }, ATTACHED)
    for (const occasion of [undefined, HOLIDAY]) {
      const notice = await answered(plain, letter, occasion === undefined ? {} : { occasion })
      const { text = '', html, attachments } = await read(notice)
      expect(`${notice.octets}${text}${String(html)}`).not.toMatch(/MARKER|4711|TUFSS0VS/u)
      expect(attachments).toEqual([])
      const types = [...notice.octets.matchAll(/^Content-Type: ([a-z]+\/[a-z]+)/gmu)].map((one) => one[1])
      expect(types.filter((type) => type !== 'multipart/alternative' && type !== 'text/html')).toEqual(['text/plain'])
    }
  })
  test('T31 repeats subject and name as they read, whatever charset they came in', async () => {
    const subject = '=?iso-8859-7?Q?=C7_=E5=F1=FE=F4=E7=F3=E7?='
    const from = '=?windows-1252?Q?Ren=E9e_M=FCller?= <renee@customer.example>'
    const notice = await answered(plain, mail({ Subject: subject, From: from }), { mailFrom: 'renee@customer.example' })
    expect(notice.octets).toMatch(/^[\r\n\t\x20-\x7e]*$/u)
    const { text = '', html, subject: read2 } = await read(notice)
    for (const part of [text, String(html)]) {
      expect(part).toContain('Η ερώτηση')
      expect(part).toContain('Renée Müller')
      expect(part).not.toMatch(/=\?|\uFFFD/u)
    }
    expect(read2).toContain('Η ερώτηση')
  })
  test('T29 of an absence notice is brief, and its first part is plain text', async () => {
    for (const occasion of [HOLIDAY, AWAY]) {
      const notice = await answered(plain, mail(), { occasion })
      expect(notice.letter.text.length).toBeLessThan(2_000)
      const types = [...notice.octets.matchAll(/^Content-Type: (text\/[a-z]+)/gmu)].map((one) => one[1])
      expect(types[0]).toBe('text/plain')
      expect(new Set(types).size).toBe(types.length)
    }
  })
  test('T13 T29 we deviate: a notice has an HTML part beside the text, in one language', async () => {
    const notice = await answered(plain, mail())
    expect(notice.field('Content-Type')[0]).toMatch(/^multipart\/alternative;/u)
    expect(notice.field('Content-Language')).toEqual(['en'])
    expect(notice.octets.length).toBeLessThan(102 * 1024)
  })
  test('T13 the text part alone is a few kilobytes at most, however long the subject and name', async () => {
    const fields = { Subject: encoded('問'.repeat(400)), From: `${encoded('王'.repeat(40))} <ann@customer.example>` }
    const notice = await answered(plain, mail(fields, BODY.repeat(1_000)), { order: { textOnly: true } })
    expect(notice.letter.html).toBeNull()
    expect(notice.field('Content-Type')).toEqual(['text/plain; charset=utf-8'])
    expect(notice.octets.length).toBeLessThan(3 * 1024)
  })
})

describe('T38 who is away', () => {
  test('T38 no placeholder tells of an agent, so no text can name one without being written so', () => {
    expect(VARIABLES.map((one) => one.name).filter((name) => /agent|away|return|substitute|phone/u.test(name))).toEqual(
      [],
    )
  })
  test('T38 a notice that an agent is away names neither agent nor absence', async () => {
    const notice = await answered(plain, mail(), { occasion: AWAY })
    expect(`${notice.octets}${notice.letter.text}`.toLowerCase()).not.toContain('eleni')
  })
  test('T38 whoever writes templates is told that anybody on the Internet may read them', () => {
    const readme = readFileSync(new URL('../../templates/README.md', import.meta.url), 'utf8')
    expect(readme.replace(/\s+/gu, ' ')).toMatch(/anybody on the Internet/u)
  })
})
