/** The way out: which queue entries a decision makes, and what one of them needs for an attempt. */
import { createHash } from 'node:crypto'
import { annotations } from './deliver/annotations.ts'
import type { Delivery } from './deliver/attempt.ts'
import { deliveredToSeen, deliveryStamps, type HandOnEdit, handedOnOctets } from './deliver/hand-on.ts'
import type { Prepared } from './deliver/runner.ts'
import { type Address, domainOf, folded, NULL_PATH, UNKNOWN_PATH, withoutDetail } from './mail/address.ts'
import type { Authentication } from './mail/authentication.ts'
import type { Decision } from './mail/decision.ts'
import type { EntryId, TicketId } from './mail/ids.ts'
import { timeSortedId } from './mail/ids.ts'
import type { Incoming } from './mail/incoming.ts'
import type { Instant } from './mail/instant.ts'
import type { Ledger, MessageRecord, NewEntry } from './mail/ledger-port.ts'
import type { Message } from './mail/message.ts'
import type { Notice } from './mail/notice.ts'
import type { Cargo, NextHop, Outcome, QueueEntry } from './mail/queue.ts'
import { formatTag } from './mail/tag.ts'
import type { World } from './ops/clock.ts'
import type { Log } from './ops/events.ts'
import { composeLetter } from './render/compose.ts'
import { type NoticeOrder, renderNotice } from './render/render.ts'
import type { MailboxSettings, Settings } from './settings.ts'
import { mintMessageId } from './thread/message-id.ts'
import { plusAddress } from './thread/plus-address.ts'

/** References kept of the mail we answer; the field is the sender's and may be long. */
const REFERENCES = 20

export type NoticeCargo = Extract<Cargo, { kind: 'notice' }>
type HandOnCargo = Extract<Cargo, { kind: 'hand-on' }>

type Decided = {
  readonly incoming: Incoming
  readonly message: Message
  readonly authentication: Authentication
  readonly decision: Decision
  readonly now: Instant
  readonly freshTicket: TicketId
}

/** What makes entries: settings, and the world for their ids. */
type Making = { readonly settings: Settings; readonly world: World }

type Draft = {
  readonly cargo: Cargo
  readonly ticket: TicketId | undefined
  readonly now: Instant
  /** Right side of the Message-ID. */
  readonly domain: string
  readonly state: NewEntry['state']
  readonly because?: string | undefined
}

function entryOf({ cargo, ticket, now, domain, state, because }: Draft, { settings, world }: Making): NewEntry {
  const id = timeSortedId(now, world.chance(16)) as EntryId
  const messageId = mintMessageId({ ticket, nonce: id.toLowerCase(), domain, keys: settings.keys })
  return { id, cargo, state, nextAttempt: now, messageId, because }
}

export type Answering = {
  readonly incoming: Incoming
  readonly message: Message
  readonly authentication: Authentication
  readonly notice: Notice
  readonly mode: 'send' | 'shadow'
  readonly ticket: TicketId | undefined
  readonly now: Instant
}

/** The queue entry of a notice; in shadow mode one that is kept and never attempted. */
export function noticeEntry(answering: Answering, at: Making): NewEntry & { readonly cargo: NoticeCargo } {
  const { notice, message, incoming, ticket, now } = answering
  const references = [...message.references].slice(-REFERENCES)
  const answers = { messageId: message.messageId, references, receivedAt: incoming.receivedAt }
  const form = formOf(answering, at.settings)
  const cargo: NoticeCargo = { kind: 'notice', notice, answers, ...(form === 'text' ? { form } : {}) }
  const state = answering.mode === 'shadow' ? 'would-send' : 'queued'
  return { ...entryOf({ cargo, ticket, now, domain: domainOf(notice.from), state }, at), cargo }
}

/**
 * How much a stranger can have us send to somebody else (`text_only_unless_authenticated`, DESIGN 5): under `fail` only
 * mail from outside is asked for proof, because behind a trusted server or over IMAP nobody could give it.
 */
function formOf({ authentication }: Answering, { config }: Settings): 'text' | 'both' {
  const rule = config.textOnlyUnlessAuthenticated
  if (rule === 'off' || authentication.dmarc === 'pass') return 'both'
  return rule === 'always' || authentication.source === 'checked' ? 'text' : 'both'
}

