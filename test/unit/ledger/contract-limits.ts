import { expect, test } from 'vitest'
import { correspondentKey } from '../../../src/mail/address.ts'
import { RECENT_MAX, RECENT_MS } from '../../../src/mail/facts.ts'
import { after } from '../../../src/mail/instant.ts'
import { type Consequences, NO_CONSEQUENCES } from '../../../src/mail/ledger-port.ts'
import { LONGEST_WINDOW_MS, type Tally, type TallyKey, type Told } from '../../../src/mail/limits.ts'
import {
  accept,
  account,
  address,
  BILLING,
  FILED,
  findings,
  inquiry,
  MARIA,
  NOW,
  notice,
  SUPPORT,
  settled,
  ticketOf,
} from './arrivals.ts'
import { aLedger, type OpenLedger, opened } from './opened.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Promised by Findings.used: a window may be so much longer. */
const SLACK_MS = 10_000

const GLOBAL: TallyKey = { scope: 'global', key: '' }
const MARIAS: TallyKey = { scope: 'correspondent', key: 'maria@customer.example' }

function tally(key: TallyKey, windowMs = HOUR_MS): Tally {
  return { ...key, windowMs }
}

function consequences(changes: Partial<Consequences>): Pick<Partial<ReturnType<typeof account>>, 'consequences'> {
  return { consequences: { ...NO_CONSEQUENCES, ...changes } }
}

export function describeLimits(open: OpenLedger): void {
  describeTallies(open)
  describeRecent(open)
  describeTold(open)
  describeMutes(open)
  describeBreaker(open)
}

function describeTallies(open: OpenLedger): void {
  test('each counter counts what was reserved for it, across a restart', async () => {
    const { ledger, reopen } = await opened(open)
    const same: TallyKey = { scope: 'domain', key: MARIAS.key }
    await settled(ledger, consequences({ reserve: [MARIAS, GLOBAL] }))
    await settled(ledger, consequences({ reserve: [GLOBAL] }))
    await settled(ledger)
    const again = await reopen()
    const { used } = await findings(again, { tallies: [tally(GLOBAL), tally(MARIAS), tally(same)] })
    expect(used).toEqual([2, 1, 0])
  })

  test('a window slides: what was counted leaves it when it is over, and never before', async () => {
    const ledger = await aLedger(open)
    await settled(ledger, consequences({ reserve: [MARIAS] }))
    for (const windowMs of [MINUTE_MS, HOUR_MS, DAY_MS, LONGEST_WINDOW_MS]) {
      const usedAfter = async (ms: number): Promise<unknown> =>
        (await findings(ledger, { tallies: [tally(MARIAS, windowMs)], now: after(NOW, ms) })).used
      expect(await usedAfter(0)).toEqual([1])
      expect(await usedAfter(windowMs - 1)).toEqual([1])
      expect(await usedAfter(windowMs + SLACK_MS)).toEqual([0])
    }
  })

  test('a clock set back forgets no notice, and one that was wrong by years silences nobody', async () => {
    const ledger = await aLedger(open)
    await settled(ledger, consequences({ reserve: [MARIAS] }))
    const earlier = async (ms: number): Promise<unknown> =>
      (await findings(ledger, { tallies: [tally(MARIAS)], now: after(NOW, -ms) })).used
    expect(await earlier(50 * MINUTE_MS)).toEqual([1])
    expect(await earlier(365 * DAY_MS)).toEqual([0])
  })

  test('two hundred mails at the same time never take more places than there are', async () => {
    const ledger = await aLedger(open)
    const limit = 7
    const incoming = await Promise.all(Array.from({ length: 200 }, () => accept(ledger)))
    const answered = await Promise.all(
      incoming.map((one) =>
        ledger.settle(inquiry(one, { tallies: [tally(GLOBAL)] }), NOW, ({ used: [used = 0] }) =>
          used < limit
            ? account({ entries: [notice()], ...consequences({ reserve: [GLOBAL] }) })
            : account({ decision: FILED }),
        ),
      ),
    )
    expect(answered.filter((one) => one.entries.length > 0)).toHaveLength(limit)
    expect((await findings(ledger, { tallies: [tally(GLOBAL)] })).used).toEqual([limit])
  })

  test('a settlement that fails takes no place, and a second one of the same mail takes no second place', async () => {
    const ledger = await aLedger(open)
    const twice = notice()
    await expect(
      settled(ledger, { entries: [twice, twice], ...consequences({ reserve: [GLOBAL], mute: mute(1) }) }),
    ).rejects.toThrow()
    const { incoming } = await settled(ledger, consequences({ reserve: [GLOBAL] }))
    const again = account(consequences({ reserve: [GLOBAL, GLOBAL] }))
    await ledger.settle(inquiry(incoming, { correspondent: MARIA }), NOW, () => again)
    const { used } = await findings(ledger, { tallies: [tally(GLOBAL)] })
    expect(used).toEqual([1])
    expect(await ledger.mutes(NOW)).toEqual([])
  })
}

