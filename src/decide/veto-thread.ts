import type { Reason } from '../mail/reason.ts'
import type { Considered } from './considered.ts'

/** A follow-up was acknowledged with its ticket; once a person has answered, nothing automatic speaks up. */
export function followUpVeto({ facts, threading }: Considered): Reason | undefined {
  if (threading.kind !== 'follow-up' || facts.findings.copy !== undefined) return undefined
  const thread = facts.findings.threads.find((one) => one.ticket.id === threading.ticket)
  return { code: thread?.ticket.state === 'engaged' ? 'person-has-answered' : 'follow-up', detail: threading.ticket }
}

export function duplicateVeto({ facts }: Considered): Reason | undefined {
  const { copy } = facts.findings
  return copy === undefined ? undefined : { code: 'duplicate', detail: copy.incoming }
}
