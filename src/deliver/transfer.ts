import { Readable } from 'node:stream'
import { domainToASCII } from 'node:url'
import { domainOf, localOf, NULL_PATH, parseAddress, parseReversePath } from '../mail/address.ts'
import type { Outcome } from '../mail/queue.ts'
import type { DeliveryOptions, Job } from './attempt.ts'
import { hopName } from './hop-name.ts'
import { during, type Session, type SocketHop } from './session.ts'
import type { Sessions, Taken } from './sessions.ts'
import { oneLine, outcomeOf } from './verdict.ts'

type SocketJob = Omit<Job, 'hop'> & { readonly hop: SocketHop }
type Parts = { readonly sessions: Sessions; readonly options: DeliveryOptions }

/** What MAIL and RCPT say, as ASCII where that is possible. */
type Path = { readonly from: string; readonly to: string; readonly isInternational: boolean }

/** How far a message got. `begun`: the hop asked for it (354). `dotted`: read to its end, so the final dot may be out. */
type Progress = { begun: boolean; dotted: boolean }

/** One attempt over SMTP or LMTP (RFC 5321, 2033). */
export async function transfer(job: SocketJob, parts: Parts): Promise<Outcome> {
  const path = pathOf(job)
  if (typeof path === 'string') return { kind: 'refused', detail: path }
  const deadline = startDeadline(parts.options.deadlineMs, job.signal)
  try {
    const first = await tryOnce(job, path, { ...parts, signal: deadline.signal, want: 'any' })
    if (first !== 'stale') return first
    const second = await tryOnce(job, path, { ...parts, signal: deadline.signal, want: 'fresh' })
    return second === 'stale' ? { kind: 'deferred', detail: `${hopName(job.hop)} closes every session` } : second
  } finally {
    deadline.clear()
  }
}

type Trial = Parts & { readonly signal: AbortSignal; readonly want: 'any' | 'fresh' }

/** @returns `stale` where a kept session turned out to be dead before the hop asked for the message */
async function tryOnce(job: SocketJob, path: Path, trial: Trial): Promise<Outcome | 'stale'> {
  const context = { hop: hopName(job.hop), isNullSender: job.envelopeFrom === NULL_PATH }
  const progress: Progress = { begun: false, dotted: false }
  let taken: Taken | undefined
  let how: 'keep' | 'end' = 'end'
  try {
    taken = await trial.sessions.take({ hop: job.hop, auth: job.auth }, trial.signal, trial.want)
    const { session } = taken
    if (path.isInternational && !session.extensions.has('SMTPUTF8')) {
      how = 'keep'
      return { kind: 'refused', detail: `unsupported: ${path.to} needs SMTPUTF8 (RFC 6531), ${context.hop} has none` }
    }
    const outcome = await send(job, path, { session, progress, trial })
    how = 'keep' // any failure is thrown: a session with half a transaction is not for the next message
    return outcome
  } catch (error) {
    if (taken?.reused === true && !progress.begun && isLoss(error, taken.session)) return 'stale'
    return outcomeOf(error, { ...context, progress: progress.dotted ? 'after-dot' : 'before-dot' })
  } finally {
    taken?.release(how)
  }
}

type Sending = { readonly session: Session; readonly progress: Progress; readonly trial: Trial }

async function send(job: SocketJob, path: Path, { session, progress, trial }: Sending): Promise<Outcome> {
  const { connection } = session
  const message = Readable.from(noting(job.octets(), progress), { objectMode: false })
  message.once('end', () => {
    progress.dotted = true
    // RFC 5321 4.5.3.2.6: ten minutes where other replies have five; who hangs up early here makes a duplicate
    if (connection._socket) connection._socket.setTimeout(trial.options.timeoutMs * 2)
  })
  const envelope = {
    from: path.from,
    to: [path.to],
    use8BitMime: true,
    ...(job.size === undefined ? {} : { size: job.size }),
    ...(job.notifyNever ? { dsn: { notify: 'NEVER' } } : {}),
  }
  try {
    const sent = await during<SentReply>(connection, trial.signal, (done) => connection.send(envelope, message, done))
    // over LMTP a refusal after the dot comes as a success with errors beside it (RFC 2033 4.2)
    const [refusal] = sent.rejectedErrors ?? []
    if (refusal !== undefined) throw refusal
    // a reply that comes before the dot speaks of a message the hop cannot have
    if (!progress.dotted) throw new Error(`it answered before the message was complete: ${sent.response}`)
    if (connection._socket) connection._socket.setTimeout(trial.options.timeoutMs)
    const given = sent.serverMessageId
    return {
      kind: 'accepted',
      detail: oneLine(sent.response),
      ...(given === undefined ? {} : { hopMessageId: given }),
    }
  } finally {
    message.on('error', () => {}).destroy()
  }
}

type SentReply = {
  readonly response: string
  readonly serverMessageId?: string | undefined
  readonly rejectedErrors?: readonly Error[] | undefined
}

async function* noting(octets: AsyncIterable<Uint8Array>, progress: Progress): AsyncIterable<Uint8Array> {
  progress.begun = true
  yield* octets
}

/** The connection was lost, or the hop said 421 and hung up: nothing that speaks of the message. */
function isLoss(error: unknown, { connection }: Session): boolean {
  if (!(error instanceof Error) || !connection.destroyed) return false
  const code: unknown = 'responseCode' in error ? error.responseCode : undefined
  return code === undefined || code === 421
}

/**
 * The envelope. Checked once more here, because an address that is no address could become two or another one on its way
 * (GHSA-mm7p-fcc7-pg87), and because this is the last place that sees it.
 * @returns a sentence where an address cannot be used
 */
function pathOf(job: SocketJob): Path | string {
  const recipient = job.hop.recipient ?? job.to
  const sender = parseReversePath(job.envelopeFrom)
  if (sender === undefined) return `unsupported: ${JSON.stringify(job.envelopeFrom)} is no envelope sender`
  if (parseAddress(recipient) === undefined) return `unsupported: ${JSON.stringify(recipient)} is no address`
  const from = sender === NULL_PATH ? '' : asciiWherePossible(sender)
  const to = asciiWherePossible(parseAddress(recipient) ?? recipient)
  if (from === undefined || to === undefined) return `unsupported: ${recipient} has a domain that cannot be in the DNS`
  return { from, to, isInternational: !isAscii(from) || !isAscii(to) }
}

/** With an ASCII local part a domain's A-labels do, and no SMTPUTF8 is needed (RFC 5890). */
function asciiWherePossible(address: NonNullable<ReturnType<typeof parseAddress>>): string | undefined {
  if (isAscii(address) || !isAscii(localOf(address))) return address
  const domain = domainToASCII(domainOf(address))
  return domain === '' ? undefined : `${localOf(address)}@${domain}`
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/u.test(text)
}

/** A signal that fires with the caller's, or when the time is over; to be cleared. */
function startDeadline(ms: number, outer: AbortSignal | undefined): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController()
  const over = (): void => controller.abort(new Error(`it took longer than ${ms} ms`))
  const stopped = (): void => controller.abort(outer?.reason)
  const timer = setTimeout(over, ms)
  if (outer?.aborted === true) stopped()
  else outer?.addEventListener('abort', stopped, { once: true })
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', stopped)
    },
  }
}
