import { consequencesOf } from '../../../src/decide/consequences.ts'
import { correspondentOf } from '../../../src/decide/correspondent.ts'
import { decide } from '../../../src/decide/decide.ts'
import { fingerprintOf } from '../../../src/decide/fingerprint.ts'
import { talliesOf } from '../../../src/decide/tallies.ts'
import { correspondentKey } from '../../../src/mail/address.ts'
import type { Decision } from '../../../src/mail/decision.ts'
import { type Findings, type Policy, RECENT_MAX, RECENT_MS } from '../../../src/mail/facts.ts'
import { after, type Instant } from '../../../src/mail/instant.ts'
import type { Consequences } from '../../../src/mail/ledger-port.ts'
import type { Mute, Recent, TallyKey } from '../../../src/mail/limits.ts'
import { formatTag, ticketIdFrom } from '../../../src/mail/tag.ts'
import { renderNotice } from '../../../src/render/render.ts'
import type { TemplateSet } from '../../../src/render/template-set.ts'
import { address } from '../letters.ts'
import { order } from '../render/orders.ts'
import { FINDINGS, factsOf, MAILBOX, NOW, POLICY } from './facts.ts'

/** A mail on its way, with no mark left by which a machine could be told: what any person's mail has. */
export type Bare = {
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly language?: string
}

export type Settled = {
  readonly decision: Decision
  readonly consequences: Consequences
  readonly answer: Bare | undefined
}

/** One of us, with as much of a ledger as deciding asks for: mails and notices of each correspondent, and mutes. */
export type Desk = {
  readonly address: string
  settle(mail: Bare, at: Instant): Settled
  /** Notices sent. */
  sent(): number
}

export type Setting = {
  readonly address: string
  readonly locales: readonly string[]
  readonly templates: TemplateSet
  readonly policy?: Partial<Policy>
}

export function openDesk({ address: own, locales, templates, policy: changed }: Setting): Desk {
  const mails: (Recent & { readonly key: string })[] = []
  const reserved: (TallyKey & { readonly at: Instant })[] = []
  const mutes = new Map<string, Mute>()
  const mailbox = { ...MAILBOX, address: address(own), aliases: [], locales }
  const policy: Policy = { ...POLICY, ownAddresses: new Set([own]), ...changed }
  let sent = 0

  function findings(key: string, now: Instant, tallies: ReturnType<typeof talliesOf>): Findings {
    const isCounted = (one: TallyKey & { at: Instant }, tally: (typeof tallies)[number]) =>
      one.scope === tally.scope && one.key === tally.key && one.at > now - tally.windowMs
    return {
      ...FINDINGS,
      recent: mails
        .filter((one) => one.key === key && one.at > now - RECENT_MS)
        .reverse()
        .slice(0, RECENT_MAX),
      used: tallies.map((tally) => reserved.filter((one) => isCounted(one, tally)).length),
      mute: mutes.get(key),
    }
  }

  return {
    address: own,
    sent: () => sent,
    settle: (mail, at) => {
      const lines = { from: mail.from, to: own, subject: mail.subject, text: mail.text, messageId: undefined }
      const empty = factsOf({
        ...lines,
        message: { language: mail.language },
        policy,
        facts: { now: at, receivedAt: at, addressed: [{ mailbox, alias: mailbox.address, named: 'to' }] },
      })
      const correspondent = correspondentOf(empty)
      const key = correspondent === undefined ? '' : correspondentKey(correspondent)
      const tallies = talliesOf({ correspondent, mailbox: mailbox.address, policy })
      const facts = { ...empty, findings: findings(key, at, tallies) }
      const decision = decide(facts)
      const consequences = consequencesOf(facts, decision)
      const { reply } = decision
      const isAnswered = reply.kind === 'send'
      mails.push({
        key,
        at,
        answer: isAnswered ? 'notice' : 'silence',
        subject: mail.subject,
        fingerprint: fingerprintOf(facts.message),
      })
      reserved.push(...consequences.reserve.map((one) => ({ ...one, at })))
      if (consequences.mute !== undefined)
        mutes.set(key, { correspondent: address(key), since: at, ...consequences.mute })
      if (!isAnswered) return { decision, consequences, answer: undefined }
      sent += 1
      const id = ticketIdFrom(new Uint8Array([sent, mails.length, own.length, 7, 8, 9]))
      const said = renderNotice(
        templates,
        order({
          notice: reply.notice,
          ticketId: id,
          ticketTag: formatTag(id, ''),
          receivedAt: at,
          now: at,
          expectedReply: after(at, 86_400_000),
          resources: [],
          mailboxName: `Support of ${own.slice(own.indexOf('@') + 1)}`,
        }),
      )
      const answer = { from: own, subject: said.subject, text: said.text, language: reply.notice.locale }
      return { decision, consequences, answer }
    },
  }
}

/** The first instant of every duel. */
export const BEGIN = NOW
