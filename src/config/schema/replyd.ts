import * as z from 'zod'
import { DEFAULTS } from '../defaults.ts'
import { organization, storage } from './house.ts'
import { atLeastOne, choice } from './leaf.ts'
import { acknowledgeAfter, layoutName, mailbox } from './mailboxes.ts'
import { admin, agents, forms, globs, routes } from './people.ts'
import { path } from './places.ts'
import { duration } from './quantities.ts'
import { receive } from './receive.ts'
import { rules } from './rules.ts'
import { schedules } from './schedules.ts'
import { send } from './send.ts'
import { highVolume, tickets } from './tickets.ts'
import { authentication, limits, signs } from './trust.ts'

/** The keys of the file, each with its schema. */
export const SECTIONS = {
  organization: organization.describe('Who you are.'),
  storage: storage.prefault({}).describe('Where data lies.'),
  templates: path
    .optional()
    .describe('Folder with your own templates, laid over the built-in ones; without it, those alone.'),
  layout: layoutName.prefault(DEFAULTS.layout),
  receive: receive.prefault({}).describe('How mail comes in.'),
  mailboxes: atLeastOne(mailbox).describe('The mailboxes replyd stands in front of; at least one.'),
  send: send.prefault({}).describe('How notices go out.'),
  tickets: tickets.prefault({}).describe('How tickets show.'),
  schedules: schedules.prefault({}).describe('Opening hours, by name.'),
  high_volume: highVolume.optional().describe('When it is too much mail; without it, never.'),
  max_age: duration({ least: '1m', most: '365d' })
    .prefault(DEFAULTS.max_age)
    .describe('Mail received longer ago is not answered any more.'),
  quiet_period: duration({ least: '0s', most: '365d' })
    .prefault(DEFAULTS.quiet_period)
    .describe('One absence text tells the same to one person once in this time.'),
  acknowledge_after: acknowledgeAfter.prefault(DEFAULTS.acknowledge_after),
  follow_up_absence: choice(['off', 'holiday'])
    .prefault(DEFAULTS.follow_up_absence)
    .describe('holiday tells also those who write again on a holiday.'),
  limits: limits.prefault({}).describe('How many notices at most, such as 10/24h; off for none.'),
  authentication: authentication.prefault({}).describe('Protection against mail in a false name.'),
  agents: agents.prefault([]).describe('The people who answer.'),
  rules: rules.prefault([]).describe('What is treated differently; the first rule that fits decides.'),
  routes: routes.prefault({}).describe('Destinations for rules, by name.'),
  forms: forms.prefault([]).describe('Web forms that write in their own name for a customer.'),
  never_answer: globs.prefault([]).describe('Addresses that are never answered; * stands for anything.'),
  always_answer: globs.prefault([]).describe('Addresses answered although weak signs speak against it.'),
  signs: signs.prefault({}).describe('Signs of automatic mail.'),
  text_only_unless_authenticated: choice(['off', 'fail', 'always'])
    .prefault(DEFAULTS.text_only_unless_authenticated)
    .describe('Leaves the HTML part out for senders that are not authenticated.'),
  admin: admin.prefault({}).describe('Health, metrics and API over HTTP.'),
} as const

export const replydSchema = z.strictObject(SECTIONS).describe('The configuration of replyd.')

export type Parsed = z.output<typeof replydSchema>
