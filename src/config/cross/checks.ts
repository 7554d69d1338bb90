import {
  agentsAreNoMailboxes,
  mailboxesExist,
  returnPathNeverAnswers,
  uniqueAddresses,
  uniqueAgents,
} from './addresses.ts'
import type { CrossCheck } from './found.ts'
import { handedOnExactlyOnce } from './hand-on.ts'
import { neverToOurselves } from './loops.ts'
import { localeIsOffered, routesExist, schedulesExist, uniqueNames } from './names.ts'

/** What no single key can tell: how places of the file stand to each other. */
export const CROSS_CHECKS: readonly CrossCheck[] = [
  uniqueAddresses,
  uniqueAgents,
  agentsAreNoMailboxes,
  returnPathNeverAnswers,
  mailboxesExist,
  schedulesExist,
  routesExist,
  uniqueNames,
  localeIsOffered,
  handedOnExactlyOnce,
  neverToOurselves,
]
