import { NULL_PATH } from '../mail/address.ts'
import type { NatureKind, Sign } from '../mail/nature.ts'
import type { Reason, ReasonCode } from '../mail/reason.ts'
import { reversePathOf } from '../mail/reverse-path.ts'
import type { Considered } from './considered.ts'

/** Asked apart from the nature, so that no classification can ever lead to an answer to nobody. */
export function nullSenderVeto({ facts }: Considered): Reason | undefined {
  return reversePathOf(facts) === NULL_PATH ? { code: 'null-sender' } : undefined
}

const REASON_OF = {
  agent: 'agent',
  automatic: 'automatic',
  list: 'list',
  bulk: 'bulk',
  'delivery-status': 'delivery-status',
  'disposition-notification': 'disposition-notification',
  'feedback-report': 'feedback-report',
  calendar: 'calendar',
  spam: 'spam',
  own: 'own',
} as const satisfies Record<Exclude<NatureKind, 'person'>, ReasonCode>

/** Only a person is answered; a hard sign silences even where the nature says person. */
export function natureVeto({ facts }: Considered): Reason | undefined {
  const { kind, signs } = facts.nature
  const hard = signs.find((sign) => sign.class === 'hard')
  const shown = kind === 'person' ? hard?.shows : kind
  if (shown === undefined || shown === 'person') {
    return hard === undefined ? undefined : reason('automatic', hard)
  }
  return reason(REASON_OF[shown], signs.find((sign) => sign.shows === shown && sign.class !== 'weak') ?? hard)
}

/** What not even a person's order overrides. */
export function hardSignVeto({ facts }: Considered): Reason | undefined {
  const hard = facts.nature.signs.find((sign) => sign.class === 'hard')
  if (hard === undefined) return undefined
  return reason(hard.shows === 'person' ? 'automatic' : REASON_OF[hard.shows], hard)
}

function reason(code: ReasonCode, sign: Sign | undefined): Reason {
  return sign === undefined ? { code } : { code, detail: `${sign.where}: ${sign.value}` }
}
