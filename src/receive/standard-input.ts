import type { Envelope } from '../mail/envelope.ts'
import { type IncomingId, timeSortedId } from '../mail/ids.ts'
import type { Arrival, Incoming } from '../mail/incoming.ts'
import type { Intake } from '../mail/ledger-port.ts'
import type { World } from '../ops/clock.ts'
import type { Log } from '../ops/events.ts'
import { crlfLines } from './line-ends.ts'
import { eachOnce, judgeRecipient, type RecipientRules } from './recipient.ts'
import { takeMessage } from './take.ts'
import { receivedField } from './trace.ts'

/** How one message from standard input ended; the words are for the person or the MTA that ran the command. */
export type Received =
  | { readonly kind: 'accepted'; readonly id: IncomingId; readonly incoming: Incoming }
  | { readonly kind: 'refused'; readonly why: 'unknown-recipient' | 'message'; readonly text: string }
  /** It may go better later: nothing was kept. */
  | { readonly kind: 'trouble'; readonly text: string }

export type Receiving = RecipientRules & {
  readonly maxMessageOctets: number
  readonly intake: Intake
  readonly world: World
  readonly log: Log
}

/**
 * Takes one message from a pipe. The same checks as at the SMTP door, except that line ends are made right: the MTA has
 * accepted the mail already, and a refusal would bounce it to somebody who did nothing wrong.
 * @param stream the message with LF or CRLF line ends; read to its end unless a recipient is refused
 * @param envelope at least one recipient; each must be ours
 */
export async function receiveMessage(
  stream: AsyncIterable<Uint8Array>,
  envelope: Envelope,
  parts: Receiving,
): Promise<Received> {
  const judged = envelope.recipients.map((one) => ({ one, verdict: judgeRecipient(one, true, parts) }))
  for (const { one, verdict } of judged) {
    if (verdict.kind === 'accepted') continue
    const { code, text } = verdict.refusal
    parts.log('recipient.refused', { session: '-', ip: 'stdin', recipient: one, code, why: text })
    return { kind: 'refused', why: 'unknown-recipient', text: `${one}: ${text}` }
  }
  const recipients = judged.flatMap(({ verdict }) => (verdict.kind === 'accepted' ? [verdict.address] : []))
  const arrival: Arrival = {
    id: timeSortedId(parts.world.now(), parts.world.chance(16)) as IncomingId,
    source: 'stdin',
    envelope: { reversePath: envelope.reversePath, recipients: eachOnce(recipients) },
    peer: { ip: undefined, helo: undefined, tls: undefined },
    receivedAt: parts.world.now(),
  }
  return take(crlfLines(stream), arrival, parts)
}

async function take(stream: AsyncIterable<Uint8Array>, arrival: Arrival, parts: Receiving): Promise<Received> {
  const taken = await takeMessage(stream, arrival, {
    intake: parts.intake,
    maxOctets: parts.maxMessageOctets,
    trace: receivedField(arrival, parts.hostname, { extended: false, smtpUtf8: true }),
  })
  const from = arrival.envelope.reversePath
  switch (taken.kind) {
    case 'accepted': {
      const { incoming } = taken
      const { id, octets, envelope } = incoming
      parts.log('message.accepted', { id, source: 'stdin', from, recipients: envelope.recipients, octets, ip: 'stdin' })
      return { kind: 'accepted', id, incoming }
    }
    case 'refused': {
      const { code, text } = taken.refusal
      parts.log('message.refused', { session: '-', ip: 'stdin', from, code, why: text, octets: taken.octets })
      return { kind: 'refused', why: 'message', text }
    }
    case 'troubled':
      parts.log('ledger.trouble', { doing: 'store a message from standard input', error: taken.trouble.message })
      return { kind: 'trouble', text: taken.trouble.message }
    case 'lost':
      return { kind: 'trouble', text: `standard input broke off after ${taken.octets} octets` }
    default:
      return taken satisfies never
  }
}
