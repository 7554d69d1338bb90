import { decide } from '../../../src/decide/decide.ts'
import { type Address, folded } from '../../../src/mail/address.ts'
import type { Claim } from '../../../src/mail/claim.ts'
import type { Decision } from '../../../src/mail/decision.ts'
import {
  type Copy,
  type Facts,
  type Findings,
  NOTHING_FOUND,
  type Policy,
  type Thread,
} from '../../../src/mail/facts.ts'
import type { IncomingId } from '../../../src/mail/ids.ts'
import { after, type Instant, instant } from '../../../src/mail/instant.ts'
import type { Mailbox } from '../../../src/mail/mailbox.ts'
import type { Nature, NatureKind, SignClass } from '../../../src/mail/nature.ts'
import { ticketIdFrom } from '../../../src/mail/tag.ts'
import type { ParticipantRole, Ticket, TicketState } from '../../../src/mail/ticket.ts'
import { address, idOf, type LetterLines, letter, SUPPORT } from '../letters.ts'

export const NOW = instant(1_793_000_000_000)

/** The instant `ms` milliseconds before now. */
export function ago(ms: number): Instant {
  return after(NOW, -ms)
}

export const MAILBOX: Mailbox = {
  address: address(SUPPORT),
  name: 'Acme Support',
  aliases: [address('help@acme.example')],
  locales: ['en', 'el', 'zh-Hant'],
  resources: [],
}

export const POLICY: Policy = {
  mode: 'live',
  maxAgeMs: 86_400_000,
  ownAddresses: new Set(['support@acme.example', 'help@acme.example', 'sales@acme.example', 'bounces@acme.example']),
  gate: 'fail',
  limits: { perCorrespondent: 'off', perDomain: 'off', perMailbox: 'off', global: 'off' },
  limitOverrides: [],
  coolDownMs: 3_600_000,
  quietPeriodMs: 7 * 86_400_000,
  neverAnswer: [],
  ownPrefixes: [],
  forms: new Set(),
  defaultLocale: 'en',
}

export const FRESH = ticketIdFrom(new Uint8Array([9, 9, 9, 9, 9, 9]))
export const FINDINGS: Findings = {
  ...NOTHING_FOUND,
  freshTicket: FRESH,
}

export type FactLines = LetterLines & {
  readonly nature?: Nature
  readonly policy?: Partial<Policy>
  readonly findings?: Partial<Findings>
  readonly facts?: Partial<Facts>
}

/** A customer's first letter to support@acme.example, received a minute ago; anything of it can be said otherwise. */
export function factsOf(lines: FactLines = {}): Facts {
  return {
    now: NOW,
    receivedAt: ago(60_000),
    ...letter(lines),
    nature: lines.nature ?? { kind: 'person', signs: [] },
    addressed: [{ mailbox: MAILBOX, alias: MAILBOX.address, named: 'to' }],
    findings: { ...FINDINGS, ...lines.findings },
    occasions: [],
    policy: { ...POLICY, ...lines.policy },
    ...lines.facts,
  }
}

export function decided(lines: FactLines = {}): Decision {
  return decide(factsOf(lines))
}

export function reasonsOf({ reply }: Decision): readonly string[] {
  return reply.kind === 'silence' ? reply.because.map((one) => one.code) : []
}

export function noticeOf({ reply }: Decision) {
  if (reply.kind === 'silence') throw new Error(`silent because of ${reply.because.map((one) => one.code).join(', ')}`)
  return reply.notice
}

export function natureOf(kind: NatureKind, signClass: SignClass = 'hard'): Nature {
  const sign = { code: 'x', class: signClass, where: 'x', value: 'y', source: 'test', shows: kind }
  return { kind, signs: kind === 'person' ? [] : [sign] }
}

export function ticketOf(
  seed: number,
  { state = 'open', people = {} }: { state?: TicketState; people?: Record<string, ParticipantRole> } = {},
): Ticket {
  return {
    id: ticketIdFrom(new Uint8Array([seed, 1, 1, 1, 1, 1])),
    state,
    mailbox: MAILBOX.address,
    openedAt: ago(3_600_000),
    closedAt: state === 'closed' ? NOW : undefined,
    participants: Object.entries(people).map(([one, role]) => ({ address: folded(address(one)), role })),
  }
}

export function threadOf(code: Claim['code'], ticket: Ticket): Thread {
  const claim: Claim =
    code === 'stored-message-id' || code === 'returned-message-id'
      ? { code, messageId: idOf('<old@customer.example>'), value: '<old@customer.example>' }
      : { code, ticket: ticket.id, value: ticket.id }
  return { claim, ticket }
}

export function copyOf(ticket: Ticket | undefined, handedOn: readonly Address[] = [MAILBOX.address]): Copy {
  return { incoming: '01J00000000000000000000000' as IncomingId, ticket, handedOn }
}
