import type { TicketId } from '../mail/ids.ts'

/** Secrets and settings by which this installation marks its mail and knows the marks again. */
export type ThreadKeys = {
  /** The key that new marks are made with. */
  readonly current: ThreadKey
  /** Every key there ever was, by id, the current one included: old marks verify for ever. */
  readonly all: ReadonlyMap<string, Uint8Array>
  /** `tickets.prefix`: '' for none. */
  readonly tagPrefix: string
  /** Folded addresses of the mailboxes whose notices invite to a plus address. */
  readonly plusMailboxes: ReadonlySet<string>
}

/** `id`: one to eight characters of a-z and 0-9. `secret`: at least 16 octets, 32 from a random source by custom. */
export type ThreadKey = { readonly id: string; readonly secret: Uint8Array }

/** What a mark of ours says once its MAC verified; `undefined` as ticket: a notice of ours about no ticket. */
export type Mark = { readonly ticket: TicketId | undefined }
