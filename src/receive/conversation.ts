import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { SMTPServerAddress, SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import type { ListenerLimits } from './limits.ts'
import { judgeRecipient } from './recipient.ts'
import { REFUSALS, type Refusal, RefusalError } from './reply.ts'
import { judgeReversePath } from './reverse-path.ts'
import { ipOf, type Memory, openMemories } from './session-memory.ts'
import { type Reply, type TransactionParts, transact } from './transaction.ts'

export type ConversationParts = TransactionParts & {
  readonly limits: ListenerLimits
  /** What the listener is called in the log. */
  readonly listener: () => string
}

type Verdict = (error?: Error | null) => void

/**
 * Our side of the dialogue: what is said to each command of a session. MAIL and RCPT are answered in a later turn of the event
 * loop: where a second message is pipelined behind the first, `smtp-server` 3.21 forgets how to go on after it when a whole
 * transaction runs within one turn, and the session hangs.
 */
export type Conversation = {
  readonly onConnect: (session: SMTPServerSession, callback: Verdict) => void
  readonly onSecure: (socket: Socket, session: SMTPServerSession, callback: Verdict) => void
  readonly onMailFrom: (from: SMTPServerAddress, session: SMTPServerSession, callback: Verdict) => void
  readonly onRcptTo: (to: SMTPServerAddress, session: SMTPServerSession, callback: Verdict) => void
  /** Takes the message that follows DATA. Never rejects. @param reply called exactly once, when all is stored or nothing */
  readonly transact: (stream: SMTPServerDataStream, session: SMTPServerSession, reply: Reply) => Promise<void>
  readonly onClose: (session: SMTPServerSession) => void
}

export function openConversation(parts: ConversationParts): Conversation {
  const memoryOf = openMemories()
  return {
    onConnect(session, callback) {
      parts.log('session.opened', { listener: parts.listener(), session: session.id, ip: ipOf(session) })
      callback()
    },
    onSecure(socket, session, callback) {
      memoryOf(session).tls = tlsOf(socket)
      callback()
    },
    onMailFrom(from, session, callback) {
      const refusal = begin(from, session, memoryOf(session), parts)
      setImmediate(callback, refusal === undefined ? null : new RefusalError(refusal))
    },
    onRcptTo(to, session, callback) {
      const refusal = addRecipient(to.address, session, memoryOf(session), parts)
      setImmediate(callback, refusal === undefined ? null : new RefusalError(refusal))
    },
    transact: (stream, session, reply) => transact(stream, session, { memory: memoryOf(session), reply, parts }),
    onClose(session) {
      const { messages } = memoryOf(session)
      parts.log('session.closed', { listener: parts.listener(), session: session.id, ip: ipOf(session), messages })
    },
  }
}

function begin(
  from: SMTPServerAddress,
  session: SMTPServerSession,
  memory: Memory,
  { limits, log }: ConversationParts,
): Refusal | undefined {
  if (memory.messages >= limits.messagesPerSession) return REFUSALS.tooManyMessages
  memory.smtpUtf8 = from.args !== false && from.args.SMTPUTF8 === true
  memory.recipients = []
  const judged = judgeReversePath(from.address, memory.smtpUtf8)
  if (judged.kind === 'accepted') {
    memory.reversePath = judged.path
    return undefined
  }
  const { code, text } = judged.refusal
  log('message.refused', { session: session.id, ip: ipOf(session), from: from.address, code, why: text, octets: 0 })
  return judged.refusal
}

function addRecipient(
  to: string,
  session: SMTPServerSession,
  memory: Memory,
  parts: ConversationParts,
): Refusal | undefined {
  if (memory.refused >= parts.limits.refusedRecipientsPerSession) return REFUSALS.tooManyRefused
  const judged = judgeRecipient(to, memory.smtpUtf8, parts)
  if (judged.kind === 'accepted') {
    memory.recipients.push(judged.address)
    return undefined
  }
  memory.refused += 1
  const { code, text } = judged.refusal
  parts.log('recipient.refused', { session: session.id, ip: ipOf(session), recipient: to, code, why: text })
  return judged.refusal
}

function tlsOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const cipher = socket.getCipher()
  return `${socket.getProtocol() ?? 'TLS'} ${cipher.standardName ?? cipher.name}`
}
