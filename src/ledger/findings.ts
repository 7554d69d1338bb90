import { type Address, correspondentKey, folded } from '../mail/address.ts'
import { CLAIM_CODES, type Claim } from '../mail/claim.ts'
import type { Copy, Findings, Inquiry, Thread } from '../mail/facts.ts'
import type { IncomingId, TicketId } from '../mail/ids.ts'
import type { Instant } from '../mail/instant.ts'
import { ticketIdFrom } from '../mail/tag.ts'
import { armCooledBreaker, breakerAt } from './breaker.ts'
import { muteOf } from './mutes.ts'
import type { NeverList } from './never-list.ts'
import { recentMails } from './recent.ts'
import type { Store } from './store.ts'
import { usedPlaces } from './tallies.ts'
import { openTicketsOf, ticketById, ticketExists, ticketOfMessageId } from './tickets.ts'
import { toldTo } from './told.ts'

/** Claims of one mail that are looked up, strongest first: References is the sender's, and may be long. Our own bound. */
const CLAIMS = 200
/** Random octets of a ticket id (mail/tag.ts). */
const TICKET_OCTETS = 6
/** Tries for an id that no ticket has. With 10 million tickets one try fails in a hundred; this many never do. */
const TICKET_TRIES = 100

function claimed(store: Store, claim: Claim): TicketId | undefined {
  switch (claim.code) {
    case 'plus-address':
    case 'own-message-id':
    case 'subject-tag':
      return claim.ticket
    case 'stored-message-id':
    case 'returned-message-id':
      return ticketOfMessageId(store, claim.messageId)
    default:
      return claim satisfies never
  }
}

/** The tickets that the claims lead to, strongest claim first, each ticket once. */
function threadsOf(store: Store, claims: readonly Claim[]): readonly Thread[] {
  const strongestFirst = CLAIM_CODES.flatMap((code) => claims.filter((claim) => claim.code === code)).slice(0, CLAIMS)
  const seen = new Set<TicketId>()
  return strongestFirst.flatMap((claim) => {
    const id = claimed(store, claim)
    if (id === undefined || seen.has(id)) return []
    seen.add(id)
    const ticket = ticketById(store, id)
    return ticket === undefined ? [] : [{ claim, ticket }]
  })
}

type CopyRow = { readonly incoming: IncomingId; readonly ticket: TicketId | null }

/** The latest other Incoming, settled, that is the same mail; its ticket is that of the latest copy that has one. */
function copyOf(store: Store, inquiry: Inquiry): Copy | undefined {
  const latest = store.get<CopyRow>(
    `SELECT incoming, ticket FROM settlements WHERE copy_key = ? AND incoming <> ?
     ORDER BY settled_at DESC, rowid DESC LIMIT 1`,
    inquiry.copyKey,
    inquiry.incoming,
  )
  if (latest === undefined) return undefined
  const ticket =
    latest.ticket ??
    store.get<{ ticket: TicketId }>(
      `SELECT ticket FROM settlements WHERE copy_key = ? AND ticket IS NOT NULL
       ORDER BY settled_at DESC, rowid DESC LIMIT 1`,
      inquiry.copyKey,
    )?.ticket
  const handedOn = store.all<{ mailbox: Address }>(
    `SELECT DISTINCT each.value AS mailbox FROM settlements, json_each(settlements.handed_on) AS each
     WHERE copy_key = ? AND body_digest = ? AND handed_on <> '[]'`,
    inquiry.copyKey,
    inquiry.bodyDigest,
  )
  return {
    incoming: latest.incoming,
    ticket: ticket === undefined ? undefined : ticketById(store, ticket),
    handedOn: handedOn.map((one) => one.mailbox),
  }
}

function rememberedLanguage(store: Store, correspondent: Address): string | undefined {
  return store.get<{ language: string }>('SELECT language FROM correspondents WHERE address = ?', correspondent)
    ?.language
}

function freshTicket(store: Store, chance: (octets: number) => Uint8Array): TicketId {
  for (let tries = 0; tries < TICKET_TRIES; tries += 1) {
    const id = ticketIdFrom(chance(TICKET_OCTETS))
    if (!ticketExists(store, id)) return id
  }
  throw new Error(`No free ticket id in ${TICKET_TRIES} tries: found only taken ones, wanted chance that is random`)
}

/** What the ledger knows of the correspondent, and nothing where there is none. */
function knownOf(
  store: Store,
  { correspondent, incoming }: Inquiry,
  now: Instant,
): Pick<Findings, 'language' | 'openTickets' | 'recent' | 'told' | 'mute'> {
  if (correspondent === undefined) {
    return { language: undefined, openTickets: 0, recent: [], told: [], mute: undefined }
  }
  const key = correspondentKey(correspondent)
  return {
    language: rememberedLanguage(store, correspondent),
    openTickets: openTicketsOf(store, [folded(correspondent), key]),
    recent: recentMails(store, key, { now, but: incoming }),
    told: toldTo(store, key),
    mute: muteOf(store, key, now),
  }
}

/** What gathering needs beside the database. */
export type Gathering = {
  readonly chance: (octets: number) => Uint8Array
  readonly never: NeverList
}

/** Answers the inquiry as of `now`. Runs inside the transaction that records what is made of it. */
export function gather(
  store: Store,
  { inquiry, now }: { inquiry: Inquiry; now: Instant },
  { chance, never }: Gathering,
): Findings {
  armCooledBreaker(store, now)
  return {
    threads: threadsOf(store, inquiry.claims),
    copy: copyOf(store, inquiry),
    ...knownOf(store, inquiry, now),
    used: inquiry.tallies.map((tally) => usedPlaces(store, tally, now)),
    breaker: breakerAt(store, now),
    never: never.rules(),
    freshTicket: freshTicket(store, chance),
  }
}
