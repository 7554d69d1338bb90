import { Buffer } from 'node:buffer'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { IncomingId } from '../../../src/mail/ids.ts'
import { accept } from './arrivals.ts'
import { aPlace, openAt, type Place } from './sqlite-ledger.ts'

const LOOP = fileURLToPath(new URL('./accept-loop.ts', import.meta.url))
const ROUNDS = 3
const LINES_PER_ROUND = 60

type Told = { readonly what: string; readonly id: IncomingId; readonly beginning: string }

/** Runs the loop, kills it in the middle of its work, and returns all that it had said by then. */
async function runAndKill(place: Place): Promise<readonly Told[]> {
  const child = spawn(process.execPath, [LOOP, place.path, place.spool], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const told: Told[] = []
  const ended = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, id, beginning] = line.split(' ')
    if (what === undefined || id === undefined || beginning === undefined) throw new Error(`unheard of: ${line}`)
    told.push({ what, id: id as IncomingId, beginning })
    if (told.length === LINES_PER_ROUND) child.kill('SIGKILL')
  }
  expect(await ended).toEqual([null, 'SIGKILL'])
  return told
}

test('kill -9: what was said to be accepted or settled is there, whole, and the lock is free', async () => {
  const place = aPlace()
  const all: Told[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    all.push(...(await runAndKill(place)))
    const ledger = await openAt(place)
    for (const { what, id, beginning } of all) {
      const record = await ledger.message(id)
      if (what === 'settled')
        expect(record).toMatchObject({ line: { state: 'processed' }, entries: [{ state: 'queued' }] })
      else expect(Buffer.from(await ledger.head(id, 8)).toString('hex'), id).toBe(beginning)
    }
    expect(readdirSync(place.spool).filter((name) => name.endsWith('.tmp'))).toEqual([])
    await accept(ledger)
    await ledger.close()
  }
  expect(all.length).toBeGreaterThanOrEqual(ROUNDS * LINES_PER_ROUND)
  const connection = new Database(place.path, { readonly: true })
  expect(connection.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(connection.pragma('foreign_key_check')).toEqual([])
  connection.close()
})
