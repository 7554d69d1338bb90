import type { Config, MailboxConfig } from './config.ts'
import { organizationOf, storageOf } from './schema/house.ts'
import { type General, mailboxOf } from './schema/mailboxes.ts'
import { adminOf, agentOf, formOf, routesOf } from './schema/people.ts'
import { receiveOf } from './schema/receive.ts'
import type { Parsed } from './schema/replyd.ts'
import { ruleOf } from './schema/rules.ts'
import { schedulesOf } from './schema/schedules.ts'
import { sendOf } from './schema/send.ts'
import { ticketsOf } from './schema/tickets.ts'
import { authenticationOf, limitOverridesOf, limitsOf, signsOf } from './schema/trust.ts'

/**
 * The Config of a file in which nothing is wrong, frozen to its leaves.
 * @param machine the machine's own name, for listeners without a name
 */
export function assemble(parsed: Parsed, machine: string): Config {
  const general = generalOf(parsed)
  const [first, ...others] = parsed.mailboxes
  const mailboxes: [MailboxConfig, ...MailboxConfig[]] = [
    mailboxOf(first, general),
    ...others.map((one) => mailboxOf(one, general)),
  ]
  return frozen({
    ...general,
    storage: storageOf(parsed.storage),
    templates: parsed.templates,
    receive: receiveOf(parsed.receive, machine),
    mailboxes,
    schedules: schedulesOf(parsed.schedules, parsed.organization.timezone),
    highVolume: parsed.high_volume,
    maxAgeMs: parsed.max_age,
    quietPeriodMs: parsed.quiet_period,
    limitOverrides: limitOverridesOf(parsed.limits),
    coolDownMs: parsed.limits.cool_down,
    followUpAbsence: parsed.follow_up_absence,
    agents: parsed.agents.map(agentOf),
    rules: parsed.rules.map(ruleOf),
    routes: routesOf(parsed.routes),
    forms: parsed.forms.map(formOf),
    neverAnswer: parsed.never_answer,
    alwaysAnswer: parsed.always_answer,
    textOnlyUnlessAuthenticated: parsed.text_only_unless_authenticated,
    admin: adminOf(parsed.admin),
  })
}

function generalOf(parsed: Parsed): General {
  return {
    organization: organizationOf(parsed.organization),
    layout: parsed.layout,
    send: sendOf(parsed.send),
    tickets: ticketsOf(parsed.tickets),
    limits: limitsOf(parsed.limits),
    authentication: authenticationOf(parsed.authentication),
    signs: signsOf(parsed.signs),
    acknowledgeAfterMs: parsed.acknowledge_after,
  }
}

/** Two rooms share one Config: nobody may change it under the other's feet. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) frozen(part)
  }
  return value
}