/** The queue entries that a decision makes: the mail for each mailbox, and the notice if there is one. */
export function newEntries(decided: Decided, at: Making): readonly NewEntry[] {
  const ticket = ticketOf(decided)
  const { now } = decided
  const entry = (cargo: Cargo, domain: string, held?: string): NewEntry =>
    entryOf(
      {
        cargo,
        ticket,
        now,
        domain,
        ...(held === undefined ? { state: 'queued' } : { state: 'held', because: held }),
      },
      at,
    )
  const bounced = decided.incoming.envelope.recipients.flatMap((one) => at.settings.bounceMailbox(one) ?? [])
  const handedOn = [...new Set([...decided.decision.handOn, ...bounced])].flatMap((address) => {
    const mailbox = at.settings.mailbox(address)
    if (mailbox?.handOn === undefined) return []
    const seen = deliveredToSeen(decided.message.fields, address, at.settings.instance)
    const because = seen ? 'it was handed on to this mailbox before and came back: a mail loop' : undefined
    const recipient =
      mailbox.handOn.kind === 'maildir' ? address : (mailbox.handOn.recipient ?? recipientAt(decided, mailbox))
    return [entry({ kind: 'hand-on', mailbox: address, recipient }, domainOf(address), because)]
  })
  const homeless = homelessAmong(decided.incoming.envelope.recipients, at.settings).map((address) => {
    const because = `${address} is no mailbox of this configuration any more`
    return entry({ kind: 'hand-on', mailbox: address, recipient: address }, domainOf(address), because)
  })
  handedOn.push(...homeless)
  const { reply } = decided.decision
  if (reply.kind === 'silence') return handedOn
  const { notice, kind: mode } = reply
  return [...handedOn, noticeEntry({ ...decided, notice, mode, ticket }, at)]
}

/** Recipients that were ours when the mail was accepted, and are no more since a reload or restart: their mail must not vanish. */
function homelessAmong(recipients: readonly Address[], { recipient }: Settings): readonly Address[] {
  return recipients.filter((one) => recipient(one) !== 'ours' && recipient(withoutDetail(one)) !== 'ours')
}

function ticketOf({ decision, freshTicket }: Decided): TicketId | undefined {
  const { threading } = decision
  if (decision.disposition === 'new-ticket') return freshTicket
  return threading.kind === 'follow-up' ? threading.ticket : undefined
}

/** The address of the mailbox that the envelope named: what the next hop knows the mailbox by. */
function recipientAt(decided: Decided, mailbox: MailboxSettings) {
  const names: readonly string[] = [mailbox.address, ...mailbox.aliases].map((one) => one.toLowerCase())
  return decided.incoming.envelope.recipients.find((one) => names.includes(one.toLowerCase())) ?? mailbox.address
}

/** What a notice entry says, from what the ledger kept and the templates of now. Used by `explain` as well. */
export function orderOf(
  entry: Pick<QueueEntry, 'messageId' | 'ticket'>,
  cargo: NoticeCargo,
  at: { settings: Settings; now: Instant },
): NoticeOrder {
  const { settings } = at
  const { notice, answers } = cargo
  const mailbox = settings.mailbox(notice.mailbox)
  const plus = entry.ticket !== undefined && settings.keys.plusMailboxes.has(notice.mailbox.toLowerCase())
  return {
    notice,
    messageId: entry.messageId,
    ticketId: entry.ticket,
    ticketTag: entry.ticket === undefined ? undefined : formatTag(entry.ticket, settings.keys.tagPrefix),
    tagInSubject: settings.config.tickets.subjectTag === 'on',
    inReplyTo: answers.messageId,
    references: answers.references,
    receivedAt: answers.receivedAt,
    now: at.now,
    timezone: settings.config.organization.timezone,
    organization: settings.config.organization.name,
    mailboxName: mailbox?.name ?? settings.config.organization.name,
    resources: mailbox?.resources ?? [],
    expectedReply: mailbox?.expectedReply(answers.receivedAt),
    instance: settings.instance,
    replyTo:
      plus && entry.ticket !== undefined
        ? plusAddress({ mailbox: notice.from, ticket: entry.ticket, keys: settings.keys })
        : undefined,
    textOnly: cargo.form === 'text',
  }
}

type Way = { readonly ledger: Ledger; readonly settings: Settings; readonly world: World; readonly log: Log }

/** What the runner needs for an attempt: octets, next hop and envelope. A notice is rendered once and then kept. */
export async function prepare(entry: QueueEntry, way: Way): Promise<Prepared> {
  return entry.cargo.kind === 'notice' ? prepareNotice(entry, entry.cargo, way) : prepareHandOn(entry, entry.cargo, way)
}

async function prepareNotice(entry: QueueEntry, cargo: NoticeCargo, way: Way): Promise<Prepared> {
  const { settings } = way
  const speaker = settings.mailbox(cargo.notice.mailbox)
  if (speaker === undefined) return { held: `${cargo.notice.mailbox} is no mailbox of this configuration any more` }
  const { mode } = settings.policy(speaker.address)
  if (mode !== 'live') return { held: `send.mode is ${mode} now` }
  const octets = (await way.ledger.rendered(entry.id)) ?? (await rendered(entry, cargo, way))
  return {
    rendered: octets,
    job: {
      hop: speaker.way.via,
      auth: speaker.way.auth,
      envelopeFrom: speaker.way.returnPath ?? NULL_PATH,
      to: cargo.notice.to,
      octets: async function* () {
        yield octets
      },
      size: octets.length,
      uniqueName: `${entry.id}.replyd`,
      repeat: entry.attempts > 0,
      notifyNever: true,
    },
  }
}

