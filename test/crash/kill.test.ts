/** kill -9 under load, again and again, then an audit: what was answered with 250 is neither lost nor answered twice. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openReads } from '../../src/ledger/reads.ts'
import { CONFIG, eventually, maildir, newFolder, removeFolder, startDaemon } from '../e2e/daemon.ts'
import { type Sink, startSink } from '../peers/scripted-sink.ts'
import { type Load, startLoad } from './load.ts'

/** Kills of each kind: all of them where every peer must run, a few elsewhere. */
const ROUNDS = process.env.REPLYD_REQUIRE_PEERS === '1' ? 20 : 3

let sink: Sink
let folder: string
/** What the next hop does at the moment: take notices, or keep silent before or after the final dot. */
let hop: 'takes' | 'silent-before-data' | 'silent-after-dot' = 'takes'
const accepted: string[] = []

beforeAll(async () => {
  sink = await startSink({
    mail: () => (hop === 'silent-before-data' ? 'stall' : '250 2.1.0 ok'),
    dot: () => (hop === 'silent-after-dot' ? 'stall' : '250 2.0.0 taken'),
  })
  // thousands of notices to one domain within minutes: the limits are another story
  const unlimited = 'limits: {per_domain: off, per_mailbox: off, global: off}\n'
  folder = newFolder(`${CONFIG.replace('maildir:outbox', `smtp://127.0.0.1:${sink.port}`)}${unlimited}`)
})
afterAll(async () => {
  await sink.close()
  removeFolder(folder)
})

/** How far the next hop has been led: messages begun while it is silent before DATA, else messages it has whole. */
const seen = (): number =>
  hop === 'silent-before-data' ? sink.commands.filter((one) => one.startsWith('MAIL')).length : sink.received.length

/** What a look into the ledger of the dead daemon finds. */
async function left(): Promise<{ unsettled: number; queued: number; sending: number; held: number }> {
  const reads = openReads(join(folder, 'ledger.db'))
  try {
    const { incoming, queue } = await reads.counts()
    return { unsettled: incoming.accepted, queued: queue.queued, sending: queue.sending, held: queue.held }
  } finally {
    reads.close()
  }
}

async function underLoad(run: string, kill: (load: Load) => Promise<void>) {
  const daemon = await startDaemon(folder)
  const load = startLoad(daemon.ready.smtp, run)
  await kill(load)
  await daemon.kill()
  await load.stop()
  sink.hangUp()
  accepted.push(...load.accepted)
  return left()
}

describe('kill -9', () => {
  test(`between 250 and settlement, ${ROUNDS} times`, async () => {
    let unsettled = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const found = await underLoad(`a${round}`, (load) => load.more(20 + ((round * 37) % 200)))
      unsettled += found.unsettled
    }
    expect(unsettled, 'messages that were accepted and not yet settled when a kill came').toBeGreaterThan(0)
  })

  test(`between settlement and delivery, ${ROUNDS} times, before and after the final dot`, async () => {
    let waiting = 0
    let sending = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const found = await underLoad(`b${round}`, async (load) => {
        await load.more(20)
        hop = round % 2 === 0 ? 'silent-after-dot' : 'silent-before-data'
        const before = seen()
        await load.more(60)
        await sink.until(() => seen() > before)
      })
      hop = 'takes'
      waiting += found.queued
      sending += found.sending
    }
    expect(waiting, 'entries that waited when a kill came').toBeGreaterThan(0)
    expect(sending, 'attempts under way when a kill came').toBeGreaterThan(0)
  })

  test('the audit: everything accepted was handed on and answered once, or again with the same octets', async () => {
    const daemon = await startDaemon(folder)
    const done = async (): Promise<boolean> => {
      const { unsettled, queued, sending } = await left()
      return unsettled + queued + sending === 0
    }
    let isDone = false
    const watch = setInterval(() => void done().then((now) => (isDone = now)), 200)
    await eventually(() => (isDone ? true : undefined), 'an empty queue', 60_000)
    clearInterval(watch)
    expect(await daemon.stop()).toBe(0)
    const { held } = await left()
    const handedOn = new Set(maildir(join(folder, 'mail/support')).map((mail) => idIn(mail, 'Message-ID')))
    const notices = Map.groupBy(sink.received, ({ octets }) => idIn(octets.toString('latin1'), 'In-Reply-To'))
    expect(accepted.length).toBeGreaterThan(100)
    expect(accepted.filter((id) => !handedOn.has(id))).toEqual([])
    expect(accepted.filter((id) => !notices.has(id)).length, 'unanswered').toBeLessThanOrEqual(held)
    const different = [...notices.values()].filter((all) =>
      all.some((one) => !one.octets.equals(all[0]?.octets ?? one.octets)),
    )
    expect(different).toEqual([])
    // cut off after the final dot: sent once more, or held where it had been cut off before
    const repeated = [...notices.values()].filter((all) => all.length === 2).length
    expect(repeated + held, 'attempts cut off after the final dot').toBeGreaterThan(0)
    const twice = [...notices].filter(([id, all]) => all.length > 2 && accepted.includes(id))
    expect(twice).toEqual([])
  })
})

function idIn(mail: string, field: string): string {
  return new RegExp(`^${field}:\\s*(<[^>]*>)`, 'imu').exec(mail)?.[1] ?? ''
}
