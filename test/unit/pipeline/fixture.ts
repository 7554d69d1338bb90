/** The pipeline on a real ledger in a folder that goes away with the test, with the real settings and a parser in process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { load } from '../../../src/load.ts'
import { NOT_AUTHENTICATED } from '../../../src/mail/authentication.ts'
import type { Ledger } from '../../../src/mail/ledger-port.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { parse, unreadableMessage } from '../../../src/parse/parse.ts'
import { openPipeline, type Pipeline, type PipelineParts } from '../../../src/pipeline.ts'
import type { Settings } from '../../../src/settings.ts'
import { aPlace, keepingLog, type Logged, openAt, type Place } from '../ledger/sqlite-ledger.ts'

const CONFIG = `organization: {name: Acme, timezone: Europe/Athens, locale: en}
receive:
  smtp: {listen: ["127.0.0.1:0"], hostname: mx.acme.example}
mailboxes:
  - {address: support@acme.example, name: Acme Support, hand_on: "maildir:mail/support"}
send: {via: "maildir:outbox"}
storage: {ledger: ledger.db, spool: spool}
`

/** Settings as `replyd run` would have them. */
export async function settingsOf(config: string = CONFIG): Promise<Settings> {
  const folder = mkdtempSync(join(tmpdir(), 'replyd-pipeline-'))
  const file = join(folder, 'replyd.yaml')
  writeFileSync(file, config)
  const loaded = await load(file, { REPLYD_STATE: folder }, 'look')
  rmSync(folder, { recursive: true, force: true })
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
  return loaded.settings
}

export type Line = {
  readonly place: Place
  readonly ledger: Ledger
  readonly pipeline: Pipeline
  readonly logged: readonly Logged[]
  /** How often the runner was woken. */
  readonly pokes: () => number
}

/** @param changes what is otherwise than in the daemon, given the ledger */
export async function openLine(
  settings: Settings,
  changes: (ledger: Ledger) => Partial<PipelineParts> = () => ({}),
  before: (ledger: Ledger) => Promise<void> = async () => {},
): Promise<Line> {
  const place = aPlace()
  const ledger = await openAt(place)
  await before(ledger)
  const { log, lines } = keepingLog()
  let pokes = 0
  const pipeline = openPipeline({
    ledger,
    parse: (octets, complete) => parse(octets, { complete }),
    unreadable: unreadableMessage(),
    authenticate: async () => NOT_AUTHENTICATED,
    settings: () => settings,
    world: WORLD,
    log,
    pauseMs: 50,
    stopMs: 500,
    onEntries: () => {
      pokes += 1
    },
    ...changes(ledger),
  })
  onTestFinished(() => pipeline.close())
  return { place, ledger, pipeline, logged: lines, pokes: () => pokes }
}
