/** What the people of the corpus get: their words read right, their language, their name, one recipient. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Explained } from '../../src/cli/judge.ts'
import { judgedNatures } from './judged.ts'

let judged: ReadonlyMap<string, Explained>
beforeAll(async () => {
  judged = await judgedNatures()
})

function verdict(mail: string): Explained {
  const found = judged.get(`person/${mail}.eml`)
  if (found === undefined) throw new Error(`${mail} was not judged`)
  return found
}

function noticeFor(mail: string): NonNullable<Explained['notice']> {
  const { notice } = verdict(mail)
  if (notice === null) throw new Error(`${mail} got no notice`)
  return notice
}

describe('a subject is read as it was written', () => {
  test.each([
    ['language-arabic-windows-1256', 'طلب مساعدة'],
    ['language-bulgarian', 'Въпрос за гаранцията'],
    ['language-chinese-big5', '退貨問題'],
    ['language-chinese-gb18030', '请问订单'],
    ['language-french-answering-an-automatic-reply', 'RE: Réponse automatique : Commande 12'],
    ['language-greek-windows-1253', 'Αυτόματη πόρτα γκαράζ'],
    ['language-hebrew', 'שאלה על המשלוח'],
    ['language-japanese-iso-2022-jp', '納期について'],
    ['language-korean-euc-kr', '환불 문의'],
    ['language-russian-koi8-r', 'Не приходит счет'],
    ['language-thai', 'สอบถามสินค้า'],
    ['language-turkish', 'Sipariş sorusu'],
    ['language-vietnamese', 'Hỏi về bảo hành'],
    ['raw-8bit-headers-utf-8', 'Problème à la caisse'],
  ])('%s: %s', (mail, subject) => {
    expect(verdict(mail).message.subject).toBe(subject)
  })
})

describe('the notice is in a language the reader has', () => {
  test.each([
    ['language-greek-windows-1253', 'el', 'Γιάννης Κόκκινος'],
    ['answers-below-our-notice-gmail-greek', 'el', 'Ελευθερία Παππά'],
    ['language-chinese-big5', 'zh-Hant', '陳小姐'],
    ['language-japanese-iso-2022-jp', 'en', '鈴木'],
    ['language-russian-koi8-r', 'en', 'Сергей'],
    ['outlook-with-signature-and-legal-footer', 'en', 'Henrik Jensen'],
  ])('%s: %s, to %s by name', (mail, locale, name) => {
    expect(verdict(mail).decision.locale).toBe(locale)
    expect(noticeFor(mail).text).toContain(name)
  })
})

describe('the greeting', () => {
  test.each([
    ['contact-form-with-reply-to', 'Acme Website'],
    ['contact-form-of-a-form-service', 'Form Service'],
  ])('%s: nobody is called by the name of a form', (mail, form) => {
    expect(noticeFor(mail).text).not.toContain(form)
  })

  test('letters that cannot be read are not left out of a name or a subject', () => {
    const { text, subject } = noticeFor('raw-8bit-headers-latin1')
    expect(`${subject}\n${text}`).not.toMatch(/Jrg|Grn|Rckfrage|Gebhr/u)
  })

  test.each(['no-subject-field-no-text-one-photo', 'bouncer-address'])('%s has one', (mail) => {
    expect(noticeFor(mail).text).toMatch(/^Hello\b/u)
  })
})

describe('what a notice never does', () => {
  test('it names nobody but the one it goes to', () => {
    const recipients = [...judged.values()].flatMap(({ notice }) => (notice === null ? [] : [notice.to]))
    expect(recipients.length).toBeGreaterThan(100)
    expect(recipients.filter((to) => /[\s,;<>]/u.test(to))).toEqual([])
  })

  test('it repeats nothing of the text', () => {
    expect(noticeFor('short-from-a-phone').text).not.toContain('it broke again')
    expect(noticeFor('customer-pastes-bounce-text').text).not.toContain('orders@acme.example')
  })

  test('our own prefix is not put before our own prefix', () => {
    expect(noticeFor('answers-our-automatic-reply-outlook').subject.match(/Automatic reply:/gu)).toHaveLength(1)
  })
})