function describeRecent(open: OpenLedger): void {
  const correspondent = address('maria.k@gmail.com')
  const shout = (at: number, changes = {}) => ({
    correspondent,
    fingerprint: `f${at}`,
    now: after(NOW, at),
    ...changes,
  })

  test('the last mails of a correspondent, in any spelling, newest first, with what became of them', async () => {
    const ledger = await aLedger(open)
    await settled(ledger, { subject: 'first', entries: [notice()] }, shout(0))
    await settled(ledger, { subject: 'second' }, shout(1, { correspondent: address('mariak+x@googlemail.com') }))
    await settled(ledger, { subject: 'third', entries: [notice({ state: 'would-send' })] }, shout(2))
    await settled(ledger, {}, shout(3, { correspondent: MARIA }))
    await settled(ledger, {}, shout(3, { correspondent: undefined }))
    const { recent } = await findings(ledger, shout(4))
    expect(recent).toEqual([
      { at: after(NOW, 2), answer: 'notice', subject: 'third', fingerprint: 'f2' },
      { at: after(NOW, 1), answer: 'silence', subject: 'second', fingerprint: 'f1' },
      { at: NOW, answer: 'notice', subject: 'first', fingerprint: 'f0' },
    ])
  })

  test('what was refused or taken back before anything was sent is no answer', async () => {
    const ledger = await aLedger(open)
    const ended = [
      { state: 'failed', unknown: 0, answer: 'silence' },
      { state: 'withdrawn', unknown: 0, answer: 'silence' },
      { state: 'failed', unknown: 1, answer: 'notice' },
      { state: 'sent', unknown: 0, answer: 'notice' },
    ] as const
    for (const { state, unknown } of ended) {
      const entry = notice()
      await settled(ledger, { entries: [entry] }, shout(0))
      await ledger.lease([{ id: entry.id, rendered: undefined }])
      await ledger.conclude(entry.id, { state, unknown, nextAttempt: NOW, outcome: 'x', hopMessageId: undefined })
    }
    const { recent } = await findings(ledger, shout(1))
    expect(recent.map((one) => one.answer).reverse()).toEqual(ended.map((one) => one.answer))
  })

  test('only mails of persons, of the last day, and no more than a storm needs to show itself', async () => {
    const ledger = await aLedger(open)
    await settled(ledger, { nature: { kind: 'automatic', signs: [] }, decision: FILED }, shout(0))
    await settled(ledger, { subject: 'old' }, shout(0))
    expect((await findings(ledger, shout(RECENT_MS - 1))).recent).toHaveLength(1)
    expect((await findings(ledger, shout(RECENT_MS))).recent).toEqual([])
    for (let at = 1; at <= RECENT_MAX; at += 1) await settled(ledger, { subject: `${at}` }, shout(at))
    const { recent } = await findings(ledger, shout(RECENT_MAX))
    expect(recent.map((one) => one.subject)).toEqual(Array.from({ length: RECENT_MAX }, (_, i) => `${RECENT_MAX - i}`))
  })

  test('open tickets are those of the requester and of confirmed people, in their folded or plainest spelling', async () => {
    const ledger = await aLedger(open)
    const boss = address('Boss@gmail.com')
    const tickets = [await settled(ledger, { copied: [boss] }), await settled(ledger)]
    const openOf = async (who: string): Promise<number> =>
      (await findings(ledger, { correspondent: address(who) })).openTickets
    expect(await openOf('maria@customer.example')).toBe(2)
    expect(await openOf('Maria+shop@customer.example')).toBe(2)
    expect(await openOf('b.oss@gmail.com')).toBe(1)
    expect(await openOf('stranger@customer.example')).toBe(0)
    const joined = account({
      decision: {
        ...FILED,
        disposition: 'follow-up',
        threading: { kind: 'follow-up', ticket: ticketOf(tickets[0] as never) },
      },
      from: address('stranger@customer.example'),
    })
    const claims = [{ code: 'plus-address', ticket: ticketOf(tickets[0] as never), value: '' }] as const
    await settled(ledger, joined, { claims })
    expect(await openOf('stranger@customer.example')).toBe(0)
  })
}

