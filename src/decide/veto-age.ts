import type { Reason } from '../mail/reason.ts'
import type { Considered } from './considered.ts'

const HOUR_MS = 3_600_000

/** Age by receipt, never by Date: a sender writes any date, and a mailbox opened for the first time holds years of mail. */
export function ageVeto({ facts }: Considered): Reason | undefined {
  const ageMs = facts.now - facts.receivedAt
  if (ageMs <= facts.policy.maxAgeMs) return undefined
  return { code: 'too-old', detail: `received ${Math.floor(ageMs / HOUR_MS)} hours ago` }
}
