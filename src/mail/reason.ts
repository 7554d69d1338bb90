/** What a reason says: one sentence for a person, where the rule comes from, and what would change the outcome. */
type ReasonRow = { readonly text: string; readonly source: string; readonly change: string }

const NOTHING = 'Nothing: such mail is never answered automatically.'
const BY_HAND = '`replyd messages send ID` answers it by hand.'
const SIGN =
  'If a person wrote it: add the sender to always_answer (a web form that names the customer in Reply-To: to forms) or switch the sign off by its code (not for hard signs), or `replyd messages send ID`.'

/**
 * The closed table of reasons for not writing: a code, one sentence for a person, where the rule comes from, and what
 * would change it. A decision keeps every reason that applied, not only the first.
 */
export const REASONS = {
  'null-sender': {
    text: 'The envelope sender is empty, so there is nobody who wants an answer.',
    source: 'RFC 3834 2',
    change: NOTHING,
  },
  automatic: { text: 'A program wrote this message, not a person.', source: 'RFC 3834 2', change: SIGN },
  list: {
    text: 'It came through a mailing list; an answer would reach the list.',
    source: 'RFC 2919, RFC 5230 4.6',
    change: SIGN,
  },
  bulk: { text: 'It is bulk mail.', source: 'RFC 3834 2', change: SIGN },
  'delivery-status': {
    text: 'It is a delivery report about another message.',
    source: 'RFC 3464',
    change: NOTHING,
  },
  'disposition-notification': { text: 'It is a read receipt.', source: 'RFC 8098', change: NOTHING },
  'feedback-report': {
    text: 'It is an abuse report made by a mail provider.',
    source: 'RFC 5965',
    change: NOTHING,
  },
  calendar: { text: 'It is an invitation or a reply to one, made by a calendar.', source: 'RFC 6047', change: SIGN },
  spam: {
    text: 'A trusted filter calls it spam.',
    source: 'DESIGN 4.3',
    change: 'Another verdict of the filter: its own allow-list is the place to put the sender.',
  },
  own: {
    text: 'We sent it ourselves.',
    source: 'DESIGN 4.2',
    change: 'For a web form that writes as us: list it in forms.',
  },
  agent: {
    text: 'A member of the team wrote it.',
    source: 'DESIGN 4.2',
    change: 'Take the address out of agents if it is a customer.',
  },
  'authentication-failed': {
    text: 'The sender is forged, as far as SPF, DKIM and DMARC can tell; an answer would reach somebody who did not write.',
    source: 'DESIGN 4.3, RFC 7489',
    change: `authentication.gate: off, or a correct SPF, DKIM or DMARC record of the sender. ${BY_HAND}`,
  },
  'authentication-missing': {
    text: 'The sender is not proven by DMARC, and the gate asks for proof.',
    source: 'DESIGN 4.3',
    change: `authentication.gate: fail, or a DMARC pass. ${BY_HAND}`,
  },
  'too-old': {
    text: 'It was received longer ago than max_age allows.',
    source: 'DESIGN 4.4',
    change: `A longer max_age. ${BY_HAND}`,
  },
  'follow-up': {
    text: 'It belongs to a ticket that was acknowledged already.',
    source: 'DESIGN 4.5',
    change: BY_HAND,
  },
  'person-has-answered': {
    text: 'A person of the team has taken up this ticket.',
    source: 'DESIGN 4.5',
    change: BY_HAND,
  },
  duplicate: {
    text: 'The same message was received before.',
    source: 'DESIGN 4.6',
    change: 'Nothing: the first copy is the one that is answered.',
  },
  'no-sender-address': {
    text: 'From does not hold exactly one usable address.',
    source: 'DESIGN 4.10',
    change: 'Nothing we can do: there must be one address to write to. For a web form: list it in forms.',
  },
  'recipient-is-ours': {
    text: 'The answer would go to an address of our own.',
    source: 'DESIGN 4.2',
    change: 'For a web form that writes as us: list it in forms.',
  },
  'recipient-never-answered': {
    text: 'The address is on the never-answer list.',
    source: 'RFC 5230 4.6',
    change: '`replyd never remove PATTERN`, or take it out of never_answer.',
  },
  'suppression-asked': {
    text: 'The sender asked for no automatic replies (X-Auto-Response-Suppress).',
    source: 'MS-OXCMAIL 2.1.3.2.20',
    change: BY_HAND,
  },
  muted: {
    text: 'Nothing automatic is written to this correspondent for a while, because a loop or storm was seen.',
    source: 'DESIGN 4',
    change: '`replyd mute lift ADDRESS`.',
  },
  'repeats-itself': {
    text: 'The same correspondent sent this text, or one that differs only in its numbers, before and had notices for it.',
    source: 'RFC 3834 2; freescout#3670',
    change: `Time: mails of the last 24 hours count. ${BY_HAND}`,
  },
  'subject-drifts': {
    text: 'The subject grows out of earlier ones of the same correspondent, as in a loop of two machines.',
    source: 'freescout#3670',
    change: `Time: mails of the last 24 hours count. ${BY_HAND}`,
  },
  'too-many-at-once': {
    text: 'The same correspondent had several notices within minutes, as no person needs them.',
    source: 'Zammad 10 in 10 minutes, EspoCRM 5 for one recipient',
    change: `Time: notices of the last ten minutes count. ${BY_HAND}`,
  },
  'limit-correspondent': {
    text: 'This correspondent had as many notices as limits.per_correspondent allows.',
    source: 'DESIGN 4.8',
    change: `Time, a higher limit, or a line in limits.overrides. ${BY_HAND}`,
  },
  'limit-domain': {
    text: 'The domain of the correspondent had as many notices as limits.per_domain allows.',
    source: 'DESIGN 4.8',
    change: `Time, a higher limit, or a line in limits.overrides. ${BY_HAND}`,
  },
  'limit-mailbox': {
    text: 'The mailbox sent as many notices as limits.per_mailbox allows.',
    source: 'DESIGN 4.8',
    change: `Time or a higher limit. ${BY_HAND}`,
  },
  'limit-global': {
    text: 'As many notices were sent as limits.global allows; the breaker has tripped.',
    source: 'DESIGN 4.8, RFC 5436 5',
    change: '`replyd queue arm`, or the cool-down.',
  },
  'breaker-open': {
    text: 'The global breaker is open: no notices go out until a person arms it again or it has cooled down.',
    source: 'DESIGN 4.8, RFC 5436 5',
    change: '`replyd queue arm`, or the cool-down.',
  },
  'answered-before': {
    text: 'A notice for this message was sent already, or is on its way.',
    source: 'RFC 5230 4.7',
    change: 'Nothing: one message is answered once.',
  },
  malformed: {
    text: 'The message is too malformed to know who wrote it.',
    source: 'RFC 3834 2',
    change: `${BY_HAND} That needs a sender which can be read.`,
  },
  'set-aside': {
    text: 'The message could not be processed; it is kept, and the team has it.',
    source: 'DESIGN 3',
    change: 'Nothing automatic: the team has it.',
  },
  'no-mailbox': {
    text: 'None of its recipients is a mailbox that is configured now.',
    source: 'DESIGN 4.10',
    change: 'Configure the mailbox or an alias for it.',
  },
  'sending-off': {
    text: 'Sending is switched off (send.mode: off).',
    source: 'DESIGN 6',
    change: 'send.mode: live.',
  },
} as const satisfies Record<string, ReasonRow>

export type ReasonCode = keyof typeof REASONS

/** Why not: a code of the table and what in this message made it apply, if that can be said in a few words. */
export type Reason = { readonly code: ReasonCode; readonly detail?: string }