function describeTold(open: OpenLedger): void {
  const correspondent = address('maria@customer.example')
  const holiday: Told = { mailbox: SUPPORT, notice: 'holiday', occasion: '2026-12-25' }
  const tell = (told: Told) => ({ ...consequences({ told }), entries: [notice()] })

  test('what was told is remembered by correspondent, mailbox, notice and occasion, newest first', async () => {
    const { ledger, reopen } = await opened(open)
    const all: readonly Told[] = [
      holiday,
      { ...holiday, occasion: '2026-12-26' },
      { ...holiday, notice: 'out-of-hours' },
      { ...holiday, mailbox: BILLING },
    ]
    for (const [at, told] of all.entries()) await settled(ledger, tell(told), { correspondent, now: after(NOW, at) })
    await settled(ledger, tell(holiday), { correspondent: address('other@customer.example') })
    const again = await reopen()
    const { told } = await findings(again, { correspondent: address('Maria+shop@customer.example') })
    expect(told).toEqual(all.map((one, at) => ({ ...one, at: after(NOW, at) })).reverse())
    expect((await findings(again)).told).toEqual([])
  })

  test('a text told anew is remembered once, with the later instant', async () => {
    const ledger = await aLedger(open)
    await settled(ledger, tell(holiday), { correspondent })
    await settled(ledger, tell({ ...holiday, occasion: 'x' }), { correspondent, now: after(NOW, 1) })
    await settled(ledger, tell(holiday), { correspondent, now: after(NOW, 2) })
    const { told } = await findings(ledger, { correspondent })
    expect(told.map((one) => [one.occasion, one.at])).toEqual([
      ['2026-12-25', after(NOW, 2)],
      ['x', after(NOW, 1)],
    ])
  })

  test('text moved from one part of the key to the next does not make two texts look the same (RFC 5230 4.2)', async () => {
    const ledger = await aLedger(open)
    const pairs = [
      { occasion: 'hours', correspondent: address('a@x.example') },
      { occasion: 'ours', correspondent: address('ah@x.example') },
      { occasion: 'a b', correspondent: address('a@x.example') },
      { occasion: 'a\0b', correspondent: address('a@x.example') },
      { occasion: '', correspondent: address('a@x.example') },
    ]
    for (const pair of pairs) {
      await settled(ledger, tell({ ...holiday, occasion: pair.occasion }), { correspondent: pair.correspondent })
    }
    const { told } = await findings(ledger, { correspondent: address('a@x.example') })
    expect(new Set(told.map((one) => one.occasion))).toEqual(new Set(['hours', 'a b', 'a\0b', '']))
  })
}

function mute(hours: number) {
  return { until: after(NOW, hours * HOUR_MS), because: `${hours} hours of storm` }
}

function describeMutes(open: OpenLedger): void {
  const correspondent = address('m.aria@gmail.com')
  const key = correspondentKey(correspondent)

  test('a mute holds for every spelling until it is over', async () => {
    const { ledger, reopen } = await opened(open)
    await settled(ledger, consequences({ mute: mute(1) }), { correspondent })
    const again = await reopen()
    const held = { correspondent: key, since: NOW, ...mute(1) }
    const at = async (ms: number): Promise<unknown> =>
      (await findings(again, { correspondent: address('maria+x@gmail.com'), now: after(NOW, ms) })).mute
    expect(await at(0)).toEqual(held)
    expect(await at(HOUR_MS - 1)).toEqual(held)
    expect(await at(HOUR_MS)).toBeUndefined()
    expect((await findings(again, { correspondent: MARIA })).mute).toBeUndefined()
    expect(await again.mutes(NOW)).toEqual([held])
    expect(await again.mutes(after(NOW, HOUR_MS))).toEqual([])
  })

  test('a mute is extended, never shortened, and begins anew once it was over', async () => {
    const ledger = await aLedger(open)
    const muteAt = (ms: number, hours: number) =>
      settled(ledger, consequences({ mute: mute(hours) }), { correspondent, now: after(NOW, ms) })
    await muteAt(0, 2)
    await muteAt(MINUTE_MS, 1)
    expect(await ledger.mutes(NOW)).toEqual([{ correspondent: key, since: NOW, ...mute(2) }])
    await muteAt(HOUR_MS, 5)
    expect(await ledger.mutes(NOW)).toEqual([{ correspondent: key, since: NOW, ...mute(5) }])
    await muteAt(6 * HOUR_MS, 9)
    expect(await ledger.mutes(after(NOW, 6 * HOUR_MS))).toEqual([
      { correspondent: key, since: after(NOW, 6 * HOUR_MS), ...mute(9) },
    ])
  })

  test('mutes are listed newest first and lifted by a person, in any spelling', async () => {
    const ledger = await aLedger(open)
    const second = address('second@customer.example')
    await settled(ledger, consequences({ mute: mute(3) }), { correspondent })
    await settled(ledger, consequences({ mute: mute(2) }), { correspondent: second, now: after(NOW, 1) })
    expect((await ledger.mutes(NOW)).map((one) => one.correspondent)).toEqual([second, key])
    expect(await ledger.liftMute(address('Maria@googlemail.com'))).toBe('lifted')
    expect(await ledger.liftMute(correspondent)).toBe('absent')
    expect((await ledger.mutes(NOW)).map((one) => one.correspondent)).toEqual([second])
    expect((await findings(ledger, { correspondent })).mute).toBeUndefined()
  })
}

