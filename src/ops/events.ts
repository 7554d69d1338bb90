/**
 * Every log line there is: its name and the fields it carries. Addresses and ids may stand here; bodies and secrets never.
 * The level belongs to the event, so that two places cannot disagree about how bad a thing is.
 */
export type Events = {
  'daemon.starting': { version: string; node: string; config: string; pid: number }
  'daemon.ready': { smtp: string | null; lmtp: string | null; http: string | null; ms: number }
  'daemon.stopping': { signal: string }
  'daemon.stopped': { ms: number }
  'daemon.failed': { error: string }
  'config.warning': { message: string }
  'reload.done': { ms: number }
  'reload.refused': { error: string }
  'listener.error': { listener: string; error: string }
  'session.opened': { listener: string; session: string; ip: string }
  'session.closed': { listener: string; session: string; ip: string; messages: number }
  'session.refused': { listener: string; ip: string; code: number; why: string }
  'recipient.refused': { session: string; ip: string; recipient: string; code: number; why: string }
  'message.refused': { session: string; ip: string; from: string; code: number; why: string; octets: number }
  'message.accepted': {
    id: string
    source: string
    from: string
    recipients: readonly string[]
    octets: number
    ip: string
  }
  'message.settled': {
    id: string
    nature: string
    disposition: string
    reply: string
    reasons: readonly string[]
    ticket: string | null
    ms: number
  }
  /** The global breaker opened: notices stop until it is armed. Told once a trip. */
  'breaker.tripped': { id: string; until: string; because: string }
  /** A loop or storm was seen: nothing automatic is written to this correspondent for a while. */
  'correspondent.muted': { id: string; correspondent: string; until: string; because: string }
  /** Shadow mode: what would have been sent is kept, to be read with `replyd queue show`. */
  'notice.rehearsed': { entry: string; incoming: string; notice: string; locale: string }
  'hand.command': { command: string; ok: boolean; text: string }
  'message.stumbled': { id: string; times: number; error: string }
  'message.set-aside': { id: string; error: string }
  /** What is known of the sender could not be found out in full; the message goes on. */
  'authentication.trouble': { id: string; error: string }
  /** No name server has answered for a while: senders are looked at for a second only, and most of them stay unknown. */
  'dns.silent': { questions: number; ms: number }
  'dns.answers': { questions: number; ms: number }
  'attempt.ended': {
    entry: string
    incoming: string
    cargo: string
    attempt: number
    outcome: string
    hop: string
    detail: string
    state: string
    ms: number
  }
  'entry.held': { entry: string; incoming: string; cargo: string; why: string }
  /** TLS where offered did not work, and the mail went in the clear. */
  'hop.unencrypted': { hop: string; error: string }
  'hand-on.fallback': { entry: string; incoming: string; folder: string; why: string }
  'render.failed': { entry: string; notice: string; locale: string; error: string }
  'template.broken': { file: string; error: string }
  'ledger.opened': { path: string; sqlite: string; schema: number; unsettled: number; interrupted: number }
  'ledger.trouble': { doing: string; error: string }
  'ledger.orphan': { file: string }
  'tls.loaded': { certificate: string; notAfter: string }
  'tls.refused': { certificate: string; error: string }
  'tls.expired': { certificate: string; notAfter: string }
  'worker.lost': { worker: string; why: string }
  'notify.failed': { error: string }
  'admin.failed': { method: string; path: string; error: string }
  'control.call': { method: string; path: string; status: number }
}

export type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

export const LEVELS: Readonly<Record<keyof Events, Level>> = {
  'daemon.starting': 'info',
  'daemon.ready': 'info',
  'daemon.stopping': 'info',
  'daemon.stopped': 'info',
  'daemon.failed': 'fatal',
  'config.warning': 'warn',
  'reload.done': 'info',
  'reload.refused': 'error',
  'listener.error': 'debug',
  'session.opened': 'debug',
  'session.closed': 'debug',
  'session.refused': 'info',
  'recipient.refused': 'info',
  'message.refused': 'info',
  'message.accepted': 'info',
  'message.settled': 'info',
  'breaker.tripped': 'error',
  'correspondent.muted': 'warn',
  'notice.rehearsed': 'info',
  'hand.command': 'info',
  'message.stumbled': 'error',
  'message.set-aside': 'error',
  'authentication.trouble': 'warn',
  'dns.silent': 'error',
  'dns.answers': 'info',
  'attempt.ended': 'info',
  'entry.held': 'warn',
  'hop.unencrypted': 'warn',
  'hand-on.fallback': 'error',
  'render.failed': 'error',
  'template.broken': 'error',
  'ledger.opened': 'info',
  'ledger.trouble': 'error',
  'ledger.orphan': 'warn',
  'tls.loaded': 'info',
  'tls.refused': 'error',
  'tls.expired': 'error',
  'worker.lost': 'warn',
  'notify.failed': 'warn',
  'admin.failed': 'error',
  'control.call': 'debug',
}

/** Writes one event. Never throws. */
export type Log = <Name extends keyof Events>(name: Name, fields: Events[Name]) => void

export const SILENT_LOG: Log = () => {}
