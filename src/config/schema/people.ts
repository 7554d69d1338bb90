import * as z from 'zod'
import type { Admin, Agent, Form, HandOn } from '../config.ts'
import { DEFAULTS } from '../defaults.ts'
import { choice, line, named } from './leaf.ts'
import { handOn, handOnOf } from './mailboxes.ts'
import { address, addressGlob, listenTargetOrOff } from './places.ts'
import { secret } from './secret.ts'
import { locale } from './zones-and-locales.ts'

const { skills, languages } = DEFAULTS.agents

export const agent = z.strictObject({
  name: line('a name', 100).describe('What customers read.'),
  address: address.describe('Their own address; their mail is never answered.'),
  skills: z
    .array(line('a word', 60))
    .prefault([...skills])
    .describe('What they know, in words of your own.'),
  languages: z
    .array(locale)
    .prefault([...languages])
    .describe('Languages they write.'),
  mailbox: handOn.optional().describe('Accepts mail to their own address, and hands it on; without it, 550.'),
})

export const agents = z.array(agent)

export function agentOf(parsed: z.output<typeof agent>): Agent {
  return { ...parsed, mailbox: parsed.mailbox === undefined ? undefined : handOnOf(parsed.mailbox) }
}

export const routes = named(handOn)

export function routesOf(parsed: z.output<typeof routes>): Readonly<Record<string, HandOn>> {
  return Object.fromEntries(Object.entries(parsed).map(([name, route]) => [name, handOnOf(route)]))
}

const form = z.strictObject({
  from: address.describe('Address in whose name a web form writes.'),
  client: choice(['reply-to']).prefault(DEFAULTS.forms.client).describe('Where the form puts the customer.'),
})

export const forms = z.array(form)

export function formOf(parsed: z.output<typeof form>): Form {
  return parsed
}

export const globs = z.array(addressGlob)

export const admin = z.strictObject({
  listen: listenTargetOrOff
    .prefault(DEFAULTS.admin.listen)
    .describe('Where health and metrics are served; off serves nothing. Never open it to the internet.'),
  token: secret.prefault(DEFAULTS.admin.token).describe('The token that the API asks for.'),
})

export function adminOf(parsed: z.output<typeof admin>): Admin {
  return { listen: parsed.listen, token: parsed.token }
}
