import type { Arrival, Incoming } from '../mail/incoming.ts'
import type { Deposit, Intake } from '../mail/ledger-port.ts'
import { Trouble } from '../mail/trouble.ts'
import { inspectOctets } from './octets.ts'
import type { Refusal } from './reply.ts'

/** How taking one message ended. */
export type Taken =
  | { readonly kind: 'accepted'; readonly incoming: Incoming }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly octets: number }
  | { readonly kind: 'troubled'; readonly trouble: Trouble; readonly octets: number }
  /** The sender went away before the end; there is nobody to reply to. */
  | { readonly kind: 'lost'; readonly octets: number }

export type TakeParts = {
  readonly intake: Intake
  /** Largest message as sent, without our trace field; octets. */
  readonly maxOctets: number
  /** Our trace field, stored in front. */
  readonly trace: Uint8Array
}

/**
 * Carries one message from a stream into the ledger, chunk by chunk, at the pace of the slower one. The stream is always
 * read to its end, also when nothing of it is kept any more: an SMTP client reads no reply before its final dot.
 * Everything that can be expected is in the result; what is thrown is a bug, and nothing is stored then.
 */
export async function takeMessage(
  stream: AsyncIterable<Uint8Array>,
  arrival: Arrival,
  parts: TakeParts,
): Promise<Taken> {
  const inspection = inspectOctets(parts.maxOctets)
  const store = openStore(parts.intake)
  try {
    await store.write(parts.trace)
    const complete = await each(stream, async (chunk) => {
      if (inspection.take(chunk) === undefined) await store.write(chunk)
      else await store.abort()
    })
    const { octets, bodyDigest, refusal } = inspection.end()
    if (!complete) return { kind: 'lost', octets }
    if (refusal !== undefined) return { kind: 'refused', refusal, octets }
    const committed = await store.commit(arrival, bodyDigest)
    return committed instanceof Trouble
      ? { kind: 'troubled', trouble: committed, octets }
      : { kind: 'accepted', incoming: committed }
  } finally {
    await store.abort()
  }
}

/**
 * Like `for await`, but tells a stream that broke off from a failure of `use`, which is passed on.
 * @returns false where the stream broke off
 */
async function each(stream: AsyncIterable<Uint8Array>, use: (chunk: Uint8Array) => Promise<void>): Promise<boolean> {
  const chunks = stream[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await chunks.next().catch(() => undefined)
      if (next === undefined) return false
      if (next.done === true) return true
      await use(next.value)
    }
  } finally {
    await chunks.return?.() // lets go of the stream; a stream that nobody reads would hold the session for ever
  }
}

type Store = {
  /** Does nothing once there was trouble or an abort. */
  write(chunk: Uint8Array): Promise<void>
  commit(arrival: Arrival, bodyDigest: string): Promise<Incoming | Trouble>
  /** Idempotent; does nothing after a commit. */
  abort(): Promise<void>
}

/** A deposit whose troubles are kept until the end of the message. */
function openStore(intake: Intake): Store {
  let deposit: Deposit | undefined
  let trouble: Trouble | undefined
  let ended = false

  const abort = async (): Promise<void> => {
    ended = true
    const begun = deposit
    deposit = undefined
    await begun?.abort()
  }

  return {
    async write(chunk) {
      if (ended) return
      try {
        deposit ??= intake.deposit()
        await deposit.write(chunk)
      } catch (error) {
        await abort()
        if (!(error instanceof Trouble)) throw error
        trouble = error
      }
    },
    async commit(arrival, bodyDigest) {
      if (trouble !== undefined) return trouble
      if (deposit === undefined) throw new Error('commit() after abort() or before the first write()')
      const begun = deposit
      deposit = undefined
      ended = true
      try {
        return await begun.commit(arrival, bodyDigest)
      } catch (error) {
        if (error instanceof Trouble) return error
        throw error
      }
    },
    abort,
  }
}
