import { folded } from '../mail/address.ts'
import type { Disposition, Threading } from '../mail/decision.ts'
import type { Facts, Thread } from '../mail/facts.ts'

type Filed = { readonly disposition: Disposition; readonly threading: Threading }

/**
 * Where a message is filed (DESIGN 4.1, 4.5), whatever silences the notice. A person's mail always opens or joins a
 * ticket; an agent's and a machine's join one they may join and open none; our own is only filed.
 */
export function fileUnder(facts: Facts): Filed {
  const { nature, findings } = facts
  const joined = findings.threads.find((thread) => mayJoin(thread, facts))
  const threading: Threading = joined === undefined ? { kind: 'new' } : { kind: 'follow-up', ticket: joined.ticket.id }
  if (nature.kind === 'own') return { disposition: 'file-only', threading }
  const copied = copyOf(facts)
  if (copied !== undefined) return copied
  if (nature.kind === 'person') return personal(facts, threading)
  if (nature.kind === 'agent' && joined !== undefined) return { disposition: 'follow-up', threading }
  return { disposition: 'file-only', threading }
}

/**
 * A copy belongs where the first one lies. A person's copy of a mail that got no ticket (it was set aside, say) goes on
 * to get one.
 */
function copyOf({ findings, nature }: Facts): Filed | undefined {
  const { copy } = findings
  if (copy === undefined) return undefined
  if (copy.ticket !== undefined) {
    return { disposition: 'duplicate', threading: { kind: 'follow-up', ticket: copy.ticket.id } }
  }
  return nature.kind === 'person' ? undefined : { disposition: 'duplicate', threading: { kind: 'new' } }
}

function personal({ findings, addressed }: Facts, threading: Threading): Filed {
  if (threading.kind === 'follow-up') return { disposition: 'follow-up', threading }
  // a ticket lies in a mailbox, and none of its recipients is one any more
  if (addressed.length === 0) return { disposition: 'file-only', threading }
  const [strongest] = findings.threads
  if (strongest === undefined) return { disposition: 'new-ticket', threading }
  return { disposition: 'new-ticket', threading: { kind: 'linked', ticket: strongest.ticket.id } }
}

/**
 * A verified MAC files a mail whoever sends it. All other claims are words that anybody can copy: they count from a
 * participant, from an agent (whose identity was checked), and a returned Message-ID also from a delivery report, since
 * no mail server is a participant.
 */
function mayJoin({ claim, ticket }: Thread, { message, nature }: Facts): boolean {
  if (claim.code === 'plus-address' || claim.code === 'own-message-id') return true
  if (nature.kind === 'agent') return true
  if (claim.code === 'returned-message-id' && nature.kind === 'delivery-status') return true
  const [only, ...more] = message.from
  if (only === undefined || more.length > 0) return false
  const sender = folded(only.address)
  return ticket.participants.some((one) => one.role !== 'unconfirmed' && folded(one.address) === sender)
}
