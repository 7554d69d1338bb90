/** Thousands of automatic mails at once: nobody is answered, memory stays flat, and a person in their midst is served. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { automaticMail } from './automatic-mail.ts'
import { CONFIG, type Daemon, eventually } from './daemon.ts'
import { dialogue, letter, sendMail, sendOver } from './smtp-dialogue.ts'
import { allQuiet, openDaemon } from './traffic.ts'

/** All of it where there is time. */
const MAILS = process.env.REPLYD_REQUIRE_PEERS === '1' ? 10_000 : 1_000
const SENDERS = 50
const CONNECTIONS = 20
/** A person writes when so much of the storm has been taken. */
const PERSONS_AT = [0.25, 0.5, 0.75]
/** More than that between the middle and the end would be memory kept per mail. */
const GROWTH_MB = 32
/** Only to end a test that hangs; the figure itself is printed. */
const PATIENCE_MS = 60_000

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024
}

type Storm = {
  /** Replies that were no 250. */
  readonly refused: readonly string[]
  /** Resolves when so many were taken. */
  taken(count: number): Promise<void>
  /** Resolves when all were. */
  readonly over: Promise<unknown>
}

function startStorm(address: string): Storm {
  const refused: string[] = []
  const watchers = new Set<() => void>()
  let serial = 0
  let taken = 0
  async function machine(): Promise<void> {
    const session = await dialogue(address)
    await session.reply()
    await session.say('EHLO machines.example')
    while (serial < MAILS) {
      const reply = await sendOver(session, automaticMail(serial++, SENDERS))
      if (!reply.startsWith('250')) refused.push(reply)
      taken += 1
      for (const watch of watchers) watch()
    }
    session.socket.end('QUIT\r\n')
  }
  return {
    refused,
    taken: (count) =>
      new Promise((resolve) => {
        const watch = (): void => {
          if (taken < count) return
          watchers.delete(watch)
          resolve()
        }
        watchers.add(watch)
        watch()
      }),
    over: Promise.all(Array.from({ length: CONNECTIONS }, machine)),
  }
}

/** One person's mail. @returns milliseconds from its 250 to the notice in the outbox, by the clocks of file system and log */
async function askAsPerson(daemon: Daemon, name: string): Promise<number> {
  const from = `${name}@customer.example`
  const mail = letter({ From: `Maria <${from}>` }, `Hello,\n\nmy inverter shows E07. What can I do?\n\n${name}`)
  const reply = await sendMail(daemon.ready.smtp, { from, to: ['support@acme.example'], mail })
  expect(reply).toMatch(/^250/u)
  const accepted = await daemon.logged((line) => line.event === 'message.accepted' && reply.includes(String(line.id)))
  const outbox = join(daemon.folder, 'outbox/new')
  const notice = await eventually(() => noticeTo(from, outbox), `the notice to ${from}`, PATIENCE_MS)
  return statSync(join(outbox, notice)).mtimeMs - Date.parse(String(accepted.time))
}

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function noticeTo(address: string, outbox: string): string | undefined {
  return namesIn(outbox).find((name) => readFileSync(join(outbox, name), 'latin1').includes(`To: ${address}`))
}

describe('a storm', () => {
  test(`of ${MAILS} automatic mails over ${CONNECTIONS} connections is not answered, and a person is`, async () => {
    await using opened = new AsyncDisposableStack()
    const daemon = await openDaemon(CONFIG, opened)
    const began = Date.now()
    const storm = startStorm(daemon.ready.smtp)
    const waits: number[] = []
    const resident: number[] = []
    for (const share of PERSONS_AT) {
      await storm.taken(share * MAILS)
      waits.push(await askAsPerson(daemon, `maria${share * 100}`))
      resident.push(residentMb(daemon.pid))
    }
    await storm.over
    const acceptedMs = Date.now() - began
    await allQuiet([daemon], () => 0, PATIENCE_MS)
    resident.push(residentMb(daemon.pid))
    const settled = daemon.log.filter((line) => line.event === 'message.settled')
    console.info(
      `${MAILS} accepted in ${acceptedMs} ms, settled and handed on in ${Date.now() - began} ms; ` +
        `persons answered after ${waits.map(Math.round).join(', ')} ms; resident ${resident.map(Math.round).join(', ')} MB`,
    )
    expect(storm.refused).toEqual([])
    expect(settled).toHaveLength(MAILS + PERSONS_AT.length)
    expect(settled.filter((line) => line.reply === 'send')).toHaveLength(PERSONS_AT.length)
    expect(namesIn(join(daemon.folder, 'outbox/new'))).toHaveLength(PERSONS_AT.length)
    const [, middle = 0, , end = 0] = resident
    expect(end - middle).toBeLessThan(GROWTH_MB)
  })
})
