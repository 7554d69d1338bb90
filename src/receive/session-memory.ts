import type { SMTPServerSession } from 'smtp-server'
import { type Address, NULL_PATH } from '../mail/address.ts'

/** What we remember of a session beside what the library does. */
export type Memory = {
  messages: number
  refused: number
  tls: string | undefined
  reversePath: Address | typeof NULL_PATH
  /** This transaction's MAIL FROM said SMTPUTF8; the library's own flag outlives a MAIL FROM that was refused. */
  smtpUtf8: boolean
  /** Accepted in this transaction, in order; a repeated one stands here again. */
  recipients: Address[]
}

/** One memory for each session, gone with it. */
export function openMemories(): (session: SMTPServerSession) => Memory {
  const memories = new WeakMap<SMTPServerSession, Memory>()
  return (session) => {
    const known = memories.get(session) ?? {
      messages: 0,
      refused: 0,
      tls: undefined,
      reversePath: NULL_PATH,
      smtpUtf8: false,
      recipients: [],
    }
    memories.set(session, known)
    return known
  }
}

/** The peer's address for the log; a unix socket has none. */
export function ipOf(session: SMTPServerSession): string {
  return session.remoteAddress === '' ? 'local' : session.remoteAddress
}
