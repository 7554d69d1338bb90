/** What one listener allows. All counts are whole numbers from 1 up. */
export type ListenerLimits = {
  /** Sessions at the same time, all clients together. */
  readonly sessions: number
  /** Sessions at the same time from one IP address; peers of `unlimitedFrom` and unix sockets are not counted. */
  readonly sessionsPerIp: number
  /** DATA commands in one session. */
  readonly messagesPerSession: number
  readonly recipientsPerMessage: number
  /** Recipients refused in one session before it is closed: somebody guesses addresses. */
  readonly refusedRecipientsPerSession: number
  /** Replies to commands between two messages; more than a full transaction needs. */
  readonly commandsPerMessage: number
  /** Silence of the client until the session is closed, in milliseconds. */
  readonly idleMs: number
}

export const LISTENER_LIMITS: ListenerLimits = Object.freeze({
  sessions: 300, // three times Postfix's default_process_limit: a session of ours costs no process
  sessionsPerIp: 50, // Postfix smtpd_client_connection_count_limit
  messagesPerSession: 1_000, // large senders reuse connections; a new one costs them a handshake
  recipientsPerMessage: 100, // RFC 5321 4.5.3.1.8: at least 100
  refusedRecipientsPerSession: 20, // Postfix smtpd_hard_error_limit
  commandsPerMessage: 250, // 100 recipients, as many LMTP replies, and Postfix smtpd_junk_command_limit halved
  idleMs: 300_000, // RFC 5321 4.5.3.2.7: at least 5 minutes
})
