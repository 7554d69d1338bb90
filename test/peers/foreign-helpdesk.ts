/**
 * A helpdesk of another make with everything wrong: it answers each mail, also an answer, with a ticket of its own, a fresh
 * Message-ID and no word that a machine wrote it (freescout#2445, freescout#3670).
 */
import { decoded, fieldOf } from './header.ts'
import type { Hop, Letter } from './relay.ts'

export type Answer = {
  readonly subject: string
  readonly text: string
  /** Where it differs from the address of the desk. */
  readonly from?: string
}

export type ForeignHelpdesk = {
  readonly hop: Hop
  /** Mails that it has answered. */
  answered(): number
}

export type Desk = {
  readonly address: string
  /** @param asked subject of the mail to answer, decoded; `text` its octets after the header */
  readonly write: (asked: { subject: string; text: string }, ticket: number) => Answer
  /** Where its answers go. */
  readonly send: Hop
}

export function foreignHelpdesk({ address, write, send }: Desk): ForeignHelpdesk {
  let ticket = 286_600
  let answered = 0
  return {
    answered: () => answered,
    hop: async (letter) => {
      ticket += 7
      answered += 1
      const asked = { subject: decoded(fieldOf(letter.mail, 'subject')), text: bodyOf(letter.mail) }
      const { subject, text, from = address } = write(asked, ticket)
      await send(answerTo(letter, { subject, text, from }, ticket))
      return '250 2.0.0 ok'
    },
  }
}

function answerTo(letter: Letter, { from, subject, text }: Required<Answer>, ticket: number): Letter {
  const to = letter.from === '' ? fieldOf(letter.mail, 'from').replace(/^.*<|>.*$/gu, '') : letter.from
  const mail = [
    `From: Corporate Support <${from}>`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${ticket}.${process.hrtime.bigint()}@them.example>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
  ].join('\n')
  return { from, to: [to], mail }
}

function bodyOf(mail: string): string {
  return mail.replace(/\r\n/gu, '\n').replace(/^.*?\n\n/su, '')
}
