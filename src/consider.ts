/**
 * One message as everything that decides sees it: what its octets alone tell, the question to the ledger that follows,
 * and the facts that the answer makes of both. Pure; used by the spine, by `explain` and by a person's orders alike, so
 * that none of them can judge by other rules than the others.
 */
import type { Trust } from './authenticate/authenticator.ts'
import { trustedFields } from './authenticate/trusted-zone.ts'
import { classify } from './classify/classify.ts'
import { addressedOf } from './decide/addressed.ts'
import { copyKey } from './decide/copy-key.ts'
import { correspondentOf } from './decide/correspondent.ts'
import { fingerprintOf } from './decide/fingerprint.ts'
import { talliesOf } from './decide/tallies.ts'
import { type Authentication, NOT_AUTHENTICATED } from './mail/authentication.ts'
import type { Claim } from './mail/claim.ts'
import type { Facts, Findings, Inquiry } from './mail/facts.ts'
import type { Incoming } from './mail/incoming.ts'
import type { Instant } from './mail/instant.ts'
import type { Message } from './mail/message.ts'
import type { Nature } from './mail/nature.ts'
import type { Settings } from './settings.ts'
import { claimsOf } from './thread/claims.ts'

/** A message with everything that can be said of it without the ledger. */
export type Letter = {
  readonly incoming: Incoming
  readonly message: Message
  /** undefined: nobody has looked. */
  readonly authentication: Authentication | undefined
}

/** Facts without what the ledger knows. */
type Known = Omit<Facts, 'findings' | 'now'>

export type Considered = {
  readonly known: Known
  readonly inquiry: Inquiry
  readonly claims: readonly Claim[]
  /** The nature if the sender is in a ticket with us: what mail services stamp on people's mail then says nothing. */
  readonly natureInTicket: () => Nature
}

/** Whose word on the sender counts: that of the mailbox which speaks. */
export function trustFor(settings: Settings, { envelope }: Incoming, message: Message): Trust {
  const [speaker] = addressedOf({ envelope, message }, settings.mailboxes, settings.keys.plusMailboxes)
  return settings.trust(speaker?.mailbox.address)
}

/** What the octets alone tell, and the question to the ledger that follows from it. */
export function consider(letter: Letter, settings: Settings): Considered {
  const { incoming, message } = letter
  const { envelope, peer, source } = incoming
  const authentication = letter.authentication ?? NOT_AUTHENTICATED
  const addressed = addressedOf({ envelope, message }, settings.mailboxes, settings.keys.plusMailboxes)
  const speaker = addressed[0]?.mailbox.address
  const { isTrusted } = settings.trust(speaker)
  const believed = trustedFields(message.fields, { source, peer, isTrusted })
  const context = settings.classifying({ peer, trustedFields: believed }, speaker)
  const evidence = { envelope, message, authentication }
  const policy = settings.policy(speaker)
  const claims = claimsOf({ envelope, message }, settings.keys)
  const correspondent = correspondentOf({ envelope, message, policy })
  return {
    claims,
    known: {
      receivedAt: incoming.receivedAt,
      envelope,
      message,
      nature: classify(evidence, context),
      authentication,
      addressed,
      occasions: [],
      policy,
    },
    inquiry: {
      incoming: incoming.id,
      copyKey: copyKey(message, incoming.bodyDigest),
      bodyDigest: incoming.bodyDigest,
      claims,
      correspondent,
      fingerprint: fingerprintOf(message),
      tallies: talliesOf({ correspondent, mailbox: speaker, policy }),
    },
    natureInTicket: () => classify(evidence, { ...context, correspondent: 'has-open-ticket' }),
  }
}

/** Everything that `decide` may know. Called inside the transaction that the findings come from. */
export function factsOf({ known, natureInTicket }: Considered, findings: Findings, now: Instant): Facts {
  const inTicket = findings.openTickets > 0 && known.nature.kind !== 'person'
  return { ...known, nature: inTicket ? natureInTicket() : known.nature, findings, now }
}
