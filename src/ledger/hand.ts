import { correspondentKey } from '../mail/address.ts'
import type { Hand } from '../mail/ledger-port.ts'
import { armBreaker } from './breaker.ts'
import type { Gathering } from './findings.ts'
import type { GroupCommit } from './group-commit.ts'
import { endMute } from './mutes.ts'
import { carryOut } from './order.ts'
import type { Store } from './store.ts'

/** What the operator changes by command. */
export function openHand(store: Store, group: GroupCommit, gathering: Gathering): Hand {
  const { never } = gathering
  return {
    order: (inquiry, now, judge) =>
      group.enqueue('carry out the order', () => carryOut(store, { inquiry, now, judge }, gathering)),
    addNever: (rule) => group.enqueue('add to the never list', () => never.add(rule)),
    removeNever: (pattern) => group.enqueue('take off the never list', () => never.remove(pattern)),
    liftMute: (address) => group.enqueue('lift the mute', () => endMute(store, correspondentKey(address))),
    arm: (now) => group.enqueue('arm the breaker', () => armBreaker(store, now)),
  }
}
