import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { SMTPServerAddress, SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import { NULL_PATH, parseReversePath } from '../mail/address.ts'
import type { ListenerLimits } from './limits.ts'
import { asWritten, judgeRecipient } from './recipient.ts'
import { REFUSALS, type Refusal, RefusalError } from './reply.ts'
import { ipOf, type Memory, openMemories } from './session-memory.ts'
import { type Reply, type TransactionParts, transact } from './transaction.ts'

export type ConversationParts = TransactionParts & {
  readonly limits: ListenerLimits
  /** What the listener is called in the log. */
  readonly listener: () => string
}

type Verdict = (error?: Error | null) => void

/** Our side of the dialogue: what is said to each command of a session. */
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
      const refusal = begin(from.address, session, memoryOf(session), parts.limits)
      callback(refusal === undefined ? null : new RefusalError(refusal))
    },
    onRcptTo(to, session, callback) {
      const refusal = addRecipient(to.address, session, memoryOf(session), parts)
      callback(refusal === undefined ? null : new RefusalError(refusal))
    },
    transact: (stream, session, reply) => transact(stream, session, { memory: memoryOf(session), reply, parts }),
    onClose(session) {
      const { messages } = memoryOf(session)
      parts.log('session.closed', { listener: parts.listener(), session: session.id, ip: ipOf(session), messages })
    },
  }
}

function begin(from: string, session: SMTPServerSession, memory: Memory, limits: ListenerLimits): Refusal | undefined {
  if (memory.messages >= limits.messagesPerSession) return REFUSALS.tooManyMessages
  const path = parseReversePath(from)
  if (path === undefined) return REFUSALS.badSender
  const smtpUtf8 = session.envelope.smtpUtf8 === true
  memory.reversePath = path === NULL_PATH ? path : asWritten(path, smtpUtf8)
  memory.recipients = []
  return undefined
}

function addRecipient(
  to: string,
  session: SMTPServerSession,
  memory: Memory,
  parts: ConversationParts,
): Refusal | undefined {
  if (memory.refused >= parts.limits.refusedRecipientsPerSession) return REFUSALS.tooManyRefused
  const judged = judgeRecipient(to, session.envelope.smtpUtf8 === true, parts)
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
