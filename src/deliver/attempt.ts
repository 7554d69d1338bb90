import type { Address, NULL_PATH } from '../mail/address.ts'
import type { NextHop, Outcome } from '../mail/queue.ts'
import type { Log } from '../ops/events.ts'
import { storeInMaildir } from './maildir.ts'
import { openSessions } from './sessions.ts'
import { transfer } from './transfer.ts'

/** How we behave towards next hops that are reached over a socket. */
export type DeliveryOptions = {
  /** What we call ourselves in EHLO and LHLO: a domain name, or an address literal in brackets (RFC 5321 4.1.1.1). */
  readonly hostname: string
  /** Sessions at once to one next hop, 1 to 20. */
  readonly connections: number
  /** Longest silence of the next hop before we hang up, 1 or more; twice as long after the final dot. */
  readonly timeoutMs: number
  /** Longest that one attempt may take in all, waiting for a free session included; 1 or more. */
  readonly deadlineMs: number
  /**
   * Whether a certificate must be valid where TLS is not merely opportunistic or a password is sent. False is for
   * next hops with a certificate that nobody can check.
   */
  readonly tlsRejectUnauthorized: boolean
}

/**
 * Timeouts of RFC 5321 4.5.3.2: five minutes for a reply, ten after the final dot, where hanging up early is what makes
 * duplicates. The deadline lets 50 MiB through at 30 KiB/s.
 */
export const DELIVERY_OPTIONS = {
  connections: 3,
  timeoutMs: 5 * 60_000,
  deadlineMs: 30 * 60_000,
  tlsRejectUnauthorized: true,
} as const satisfies Omit<DeliveryOptions, 'hostname'>

/** One message to one recipient by one next hop. */
export type Job = {
  /** A relative Maildir folder has been resolved by the caller. A recipient it names takes the place of `to`. */
  readonly hop: NextHop
  readonly auth: { readonly user: string; readonly password: string } | undefined
  readonly envelopeFrom: Address | typeof NULL_PATH
  readonly to: Address
  /** The octets from the beginning, anew for each call; the same ones every time. */
  readonly octets: () => AsyncIterable<Uint8Array>
  /** Number of octets where it is known, for the SIZE parameter (RFC 1870). */
  readonly size: number | undefined
  /** Names the file in a Maildir, the same in every attempt: 1 to 200 characters of A-Z a-z 0-9 . _ + @ = , and -. */
  readonly uniqueName: string
  /** An earlier attempt may have arrived. */
  readonly repeat: boolean
  /** Asks the next hop for no delivery report (NOTIFY=NEVER, RFC 3461), where it can be asked. */
  readonly notifyNever: boolean
  readonly signal?: AbortSignal
}

export type Delivery = {
  /**
   * One attempt. Never throws for what the world does: that is in the Outcome. An abort ends it soon, as deferred, or as
   * unknown after the final dot.
   */
  attempt(job: Job): Promise<Outcome>
  /** Ends the sessions kept open. Attempts under way go on. */
  close(): Promise<void>
}

/** The way out of the house: Maildir, SMTP and LMTP. */
export function openDelivery(options: DeliveryOptions, parts: { readonly log: Log }): Delivery {
  const sessions = openSessions(options, parts.log)
  return {
    attempt: (job) =>
      job.hop.kind === 'maildir'
        ? storeInMaildir(job.hop.folder, job)
        : transfer({ ...job, hop: job.hop }, { sessions, options }),
    close: () => sessions.close(),
  }
}
