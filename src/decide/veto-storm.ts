import type { Reason } from '../mail/reason.ts'
import type { Considered } from './considered.ts'

export function repeatVeto({ storm: { text } }: Considered): Reason | undefined {
  return text === undefined ? undefined : { code: 'repeats-itself', detail: text }
}

export function driftVeto({ storm: { subject } }: Considered): Reason | undefined {
  return subject === undefined ? undefined : { code: 'subject-drifts', detail: subject }
}

export function paceVeto({ storm: { pace } }: Considered): Reason | undefined {
  return pace === undefined ? undefined : { code: 'too-many-at-once', detail: pace }
}

export function mutedVeto({ facts }: Considered): Reason | undefined {
  const { mute } = facts.findings
  return mute === undefined || mute.until <= facts.now ? undefined : { code: 'muted', detail: mute.because }
}
