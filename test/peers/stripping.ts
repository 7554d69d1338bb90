/** What the worst relay does to a notice: nothing is left by which a machine could be told from a person. */
import { authorOf, closed, decoded, encoded, opened } from './header.ts'
import type { Letter } from './relay.ts'

/** All that any mail program writes; whatever else a mail carries is gone behind this relay, also what is not thought of yet. */
const PLAIN = ['from', 'to', 'subject', 'date', 'mime-version', 'content-type', 'content-transfer-encoding']

export type Stripping = {
  /** kept: as the sender wrote it. rewritten: a new one, as Amazon SES gives. */
  readonly messageId: 'kept' | 'rewritten'
  /** What becomes of the subject, as text. */
  readonly subject: (text: string, serial: number) => string
}

/** Also the envelope: a null reverse-path becomes the author's address, so that an answer seems to be wanted. */
export function stripping({ messageId, subject }: Stripping): (letter: Letter, serial: number) => Letter {
  return ({ from, to, mail }, serial) => {
    const { fields, body } = opened(mail)
    const kept = fields
      .filter(({ name }) => PLAIN.includes(name.toLowerCase()) || (messageId === 'kept' && /^message-id$/iu.test(name)))
      .map((field) =>
        field.name.toLowerCase() === 'subject'
          ? { ...field, value: encoded(subject(decoded(field.value), serial)) }
          : field,
      )
    const id = { name: 'Message-ID', value: `<${serial}.${process.hrtime.bigint()}@relay.example>` }
    return {
      from: from === '' ? authorOf(mail) : from,
      to,
      mail: closed(messageId === 'kept' ? kept : [...kept, id], body),
    }
  }
}

/** Every tag in brackets, ours and anybody else's. */
export function untagged(subject: string): string {
  return subject
    .replace(/\[[^\][]*\]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
}
