/** An SMTP reply that says no: code (RFC 5321 4.2), enhanced status code (RFC 3463) and what the sender's postmaster reads. */
export type Refusal = {
  readonly code: number
  readonly status: string
  readonly text: string
}

/** What `smtp-server` wants for a refusal: an Error with the code in `responseCode`. Session.send takes the status off the text. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError'
  readonly responseCode: number

  constructor(refusal: Refusal) {
    super(`${refusal.status} ${refusal.text}`)
    this.responseCode = refusal.code
  }
}

/** Every refusal whose text does not depend on the message. None names anything of the house beyond what the client asked. */
export const REFUSALS = {
  unknownRecipient: { code: 550, status: '5.1.1', text: 'There is no such mailbox here' },
  foreignRecipient: { code: 550, status: '5.7.1', text: 'We do not relay; this domain is not ours' },
  badRecipient: { code: 553, status: '5.1.3', text: 'The recipient is not an address of the form local@domain' },
  badSender: {
    code: 553,
    status: '5.1.7',
    text: 'The sender is not an address of the form local@domain (no quotes, no IP literal); <> is accepted',
  },
  needsUtf8: {
    code: 553,
    status: '5.6.7',
    text: 'A non-ASCII address needs the SMTPUTF8 parameter of MAIL FROM (RFC 6531)',
  },
  tooManyRefused: {
    code: 421,
    status: '4.7.0',
    text: 'Too many recipients of this session do not exist; closing it',
  },
  tooManyMessages: { code: 421, status: '4.7.0', text: 'Enough messages for one session; please connect again' },
  tooManyCommands: { code: 421, status: '4.7.0', text: 'Too many commands without a message; closing this session' },
  tooManySessions: { code: 421, status: '4.3.2', text: 'Too many sessions at the moment; please try again later' },
  tooManyFromYou: { code: 421, status: '4.7.0', text: 'Too many sessions from your address; please try again later' },
  stopping: { code: 421, status: '4.3.2', text: 'The service is stopping; please try again in a minute' },
  diskFull: { code: 452, status: '4.3.1', text: 'There is no room to store the message now; please try again later' },
  troubled: { code: 451, status: '4.3.0', text: 'The message cannot be stored now; please try again later' },
} as const satisfies Record<string, Refusal>