function describeBreaker(open: OpenLedger): void {
  const trip = (ms: number, because = 'too many') =>
    consequences({ breaker: { until: after(NOW, ms + HOUR_MS), because } })

  test('a breaker is tripped once, however many messages at the same time find it so', async () => {
    const { ledger, reopen } = await opened(open)
    const incoming = await Promise.all(Array.from({ length: 20 }, () => accept(ledger)))
    let alarms = 0
    await Promise.all(
      incoming.map((one, serial) =>
        ledger.settle(inquiry(one), after(NOW, serial), ({ breaker }) => {
          if (breaker !== undefined) return account()
          alarms += 1
          return account(trip(serial, `trip ${serial}`))
        }),
      ),
    )
    expect(alarms).toBe(1)
    const held = { since: NOW, until: after(NOW, HOUR_MS), because: 'trip 0' }
    await settled(ledger, trip(MINUTE_MS), { now: after(NOW, MINUTE_MS) })
    const again = await reopen()
    expect(await again.breaker(NOW)).toEqual(held)
    expect((await findings(again)).breaker).toEqual(held)
  })

  test('it is open until its cool-down is over, and can be tripped again then', async () => {
    const ledger = await aLedger(open)
    await settled(ledger, trip(0))
    const at = async (ms: number): Promise<unknown> => (await findings(ledger, { now: after(NOW, ms) })).breaker
    expect(await at(HOUR_MS - 1)).toBeDefined()
    expect(await at(HOUR_MS)).toBeUndefined()
    expect(await ledger.breaker(after(NOW, HOUR_MS))).toBeUndefined()
    await settled(ledger, trip(HOUR_MS, 'again'), { now: after(NOW, HOUR_MS) })
    expect(await at(HOUR_MS)).toMatchObject({ since: after(NOW, HOUR_MS), because: 'again' })
  })

  test('a person arms it: it is closed, and the global count begins anew, no other', async () => {
    const ledger = await aLedger(open)
    expect(await ledger.arm(NOW)).toBe('was-armed')
    await settled(ledger, { consequences: { ...NO_CONSEQUENCES, ...trip(0).consequences, reserve: [GLOBAL, MARIAS] } })
    expect(await ledger.arm(NOW)).toBe('armed')
    const found = await findings(ledger, { tallies: [tally(GLOBAL), tally(MARIAS)] })
    expect(found).toMatchObject({ breaker: undefined, used: [0, 1] })
    expect(await ledger.arm(NOW)).toBe('was-armed')
  })

  test('after its cool-down it is armed by itself: the global count begins anew, though its window is longer', async () => {
    const ledger = await aLedger(open)
    await settled(ledger, { consequences: { ...NO_CONSEQUENCES, ...trip(0).consequences, reserve: [GLOBAL] } })
    const before = await findings(ledger, { tallies: [tally(GLOBAL)], now: after(NOW, HOUR_MS - 1) })
    expect(before).toMatchObject({ used: [1] })
    expect(before.breaker).toBeDefined()
    const later = await findings(ledger, { tallies: [tally(GLOBAL)], now: after(NOW, HOUR_MS) })
    expect(later).toMatchObject({ breaker: undefined, used: [0] })
  })
}
