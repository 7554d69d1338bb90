import { Buffer } from 'node:buffer'
import type { Incoming } from '../../../src/mail/incoming.ts'
import type { Deposit, Intake } from '../../../src/mail/ledger-port.ts'
import { Trouble } from '../../../src/mail/trouble.ts'

export type Kept = { readonly incoming: Incoming; readonly text: string }

export type MemoryIntake = Intake & {
  readonly kept: readonly Kept[]
  /** Deposits begun and neither committed nor aborted. */
  open(): number
}

export type MemoryIntakeOptions = {
  /** The disk: a deposit that would not fit gets a Trouble of kind disk-full. */
  readonly roomOctets?: number
  /** The store is locked, say: every commit ends in this Trouble. */
  readonly commitTrouble?: Trouble
  /** Awaited before a commit becomes true. */
  readonly beforeCommit?: () => Promise<void>
}

/** The Intake contract, kept in memory. Uses after the end of a deposit throw, as a bug would. */
export function memoryIntake(options: MemoryIntakeOptions = {}): MemoryIntake {
  const kept: Kept[] = []
  let open = 0
  const { roomOctets = Number.POSITIVE_INFINITY } = options
  return {
    kept,
    open: () => open,
    deposit() {
      open += 1
      const chunks: Uint8Array[] = []
      let octets = 0
      let ended = false
      const end = (): void => {
        if (ended) throw new Error('the deposit has ended already')
        ended = true
        open -= 1
      }
      const deposit: Deposit = {
        async write(chunk) {
          if (ended) throw new Error('write() after the end')
          octets += chunk.length
          if (octets > roomOctets) throw new Trouble('store the message', 'disk-full', new Error('ENOSPC'))
          chunks.push(Uint8Array.from(chunk))
        },
        async commit(arrival, bodyDigest) {
          end()
          await options.beforeCommit?.()
          if (options.commitTrouble !== undefined) throw options.commitTrouble
          const incoming: Incoming = { ...arrival, octets, bodyDigest }
          kept.push({ incoming, text: Buffer.concat(chunks).toString('utf8') })
          return incoming
        },
        async abort() {
          end()
          chunks.length = 0
        },
      }
      return deposit
    },
  }
}
