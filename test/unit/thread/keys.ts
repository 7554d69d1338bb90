import type { TicketId } from '../../../src/mail/ids.ts'
import { ticketIdFrom } from '../../../src/mail/tag.ts'
import type { ThreadKeys } from '../../../src/thread/keys.ts'

const NEW = new Uint8Array(32).fill(7)
const OLD = new Uint8Array(32).fill(9)

export const KEYS: ThreadKeys = {
  current: { id: 'k2', secret: NEW },
  all: new Map([
    ['k1', OLD],
    ['k2', NEW],
  ]),
  tagPrefix: '',
  plusMailboxes: new Set(['support@acme.example']),
}

/** The same installation before its key was changed. */
export const BEFORE: ThreadKeys = { ...KEYS, current: { id: 'k1', secret: OLD }, all: new Map([['k1', OLD]]) }

/** Another installation, whose key happens to have the same id. */
export const STRANGER: ThreadKeys = {
  ...KEYS,
  current: { id: 'k2', secret: new Uint8Array(32).fill(1) },
  all: new Map([['k2', new Uint8Array(32).fill(1)]]),
}

export function ticket(seed: number): TicketId {
  return ticketIdFrom(new Uint8Array([seed, 2, 3, 4, 5, 6]))
}
