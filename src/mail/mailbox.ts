import type { Address } from './address.ts'

/** One of our mailboxes, as far as deciding and rendering need it. */
export type Mailbox = {
  readonly address: Address
  readonly name: string
  readonly aliases: readonly Address[]
  /** Locales offered, best first; never empty. */
  readonly locales: readonly string[]
  readonly resources: readonly Resource[]
}

export type Resource = { readonly title: string; readonly url: string }

/** A mailbox of ours that a message is for, and the address of it that was written to. */
export type Addressed = {
  readonly mailbox: Mailbox
  /** The address or alias as written, without `+detail`. */
  readonly alias: Address
  /** Where it was named: in To, in Cc, or only in the envelope (Bcc, forwarding). */
  readonly named: 'to' | 'cc' | 'envelope'
}
