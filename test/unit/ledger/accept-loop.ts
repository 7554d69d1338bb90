/** A process that holds the lock, accepts and settles without end, and prints an id only after it is durable. */
import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { openLedger } from '../../../src/ledger/open.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { SILENT_LOG } from '../../../src/ops/events.ts'
import { account, arrival, DIGEST, handOn, inquiry, NOW } from './arrivals.ts'

const [path = '', spool = ''] = process.argv.slice(2)
const WORKERS = 8

const ledger = await openLedger({ path, spool }, { world: WORLD, log: SILENT_LOG })

async function work(worker: number): Promise<never> {
  for (let serial = 0; ; serial += 1) {
    // every third one is large enough for a file
    const octets = randomBytes(serial % 3 === worker % 3 ? 80_000 : 2_000)
    const deposit = ledger.deposit()
    await deposit.write(octets)
    const incoming = await deposit.commit(arrival(), DIGEST)
    process.stdout.write(`accepted ${incoming.id} ${Buffer.from(octets.subarray(0, 8)).toString('hex')}\n`)
    if (serial % 2 === 0) continue
    await ledger.settle(inquiry(incoming), NOW, () => account({ entries: [handOn()] }))
    process.stdout.write(`settled ${incoming.id} -\n`)
  }
}

await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)))
