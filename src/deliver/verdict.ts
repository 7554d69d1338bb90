import type { Outcome } from '../mail/queue.ts'

/** Longest detail of an outcome, in characters; the hop's text is repeated to the operator, not archived. */
const MAX_DETAIL = 400
/** How much of a reply is searched for the phrases below, in characters. */
const MAX_SEARCHED = 2_000

/**
 * Refusals that speak of us, not of the message: every message would get them until somebody mends the set-up, so none is
 * thrown away for them.
 */
const REFUSED_STANDING: {
  readonly codes: readonly number[]
  readonly enhanced: readonly string[]
  readonly phrases: readonly string[]
} = {
  codes: [
    500, // command not recognised: what answers there is hardly a mail server
    502, // command not implemented
    503, // bad sequence of commands: the session went wrong (RFC 5321 4.2.4)
    521, // host does not accept mail (RFC 7504)
    530, // authentication required (RFC 4954 6), or STARTTLS first (RFC 3207 4)
    534, // authentication mechanism is too weak (RFC 4954 6)
    535, // authentication credentials invalid (RFC 4954 6)
    538, // encryption required for requested authentication mechanism (RFC 4954)
  ],
  enhanced: [
    '5.3.2', // system not accepting network messages (RFC 3463)
    '5.7.3', // Exchange: authentication unsuccessful
    '5.7.8', // authentication credentials invalid (RFC 4954 6)
    '5.7.9', // authentication mechanism is too weak (RFC 4954 6)
    '5.7.10', // encryption needed (RFC 5248 registry)
    '5.7.11', // encryption required for requested authentication mechanism (RFC 4954 6)
    '5.7.13', // user account disabled (RFC 5248 2.4)
    '5.7.14', // trust relationship required (RFC 5248 2.4)
    '5.7.30', // Exchange Online: basic authentication is not supported
    '5.7.57', // Exchange Online: client was not authenticated to send mail
    '5.7.60', // Exchange Online: client does not have permissions to send as this sender
    '5.7.64', // Exchange Online: relay access denied
    '5.7.139', // Exchange Online: authentication unsuccessful, by policy
  ],
  phrases: [
    'relay access denied', // Postfix
    'relaying denied', // sendmail
    'relay not permitted', // Exim
    'relaying not allowed',
    'not permitted to relay',
    'unable to relay', // Exchange
    'sender address rejected: not logged in', // Postfix, smtpd_sender_login_maps
    'sender address rejected: not owned by', // Postfix, smtpd_sender_login_maps
    'email address is not verified', // Amazon SES
  ],
}

/** Refusals of the sender; with the empty one they hit every notice alike. */
const REFUSED_SENDER = {
  enhanced: ['5.1.7', '5.1.8'], // bad sender's mailbox address syntax, bad sender's system address (RFC 3463)
  phrases: ['invalid mail from', 'sender address rejected', 'null sender', 'empty sender', 'blank sender'],
} as const

/** Verbs whose refusal speaks of the message or its addresses; everything before them speaks of us. */
const MESSAGE_VERBS = ['MAIL FROM', 'RCPT TO', 'DATA']

export type FailureContext = {
  /** Named in the detail. */
  readonly hop: string
  readonly isNullSender: boolean
  /** `after-dot`: the message was read to its end, so the final dot may have been sent. */
  readonly progress: 'before-dot' | 'after-dot'
}

type Reply = { readonly code: number; readonly enhanced: string; readonly text: string; readonly verb: string }

/**
 * What a failed attempt means (RFC 5321 4.2.1). A reply of the hop decides; without one the message was not delivered
 * before the final dot, and nobody knows after it.
 * @param error what nodemailer's SMTPConnection failed with, or any other reason why the attempt ended
 */
export function outcomeOf(error: unknown, context: FailureContext): Outcome {
  const reply = replyOf(error)
  if (reply === undefined) return withoutReply(error, context)
  const said = oneLine(`${context.hop} said at ${reply.verb}: ${reply.text}`)
  if (reply.code < 500) return { kind: 'deferred', detail: said }
  if (!MESSAGE_VERBS.includes(reply.verb))
    return { kind: 'deferred', detail: `${said} (it refuses us, not the message)` }
  if (context.isNullSender && isSenderRefused(reply)) {
    const advice = 'it refuses the empty envelope sender; set send.return_path to an address it lets us use'
    return { kind: 'deferred', detail: `${said} (${advice})` }
  }
  if (isStandingRefused(reply)) return { kind: 'deferred', detail: `${said} (it refuses us, not the message)` }
  return { kind: 'refused', detail: said }
}

function withoutReply(error: unknown, { hop, progress }: FailureContext): Outcome {
  const code = fieldOf(error, 'code')
  const why = error instanceof Error ? error.message : String(error)
  // the stream broke before its end, so no dot was sent
  if (code === 'ESTREAM') return { kind: 'deferred', detail: oneLine(`the message could not be read: ${why}`) }
  // found without asking: larger than SIZE allows (RFC 1870 6.1)
  if (code === 'EMESSAGE' && fieldOf(error, 'response') === undefined && fieldOf(error, 'command') === 'MAIL FROM') {
    return { kind: 'refused', detail: oneLine(`${hop}: ${why}`) }
  }
  if (progress === 'after-dot') {
    return { kind: 'unknown', detail: oneLine(`${hop} was lost after the final dot: ${why}`) }
  }
  const command = fieldOf(error, 'command')
  const stage = typeof command === 'string' && command !== 'CONN' && command !== 'API' ? ` at ${command}` : ''
  return { kind: 'deferred', detail: oneLine(`${hop}${stage}: ${why}`) }
}

/** The hop's negative reply, if that is what the error carries. A positive or half one is none. */
function replyOf(error: unknown): Reply | undefined {
  const code = fieldOf(error, 'responseCode')
  const text = fieldOf(error, 'response')
  if (typeof code !== 'number' || typeof text !== 'string' || code < 400 || code > 599) return undefined
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/u.exec(text)?.[1] ?? ''
  const verb = fieldOf(error, 'command')
  return { code, enhanced, text, verb: typeof verb === 'string' ? verb.replace(/^CONN$/u, 'connecting') : 'connecting' }
}

function isStandingRefused(reply: Reply): boolean {
  const { codes, enhanced, phrases } = REFUSED_STANDING
  return codes.includes(reply.code) || enhanced.includes(reply.enhanced) || says(reply, phrases)
}

/** At MAIL every refusal is one of the sender, but for the one that speaks of the size (RFC 1870 6.1). */
function isSenderRefused(reply: Reply): boolean {
  if (reply.verb === 'MAIL FROM') return reply.code !== 552 && reply.enhanced !== '5.3.4'
  return (
    REFUSED_SENDER.enhanced.some((one) => one === reply.enhanced) ||
    (reply.verb === 'RCPT TO' && says(reply, REFUSED_SENDER.phrases)) // Postfix waits with its verdict until RCPT
  )
}

function says(reply: Reply, phrases: readonly string[]): boolean {
  const text = oneLine(reply.text.slice(0, MAX_SEARCHED)).toLowerCase()
  return phrases.some((phrase) => text.includes(phrase))
}

/** The text without line breaks and controls, cut to what fits a log line. */
export function oneLine(text: string): string {
  const plain = text
    .slice(0, MAX_SEARCHED)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  return plain.length > MAX_DETAIL ? `${plain.slice(0, MAX_DETAIL)}...` : plain
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null && name in error
    ? (error as Readonly<Record<string, unknown>>)[name]
    : undefined
}
