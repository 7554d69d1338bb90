import type { SMTPServerDataResult, SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import { type IncomingId, timeSortedId } from '../mail/ids.ts'
import type { Arrival, Incoming } from '../mail/incoming.ts'
import type { Intake } from '../mail/ledger-port.ts'
import type { World } from '../ops/clock.ts'
import type { Log } from '../ops/events.ts'
import { eachOnce, type RecipientRules } from './recipient.ts'
import { REFUSALS, type Refusal, RefusalError } from './reply.ts'
import { ipOf, type Memory } from './session-memory.ts'
import { type Taken, takeMessage } from './take.ts'
import { receivedField } from './trace.ts'

export type TransactionParts = RecipientRules & {
  readonly protocol: 'smtp' | 'lmtp'
  readonly maxMessageOctets: number
  readonly intake: Intake
  readonly world: World
  readonly log: Log
  /** Resolves when one more message can be worked on soon, or after about a second even so. Never rejects. */
  readonly room: () => Promise<void>
  /** Told of each message after its reply was written. Must not throw. */
  readonly onAccepted: (incoming: Incoming) => void
}

export type Reply = (error: Error | null, message?: string | SMTPServerDataResult[]) => void

export type Taking = { readonly memory: Memory; readonly reply: Reply; readonly parts: TransactionParts }

/** Takes the message that follows DATA and replies, once, when all of it is stored or nothing. Never rejects. */
export async function transact(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  taking: Taking,
): Promise<void> {
  const { memory, parts } = taking
  memory.messages += 1
  const replies = memory.recipients.length
  const arrival = arrivalOf(session, memory, parts)
  const how = { extended: session.openingCommand !== 'HELO', smtpUtf8: memory.smtpUtf8 }
  const trace = receivedField(arrival, parts.hostname, how)
  let taken: Taken
  try {
    taken = await takeMessage(stream, arrival, { intake: parts.intake, maxOctets: parts.maxMessageOctets, trace })
  } catch (error) {
    // A bug, not the world: the client keeps its mail and tries again, the session and the process go on.
    parts.log('ledger.trouble', { doing: `take ${arrival.id}`, error: String(error) })
    return answer(taking, replies, new RefusalError(REFUSALS.troubled))
  }
  report(taken, arrival, session, parts)
  const verdict = verdictOf(taken)
  // stored already: only the reply waits, for which a client has minutes (RFC 5321 4.5.3.2.6)
  if (taken.kind === 'accepted') await parts.room()
  answer(taking, replies, typeof verdict === 'string' ? verdict : new RefusalError(verdict))
  if (taken.kind === 'accepted') parts.onAccepted(taken.incoming)
}

function arrivalOf(session: SMTPServerSession, memory: Memory, { protocol, world }: TransactionParts): Arrival {
  const receivedAt = world.now()
  return {
    id: timeSortedId(receivedAt, world.chance(16)) as IncomingId,
    source: protocol,
    envelope: { reversePath: memory.reversePath, recipients: eachOnce(memory.recipients) },
    peer: {
      ip: session.remoteAddress === '' ? undefined : session.remoteAddress,
      helo: session.hostNameAppearsAs,
      tls: memory.tls,
    },
    receivedAt,
  }
}

/** The text of a 250, or the refusal. */
function verdictOf(taken: Taken): string | Refusal {
  switch (taken.kind) {
    case 'accepted':
      return `Accepted as ${taken.incoming.id}`
    case 'refused':
      return taken.refusal
    case 'troubled':
      return taken.trouble.kind === 'disk-full' ? REFUSALS.diskFull : REFUSALS.troubled
    case 'lost':
      return REFUSALS.troubled // nobody is left to read it; the library still wants its answer
    default:
      return taken satisfies never
  }
}

/** LMTP: one reply for each RCPT that was accepted, repeated ones too (RFC 2033 4.2); the library would leave those out. */
function answer({ parts, reply }: Taking, replies: number, verdict: string | RefusalError): void {
  const one = (): SMTPServerDataResult => verdict
  if (parts.protocol === 'lmtp') reply(null, Array.from({ length: replies }, one))
  else if (typeof verdict === 'string') reply(null, verdict)
  else reply(verdict)
}

function report(taken: Taken, arrival: Arrival, session: SMTPServerSession, { log }: TransactionParts): void {
  const ip = ipOf(session)
  const from = arrival.envelope.reversePath
  const { recipients } = arrival.envelope
  switch (taken.kind) {
    case 'accepted':
      log('message.accepted', {
        id: arrival.id,
        source: arrival.source,
        from,
        recipients,
        octets: taken.incoming.octets,
        ip,
      })
      return
    case 'refused': {
      const { code, text } = taken.refusal
      log('message.refused', { session: session.id, ip, from, code, why: text, octets: taken.octets })
      return
    }
    case 'troubled': {
      const { code } = taken.trouble.kind === 'disk-full' ? REFUSALS.diskFull : REFUSALS.troubled
      log('ledger.trouble', { doing: `store ${arrival.id}`, error: taken.trouble.message })
      log('message.refused', { session: session.id, ip, from, code, why: taken.trouble.message, octets: taken.octets })
      return
    }
    case 'lost':
      log('message.refused', {
        session: session.id,
        ip,
        from,
        code: 0,
        why: 'the client went away',
        octets: taken.octets,
      })
      return
    default:
      taken satisfies never
  }
}
