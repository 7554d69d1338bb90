import * as z from 'zod'
import type { Resource } from '../../mail/mailbox.ts'
import type { Config, HandOn, MailboxConfig } from '../config.ts'
import { DEFAULTS } from '../defaults.ts'
import { atLeastOne, choice, line, name, onOff, text } from './leaf.ts'
import { address, maildir, nextHop, nextHopOrNone, webAddress } from './places.ts'
import { duration, durationOr } from './quantities.ts'
import { sendOverride, sendWith } from './send.ts'
import { authenticationOverride, authenticationWith, limitsOverride, limitsWith, signs, signsOf } from './trust.ts'
import { locale } from './zones-and-locales.ts'

const { hand_on_sender, hand_on_tag, aliases, resources } = DEFAULTS.mailboxes

const handOnKeys = {
  hand_on_sender: choice(['return_path', 'original'])
    .prefault(hand_on_sender)
    .describe("Envelope sender towards the team: our return_path, or the sender's own where that server trusts us."),
  hand_on_fallback: maildir.optional().describe("Where mail goes that the team's server refuses for good."),
  hand_on_tag: onOff.prefault(hand_on_tag).describe('on puts the ticket into the subject of the mail handed on.'),
}

export const HAND_ON = 'Where mail goes on to: maildir:FOLDER, smtp://host[:port][/address] or lmtp://...'

export const handOn = z.strictObject({ hand_on: nextHop.describe(HAND_ON), ...handOnKeys })

export function handOnOf(parsed: z.output<typeof handOn>): HandOn {
  return {
    handOn: parsed.hand_on,
    handOnSender: parsed.hand_on_sender,
    handOnFallback: parsed.hand_on_fallback,
    handOnTag: parsed.hand_on_tag,
  }
}

const resource = z.strictObject({
  title: line('a title', 100).describe('What the customer reads.'),
  url: webAddress.describe('Where the link leads.'),
})

const layout = text('the name of a layout such as default', (value) =>
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/u.test(value) ? value : undefined,
)
export const layoutName = layout.describe('How notices look: a file of layouts/, without .mjml.')

export const acknowledgeAfter = duration({ least: '0s', most: '7d' }).describe(
  'How long to wait before the acknowledgement, in case a person answers first.',
)
export const reopenWindow = duration({ least: '0s', most: '3650d' }).describe(
  'How long after closing a mail reopens its ticket; later it opens a new one.',
)

export const mailbox = z.strictObject({
  address: address.describe('The address customers write to.'),
  name: line('a name', 100).describe('Its name in From, e.g. Acme Support.'),
  aliases: z
    .array(address)
    .prefault([...aliases])
    .describe('More addresses of the same mailbox.'),
  hand_on: nextHopOrNone.optional().describe(HAND_ON),
  ...handOnKeys,
  schedule: name.optional().describe('Opening hours: a name of `schedules`; without it, always open.'),
  reply_within: durationOr('auto', { least: '1m', most: '365d' })
    .optional()
    .describe('How soon a person answers, in opening hours; auto: as measured; without it, no promise.'),
  resources: z
    .array(resource)
    .prefault([...resources])
    .describe('Links to self-service, shown in notices.'),
  locales: atLeastOne(locale).optional().describe("Its own languages; without it, the organization's."),
  layout: layoutName.optional(),
  send: sendOverride.optional().describe('What is sent differently for this mailbox.'),
  limits: limitsOverride.optional().describe('Limits of its own.'),
  authentication: authenticationOverride.optional().describe('Its own gate.'),
  signs: signs.optional().describe('Its own list of signs not looked at.'),
  acknowledge_after: acknowledgeAfter.optional(),
  reopen_window: reopenWindow.optional(),
})

export type ParsedMailbox = z.output<typeof mailbox>

/** Everything a mailbox may override. */
export type General = Pick<
  Config,
  'organization' | 'layout' | 'send' | 'limits' | 'authentication' | 'signs' | 'acknowledgeAfterMs' | 'tickets'
>

export function mailboxOf(parsed: ParsedMailbox, general: General): MailboxConfig {
  const own = handOnOf({ ...parsed, hand_on: { kind: 'maildir', folder: '' } })
  return {
    ...own,
    handOn: parsed.hand_on === 'none' ? undefined : parsed.hand_on,
    address: parsed.address,
    name: parsed.name,
    aliases: parsed.aliases,
    schedule: parsed.schedule,
    replyWithin: parsed.reply_within,
    resources: parsed.resources satisfies readonly Resource[],
    locales: parsed.locales ?? general.organization.locales,
    layout: parsed.layout ?? general.layout,
    send: sendWith(general.send, parsed.send),
    limits: limitsWith(general.limits, parsed.limits),
    authentication: authenticationWith(general.authentication, parsed.authentication),
    signs: parsed.signs === undefined ? general.signs : signsOf(parsed.signs),
    acknowledgeAfterMs: parsed.acknowledge_after ?? general.acknowledgeAfterMs,
    reopenWindowMs: parsed.reopen_window ?? general.tickets.reopenWindowMs,
  }
}
