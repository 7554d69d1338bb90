import { type Address, domainOf, folded, localOf, withoutDetail } from '../mail/address.ts'
import type { Envelope } from '../mail/envelope.ts'
import type { Addressed, Mailbox } from '../mail/mailbox.ts'
import type { Correspondent, Message } from '../mail/message.ts'

const NAMED = ['to', 'cc', 'envelope'] as const
type Named = (typeof NAMED)[number]

/** A name by which a mailbox is meant, and where it stood. */
type Hit = { readonly mailbox: Mailbox; readonly alias: Address; readonly named: Named; readonly position: number }

/**
 * Our mailboxes that a message is for, each once. For whom it is says the envelope alone; in which order they speak, the
 * letter: first the one named in To, then in Cc, then by order of the configuration (DESIGN 4.6). The alias is the
 * address as the letter (or else the envelope) writes it, without `+detail`.
 * @param plus folded addresses of mailboxes and aliases under which `local+anything` is ours
 * @returns empty where no recipient is a mailbox of the configuration any more
 */
export function addressedOf(
  { envelope, message }: { readonly envelope: Envelope; readonly message: Message },
  mailboxes: readonly Mailbox[],
  plus: ReadonlySet<string>,
): readonly Addressed[] {
  const names = namesOf(mailboxes)
  const named: Readonly<Record<Named, readonly Address[]>> = {
    to: addressesOf(message.to),
    cc: addressesOf(message.cc),
    envelope: envelope.recipients,
  }
  // the receiver accepted every envelope recipient, so that one with a detail is ours whatever the settings say by now
  const meant = NAMED.map((where) =>
    hits(where, named[where], (one) => lookUp(one, names, where === 'envelope' ? 'always' : plus)),
  )
  const [inTo = [], inCc = [], inEnvelope = []] = meant
  const forUs = new Set(inEnvelope.map((hit) => hit.mailbox))
  const byConfiguration = [...inEnvelope].sort((a, b) => mailboxes.indexOf(a.mailbox) - mailboxes.indexOf(b.mailbox))
  const first = new Map<Mailbox, Addressed>()
  for (const { mailbox, alias, named: where } of [...inTo, ...inCc, ...byConfiguration]) {
    if (forUs.has(mailbox) && !first.has(mailbox)) first.set(mailbox, { mailbox, alias, named: where })
  }
  return [...first.values()]
}

function addressesOf(correspondents: readonly Correspondent[]): readonly Address[] {
  return correspondents.map((one) => one.address)
}

function namesOf(mailboxes: readonly Mailbox[]): ReadonlyMap<string, Mailbox> {
  const names = new Map<string, Mailbox>()
  for (const mailbox of mailboxes) {
    for (const name of [mailbox.address, ...mailbox.aliases]) {
      if (!names.has(folded(name))) names.set(folded(name), mailbox)
    }
  }
  return names
}

type Found = { readonly mailbox: Mailbox; readonly alias: Address }

function lookUp(
  address: Address,
  names: ReadonlyMap<string, Mailbox>,
  plus: ReadonlySet<string> | 'always',
): Found | undefined {
  const exact = names.get(folded(address))
  if (exact !== undefined) return { mailbox: exact, alias: address }
  const base = withoutDetail(address)
  const mailbox = names.get(base)
  if (mailbox === undefined || (plus !== 'always' && !plus.has(base) && !plus.has(folded(mailbox.address))))
    return undefined
  return { mailbox, alias: undetailed(address) }
}

/** As written, up to the `+`. */
function undetailed(address: Address): Address {
  const local = localOf(address)
  return `${local.slice(0, local.indexOf('+'))}@${domainOf(address)}` as Address
}

function hits(named: Named, addresses: readonly Address[], find: (one: Address) => Found | undefined): readonly Hit[] {
  return addresses.flatMap((address, position) => {
    const found = find(address)
    return found === undefined ? [] : [{ ...found, named, position }]
  })
}
