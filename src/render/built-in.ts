import type { Scope } from './liquid.ts'

/** The letter of last resort: plain, short, true whatever happened, and made without template or library. */
export type BuiltIn = { readonly subject: string; readonly text: string; readonly locale: 'en' }

/** @param scope as `scopeOf` makes it; anything absent is left out of the text */
export function builtInNotice(scope: Scope): BuiltIn {
  const text = (...path: readonly string[]): string => {
    let value: unknown = scope
    for (const name of path) value = (value as Readonly<Record<string, unknown>> | undefined)?.[name]
    return typeof value === 'string' ? value : ''
  }
  const mailbox = text('mailbox', 'name')
  const tag = text('ticket', 'tag')
  const subject = text('subject')
  const expected = text('expected_reply')
  const lines = [
    text('customer', 'name') === '' ? 'Hello,' : `Hello ${text('customer', 'name')},`,
    '',
    `thank you for writing to ${mailbox}. Your message has arrived and a person will answer it${expected === '' ? '' : ` by ${expected}`}.`,
    ...(tag === '' ? [] : ['', `Your ticket is ${tag}.`]),
    '',
    'If you want to add something, just reply to this mail.',
    '',
    mailbox,
  ]
  return {
    subject: subject === '' ? `Automatic reply: your message to ${mailbox}` : `Automatic reply: Re: ${subject}`,
    text: lines.join('\n'),
    locale: 'en',
  }
}
