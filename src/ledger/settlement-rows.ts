import { type Address, correspondentKey } from '../mail/address.ts'
import type { Authentication } from '../mail/authentication.ts'
import type { Decision } from '../mail/decision.ts'
import type { Inquiry } from '../mail/facts.ts'
import type { IncomingId, MessageId, TicketId } from '../mail/ids.ts'
import type { Instant } from '../mail/instant.ts'
import type { Account, MessageRecord } from '../mail/ledger-port.ts'
import type { Defect } from '../mail/message.ts'
import type { Nature, Sign } from '../mail/nature.ts'
import type { Store } from './store.ts'

/** A row of `settlements` as SQLite gives it. */
type SettlementRow = {
  readonly settled_at: Instant
  readonly message_id: MessageId | null
  readonly sender: Address | null
  readonly subject: string
  readonly language: string | null
  readonly nature: Nature['kind']
  readonly decision: string
  readonly signs: string
  readonly authentication: string
  readonly defects: string
}

export type NewSettlement = {
  readonly incoming: IncomingId
  readonly inquiry: Inquiry
  readonly now: Instant
  readonly account: Account
  readonly ticket: TicketId | undefined
}

export function insertSettlement(store: Store, { incoming, inquiry, now, account, ticket }: NewSettlement): void {
  const { decision, nature } = account
  const { correspondent } = inquiry
  store.run(
    `INSERT INTO settlements (incoming, settled_at, copy_key, body_digest, message_id, sender, subject, language, nature,
       disposition, reply, ticket, handed_on, decision, signs, authentication, defects, correspondent, fingerprint)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    incoming,
    now,
    inquiry.copyKey,
    inquiry.bodyDigest,
    account.messageId ?? null,
    account.from ?? null,
    account.subject,
    account.language ?? null,
    nature.kind,
    decision.disposition,
    decision.reply.kind,
    ticket ?? null,
    JSON.stringify(decision.handOn),
    JSON.stringify(decision),
    JSON.stringify(nature.signs),
    JSON.stringify(account.authentication),
    JSON.stringify(account.defects),
    correspondent === undefined ? null : correspondentKey(correspondent),
    inquiry.fingerprint,
  )
}

type DecisionRow = { readonly decision: string; readonly ticket: TicketId | null }

/** The recorded decision. Throws where there is none: the caller knows that the Incoming is settled. */
export function decisionOf(store: Store, id: IncomingId): { decision: Decision; ticket: TicketId | undefined } {
  const row = store.get<DecisionRow>('SELECT decision, ticket FROM settlements WHERE incoming = ?', id)
  if (row === undefined) throw new Error(`The Incoming ${id} is settled, and no settlement is recorded`)
  return { decision: JSON.parse(row.decision) as Decision, ticket: row.ticket ?? undefined }
}

/** When it was settled and what was written down, or undefined where it is not settled. */
export function settlementOf(
  store: Store,
  id: IncomingId,
): { settledAt: Instant; account: NonNullable<MessageRecord['account']> } | undefined {
  const row = store.get<SettlementRow>('SELECT * FROM settlements WHERE incoming = ?', id)
  if (row === undefined) return undefined
  return {
    settledAt: row.settled_at,
    account: {
      decision: JSON.parse(row.decision) as Decision,
      nature: { kind: row.nature, signs: JSON.parse(row.signs) as readonly Sign[] },
      authentication: JSON.parse(row.authentication) as Authentication,
      messageId: row.message_id ?? undefined,
      from: row.sender ?? undefined,
      subject: row.subject,
      language: row.language ?? undefined,
      defects: JSON.parse(row.defects) as readonly Defect[],
    },
  }
}
