import type { Field } from '../mail/message.ts'

/**
 * Tokens of X-Auto-Response-Suppress that ask for no notice of a class (MS-OXCMAIL 2.1.3.2.20): OOF for out of office,
 * AutoReply for every other automatic reply; DR, NDR, RN and NRN are about reports.
 */
const SUPPRESSING = {
  service: ['all', 'autoreply'],
  absence: ['all', 'oof'],
} as const

/**
 * What the sender asks of us, which says nothing about what the sender is (Synapse and Zulip set it, people behind them).
 * @returns the field's value where it asks for no notice of the class
 */
export function suppressedBy(fields: readonly Field[], kind: keyof typeof SUPPRESSING): string | undefined {
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
