import type { DefectCode, Field } from '../mail/message.ts'
import type { Reason } from '../mail/reason.ts'
import type { Considered } from './considered.ts'

/**
 * Octets that are no letter, or of which so little was read that a sign of a machine may have been missed
 * (RFC 3834 2: extremely malformed mail gets no response).
 */
const HOPELESS: readonly DefectCode[] = ['empty', 'unreadable', 'no-header', 'header-too-large']

export function malformedVeto({ facts }: Considered): Reason | undefined {
  const defect = facts.message.defects.find((one) => HOPELESS.includes(one.code))
  return defect === undefined ? undefined : { code: 'malformed', detail: defect.detail ?? defect.code }
}

/** Tokens of X-Auto-Response-Suppress that ask for no notice of a class; DR, NDR, RN and NRN are about reports. */
const SUPPRESSING = {
  service: ['all', 'autoreply'],
  absence: ['all', 'oof'],
} as const

/** What the sender asks of us, which says nothing about what the sender is (Synapse and Zulip set it, people behind them). */
function suppressedBy(fields: readonly Field[], kind: keyof typeof SUPPRESSING): string | undefined {
  const wanted: readonly string[] = SUPPRESSING[kind]
  return fields.find(
    (field) =>
      field.name === 'x-auto-response-suppress' &&
      field.value
        .toLowerCase()
        .split(/[\s,;]+/u)
        .some((token) => wanted.includes(token)),
  )?.value
}

export function suppressionVeto({ facts }: Considered): Reason | undefined {
  const value = suppressedBy(facts.message.fields, 'service')
  return value === undefined ? undefined : { code: 'suppression-asked', detail: value.slice(0, 200) }
}

export function noMailboxVeto({ facts }: Considered): Reason | undefined {
  return facts.addressed.length === 0 ? { code: 'no-mailbox' } : undefined
}

export function sendingOffVeto({ facts }: Considered): Reason | undefined {
  return facts.policy.mode === 'off' ? { code: 'sending-off' } : undefined
}