/** The octets of a notice as of now. */
export async function rendered(
  entry: QueueEntry,
  cargo: NoticeCargo,
  { settings, world, log }: Way,
): Promise<Uint8Array> {
  const letter = renderNotice(settings.templates, orderOf(entry, cargo, { settings, now: world.now() }))
  if (letter.fallback !== undefined) {
    const { kind: notice, locale } = cargo.notice
    log('render.failed', { entry: entry.id, notice, locale, error: letter.fallback })
  }
  return composeLetter(letter)
}

async function prepareHandOn(entry: QueueEntry, cargo: HandOnCargo, { ledger, settings }: Way): Promise<Prepared> {
  const mailbox = settings.mailbox(cargo.mailbox)
  if (mailbox === undefined) return { held: `${cargo.mailbox} is no mailbox of this configuration any more` }
  if (mailbox.handOn === undefined) return { held: `${cargo.mailbox} has no hand_on any more` }
  const job = await handOnJob(entry, cargo, { ledger, settings, hop: mailbox.handOn })
  const envelopeFrom = mailbox.handOnSender === 'original' ? job.original : undefined
  return {
    rendered: undefined,
    job: { ...job, envelopeFrom: envelopeFrom ?? mailbox.way.returnPath ?? NULL_PATH },
  }
}

async function handOnJob(
  entry: QueueEntry,
  cargo: HandOnCargo,
  { ledger, settings, hop }: Pick<Way, 'ledger' | 'settings'> & { hop: NextHop },
) {
  const record = await ledger.message(entry.incoming)
  const original = reversePathOf(record)
  const edit = handOnEdit(entry, { mailbox: cargo.mailbox, record, settings })
  // a Maildir is the final delivery, which writes down the reverse-path (RFC 5321 4.4)
  const path = original === NULL_PATH ? NULL_PATH : `<${original}>`
  const prepend =
    hop.kind === 'maildir' && original !== undefined ? [`Return-Path: ${path}`, ...edit.prepend] : edit.prepend
  return {
    hop,
    original,
    auth: undefined,
    to: cargo.recipient,
    octets: () => handedOnOctets(ledger.stream(entry.incoming), { ...edit, prepend }),
    size: undefined,
    uniqueName: handOnName(entry, cargo.mailbox),
    repeat: entry.attempts > 0,
    notifyNever: false,
  }
}

function reversePathOf(record: MessageRecord | undefined): Address | typeof NULL_PATH | undefined {
  const reversePath = record?.incoming.envelope.reversePath
  return reversePath === UNKNOWN_PATH ? undefined : reversePath
}

/**
 * Where a mail goes that the team's server refused for good after our 250: into the mailbox's fallback Maildir.
 * @returns refused where there is no fallback, so that the entry is held
 */
export async function fallBack(entry: QueueEntry, way: Way & { delivery: Delivery }): Promise<Outcome> {
  const { cargo } = entry
  if (cargo.kind !== 'hand-on') return { kind: 'refused', detail: 'a notice has no fallback' }
  const folder = way.settings.mailbox(cargo.mailbox)?.handOnFallback
  if (folder === undefined) return { kind: 'refused', detail: `${cargo.mailbox} has no hand_on_fallback` }
  return way.delivery.attempt({ ...(await handOnJob(entry, cargo, { ...way, hop: folder })), envelopeFrom: NULL_PATH })
}

/** Fields we add on the way to the team, and those of ours that a stranger must not have written. */
function handOnEdit(
  { ticket }: QueueEntry,
  { mailbox, record, settings }: { mailbox: Address; record: MessageRecord | undefined; settings: Settings },
): HandOnEdit {
  const tag = ticket === undefined ? undefined : formatTag(ticket, settings.keys.tagPrefix)
  const wantsTag = settings.mailbox(mailbox)?.handOnTag === 'on'
  return {
    prepend: [...deliveryStamps(settings.instance, mailbox), ...annotationsOf(record, ticket, settings)],
    ownAuthservId: settings.instance,
    ...(wantsTag && tag !== undefined ? { subjectTag: tag } : {}),
  }
}

function annotationsOf(
  record: MessageRecord | undefined,
  ticket: TicketId | undefined,
  { instance }: Settings,
): readonly string[] {
  const { account, incoming, line } = record ?? {}
  if (account === undefined || incoming === undefined) return []
  const { decision, authentication, from, nature } = account
  const { reversePath } = incoming.envelope
  const found = { ticket, decision, authentication, from, reversePath, authservId: instance }
  return annotations({ ...found, nature: line?.marked ?? nature.kind })
}

/** Digits of the digest in a name: two mailboxes whose readable halves are the same may share a folder. */
const DIGEST_DIGITS = 12

/** The Maildir name of a mail handed on: from Incoming and mailbox alone, so that a repeat changes nothing. */
function handOnName(entry: Pick<QueueEntry, 'incoming'>, mailbox: Address): string {
  const digest = createHash('sha256').update(folded(mailbox)).digest('hex').slice(0, DIGEST_DIGITS)
  return `${entry.incoming}.${mailbox.replace(/[^A-Za-z0-9_-]/gu, '_').slice(0, 80)}.${digest}.replyd`
}
