/**
 * The closed table of reasons for not writing: a code, one sentence for a person, and where the rule comes from.
 * A decision keeps every reason that applied, not only the first.
 */
export const REASONS = {
  'null-sender': {
    text: 'The envelope sender is empty, so there is nobody who wants an answer.',
    source: 'RFC 3834 2',
  },
  automatic: { text: 'A program wrote this message, not a person.', source: 'RFC 3834 2' },
  list: { text: 'It came through a mailing list; an answer would reach the list.', source: 'RFC 2919, RFC 5230 4.6' },
  bulk: { text: 'It is bulk mail.', source: 'RFC 3834 2' },
  'delivery-status': { text: 'It is a delivery report about another message.', source: 'RFC 3464' },
  'disposition-notification': { text: 'It is a read receipt.', source: 'RFC 8098' },
  'feedback-report': { text: 'It is an abuse report made by a mail provider.', source: 'RFC 5965' },
  calendar: { text: 'It is an invitation or a reply to one, made by a calendar.', source: 'RFC 6047' },
  spam: { text: 'A trusted filter calls it spam.', source: 'DESIGN 4.3' },
  own: { text: 'We sent it ourselves.', source: 'DESIGN 4.2' },
  agent: { text: 'A member of the team wrote it.', source: 'DESIGN 4.2' },
  'too-old': { text: 'It was received longer ago than max_age allows.', source: 'DESIGN 4.4' },
  'follow-up': { text: 'It belongs to a ticket that was acknowledged already.', source: 'DESIGN 4.5' },
  'person-has-answered': { text: 'A person of the team has taken up this ticket.', source: 'DESIGN 4.5' },
  duplicate: { text: 'The same message was received before.', source: 'DESIGN 4.6' },
  'no-sender-address': { text: 'From does not hold exactly one usable address.', source: 'DESIGN 4.10' },
  'recipient-is-ours': { text: 'The answer would go to an address of our own.', source: 'DESIGN 4.2' },
  'recipient-never-answered': { text: 'The address is on the never-answer list.', source: 'RFC 5230 4.6' },
  'suppression-asked': {
    text: 'The sender asked for no automatic replies (X-Auto-Response-Suppress).',
    source: 'MS-OXCMAIL 2.1.3.2.20',
  },
  malformed: { text: 'The message is too malformed to know who wrote it.', source: 'RFC 3834 2' },
  'set-aside': { text: 'The message could not be processed; it is kept, and the team has it.', source: 'DESIGN 3' },
  'no-mailbox': { text: 'None of its recipients is a mailbox that is configured now.', source: 'DESIGN 4.10' },
  'sending-off': { text: 'Sending is switched off (send.mode: off).', source: 'DESIGN 6' },
} as const satisfies Record<string, { text: string; source: string }>

export type ReasonCode = keyof typeof REASONS

/** Why not: a code of the table and what in this message made it apply, if that can be said in a few words. */
export type Reason = { readonly code: ReasonCode; readonly detail?: string }
