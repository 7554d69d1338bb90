import * as z from 'zod'
import type { LimitOverride, Limits } from '../../mail/limits.ts'
import type { AuthenticationConfig, Signs } from '../config.ts'
import { DEFAULTS } from '../defaults.ts'
import { choice, text } from './leaf.ts'
import { addressGlob, domain } from './places.ts'
import { duration, rate } from './quantities.ts'

const authservId = text('an authserv-id such as mx.acme.example', (value) =>
  /^[^\s;"\p{Cc}]{1,255}$/u.test(value) ? value.toLowerCase() : undefined,
)

const authenticationKeys = {
  gate: choice(['off', 'fail', 'pass']).describe(
    'Silence for mail that fails DMARC (fail), or that does not pass it (pass); off asks nothing.',
  ),
  trusted_authserv_ids: z
    .array(authservId)
    .describe('Names by which your own servers sign Authentication-Results; nobody else is believed.'),
  trusted_sealers: z
    .array(domain)
    .describe('Forwarders whose ARC seals are believed, beside the large providers; domains as in the d= of the seal.'),
}

const { gate, trusted_authserv_ids, trusted_sealers } = DEFAULTS.authentication

export const authentication = z.strictObject({
  gate: authenticationKeys.gate.prefault(gate),
  trusted_authserv_ids: authenticationKeys.trusted_authserv_ids.prefault([...trusted_authserv_ids]),
  trusted_sealers: authenticationKeys.trusted_sealers.prefault([...trusted_sealers]),
})
export const authenticationOverride = z.strictObject({
  gate: authenticationKeys.gate.optional(),
  trusted_authserv_ids: authenticationKeys.trusted_authserv_ids.optional(),
  trusted_sealers: authenticationKeys.trusted_sealers.optional(),
})

export function authenticationOf(parsed: z.output<typeof authentication>): AuthenticationConfig {
  return {
    gate: parsed.gate,
    trustedAuthservIds: parsed.trusted_authserv_ids,
    trustedSealers: parsed.trusted_sealers,
  }
}

export function authenticationWith(
  general: AuthenticationConfig,
  own: z.output<typeof authenticationOverride> | undefined,
): AuthenticationConfig {
  return {
    gate: own?.gate ?? general.gate,
    trustedAuthservIds: own?.trusted_authserv_ids ?? general.trustedAuthservIds,
    trustedSealers: own?.trusted_sealers ?? general.trustedSealers,
  }
}

const limitKeys = {
  per_correspondent: rate.describe('Notices to one address.'),
  per_domain: rate.describe('Notices to one domain; public mail domains are exempt.'),
  per_mailbox: rate.describe('Notices of one mailbox.'),
  global: rate.describe('Notices in all; beyond it the breaker stops notices and raises an alarm.'),
}

const override = z.strictObject({
  match: addressGlob.describe('Whose: an address in which * stands for anything, such as *@partner.example.'),
  per_correspondent: limitKeys.per_correspondent.optional(),
  per_domain: limitKeys.per_domain.optional(),
})

export const limits = z.strictObject({
  per_correspondent: limitKeys.per_correspondent.prefault(DEFAULTS.limits.per_correspondent),
  per_domain: limitKeys.per_domain.prefault(DEFAULTS.limits.per_domain),
  per_mailbox: limitKeys.per_mailbox.prefault(DEFAULTS.limits.per_mailbox),
  global: limitKeys.global.prefault(DEFAULTS.limits.global),
  overrides: z
    .array(override)
    .prefault([...DEFAULTS.limits.overrides])
    .describe('Other limits for some addresses and domains; the first line that matches counts.'),
  cool_down: duration({ least: '1m', most: '7d' })
    .prefault(DEFAULTS.limits.cool_down)
    .describe('How long the breaker stops notices, unless `replyd queue arm` ends it.'),
})
export const limitsOverride = z.strictObject({
  per_correspondent: limitKeys.per_correspondent.optional(),
  per_domain: limitKeys.per_domain.optional(),
  per_mailbox: limitKeys.per_mailbox.optional(),
  global: limitKeys.global.optional(),
})

export function limitsOf(parsed: z.output<typeof limits>): Limits {
  return {
    perCorrespondent: parsed.per_correspondent,
    perDomain: parsed.per_domain,
    perMailbox: parsed.per_mailbox,
    global: parsed.global,
  }
}

export function limitOverridesOf(parsed: z.output<typeof limits>): readonly LimitOverride[] {
  return parsed.overrides.map((one) => ({
    match: one.match,
    perCorrespondent: one.per_correspondent,
    perDomain: one.per_domain,
  }))
}

export function limitsWith(general: Limits, own: z.output<typeof limitsOverride> | undefined): Limits {
  return {
    perCorrespondent: own?.per_correspondent ?? general.perCorrespondent,
    perDomain: own?.per_domain ?? general.perDomain,
    perMailbox: own?.per_mailbox ?? general.perMailbox,
    global: own?.global ?? general.global,
  }
}

const signCode = text('the code of a sign such as auto-submitted', (value) =>
  /^[a-z0-9][a-z0-9-]{0,63}$/u.test(value) ? value : undefined,
)

export const signs = z.strictObject({
  off: z
    .array(signCode)
    .prefault([...DEFAULTS.signs.off])
    .describe('Codes of signs, as `replyd explain` shows them, that are not looked at.'),
})

export function signsOf(parsed: z.output<typeof signs>): Signs {
  return { off: parsed.off }
}
