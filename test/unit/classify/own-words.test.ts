import { describe, expect, test } from 'vitest'
import { codesOf, natureOf } from './context.ts'

/** Phrases count in what the sender wrote, never in what they quote or send on. */

const NOTICE = 'This is an automated message, please do not reply to this address.\nClick here to unsubscribe.'
const PHRASES = ['text-automatic', 'text-do-not-answer', 'text-unsubscribe']

describe('the words of another, quoted', () => {
  test('the same words count where they are the sender’s own', () => {
    expect(codesOf(natureOf({ text: `Hello.\n${NOTICE}` }))).toEqual(PHRASES)
  })
  test.each([
    ['behind marks', NOTICE.replace(/^/gmu, '> ')],
    ['behind two marks', NOTICE.replace(/^/gmu, '>> ')],
    ['behind bars', NOTICE.replace(/^/gmu, '| ')],
    ['Gmail', `On Mon, 2 Nov 2026 at 10:00, Acme <news@acme.example> wrote:\n${NOTICE}`],
    ['Gmail in Danish', `Den man. 2. nov. 2026 kl. 10.00 skrev Acme <news@acme.example>:\n${NOTICE}`],
    ['Apple Mail', `Le 2 nov. 2026 à 10:00, Acme a écrit :\n${NOTICE}`],
    ['Greek', `Στις Δευ 2 Νοε 2026, ο χρήστης Acme έγραψε:\n${NOTICE}`],
    ['Chinese', `Acme 于2026年11月2日 写道：\n${NOTICE}`],
    ['Outlook', `-----Original Message-----\nFrom: Acme\n${NOTICE}`],
    ['Outlook in German', `-----Ursprüngliche Nachricht-----\nVon: Acme\n${NOTICE}`],
    ['newer Outlook', `From: Acme <news@acme.example>\nSent: Monday, November 2, 2026 10:00\nTo: Ann\n${NOTICE}`],
    ['newer Outlook in French', `De : Acme\nEnvoyé : lundi 2 novembre 2026\nÀ : Ann\n${NOTICE}`],
    ['forwarded by Gmail', `---------- Forwarded message ---------\nFrom: Acme\n${NOTICE}`],
    ['forwarded by Apple Mail', `Begin forwarded message:\n\n${NOTICE}`],
  ])('%s', (_, quote) => {
    expect(natureOf({ text: `What do you mean by this?\n\n${quote}` })).toEqual({ kind: 'person', signs: [] })
  })
  test.each(['Fwd: Your order', 'FW: Your order', 'WG: Bestellung', 'TR : Commande', 'ΠΡΘ: Παραγγελία', '转发：订单'])(
    'sent on under the subject %s',
    (subject) => {
      expect(codesOf(natureOf({ subject, text: NOTICE }))).toEqual([])
    },
  )
  test('what is written between and below quoted lines is the sender’s', () => {
    expect(codesOf(natureOf({ text: `> Any news?\n\nYes.\n> And?\n${NOTICE}` }))).toEqual(PHRASES)
  })
  test('an answer above does not hide what a program says of itself above the quote', () => {
    const text = `${NOTICE}\n\nOn Mon, 2 Nov 2026, Ann wrote:\n> My printer does not print`
    expect(codesOf(natureOf({ text }))).toEqual(PHRASES)
  })
})

describe('how words are compared', () => {
  test.each([
    'THIS IS AN AUTOMATED MESSAGE',
    'this   is\nan  automated\tmessage',
    'Ceci est un message automatique',
    'Αυτό είναι ΑΥΤΟΜΑΤΟ μήνυμα',
    'Αυτο ειναι αυτοματο μηνυμα',
    'Questo è un messaggio automatico',
    'Questo e un messaggio automatico',
    '此邮件由系统自动发送',
  ])('without regard to case, accents and blanks: %s', (text) => {
    expect(codesOf(natureOf({ text }))).toContain('text-automatic')
  })
  test('at the beginning and at the end of a long text, not in its middle', () => {
    const story = 'My printer and I have a long story. '.repeat(400)
    expect(codesOf(natureOf({ text: `${NOTICE}\n${story}` }))).toEqual(PHRASES)
    expect(codesOf(natureOf({ text: `${story}\n${NOTICE}` }))).toEqual(PHRASES)
    expect(codesOf(natureOf({ text: `${story}\n${NOTICE}\n${story}` }))).toEqual([])
  })
})

test('a hundred thousand lines that almost open a quote cost little', () => {
  const started = performance.now()
  natureOf({ text: 'From: a\n'.repeat(30_000), subject: '['.repeat(900) })
  natureOf({ text: `${'schrieb am '.repeat(10_000)}\n`.repeat(5), subject: 'your order '.repeat(90) })
  natureOf({ text: `-${'-'.repeat(60_000)}`, subject: 'newsletter '.repeat(90) })
  expect(performance.now() - started).toBeLessThan(1_000)
})
