/** Daemons that write to each other: when all is quiet, who sent what, and what each of them thought. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { authorOf, decoded, fieldOf } from '../peers/header.ts'
import type { Hop, Relay } from '../peers/relay.ts'
import { type Daemon, newFolder, removeFolder, startDaemon } from './daemon.ts'
import { sendMail } from './smtp-dialogue.ts'

const POLL_MS = 100
/** Quiet so often in a row is quiet: what one daemon has sent another has accepted in that time. */
const QUIET_POLLS = 3
const STILL_TO_DO =
  /^replyd_(?:backlog|queue_entries\{state="(?:queued|sending)"\}|incoming\{state="accepted"\}) (\d+)$/gmu

/** Lines of each kind that a story shows: enough to know a loop by. */
const TOLD = 6

let compiled: Promise<string> | undefined

/** Templates compiled once by a first daemon: the many others of a test file need not do it again. */
async function compile(): Promise<string> {
  const folder = newFolder()
  process.once('exit', () => removeFolder(folder))
  const daemon = await startDaemon(folder)
  await daemon.stop()
  return join(folder, 'cache')
}

/** A daemon in a folder of its own, which is removed when `opened` is disposed. */
export async function openDaemon(config: string, opened: AsyncDisposableStack): Promise<Daemon> {
  compiled ??= compile()
  const cache = await compiled
  const folder = newFolder(config)
  opened.defer(() => removeFolder(folder))
  cpSync(cache, join(folder, 'cache'), { recursive: true })
  const daemon = await startDaemon(folder)
  opened.defer(async () => void (await daemon.stop()))
  return daemon
}

/** The way into a daemon, as a relay's next hop. */
export function into(daemon: Daemon): Hop {
  return (sent) => sendMail(daemon.ready.smtp, sent)
}

/** Messages not settled and queue entries not done; undefined where the daemon does not say. */
async function workLeft(daemon: Daemon): Promise<number | undefined> {
  const answer = await fetch(`http://${daemon.ready.http}/metrics`, { headers: { connection: 'close' } })
  const found = [...(await answer.text()).matchAll(STILL_TO_DO)]
  return found.length < 4 ? undefined : found.reduce((sum, [, count]) => sum + Number(count), 0)
}

/**
 * Resolves when nobody has anything to do and nothing passes between them.
 * @param passed anything that counts up with traffic
 * @throws after `withinMs`, saying what was still to do
 */
export async function allQuiet(daemons: readonly Daemon[], passed: () => number, withinMs = 30_000): Promise<void> {
  const end = Date.now() + withinMs
  let quiet = 0
  let before = -1
  while (quiet < QUIET_POLLS) {
    const left = await Promise.all(daemons.map(workLeft))
    const now = passed() + daemons.reduce((sum, one) => sum + accepted(one), 0)
    quiet = left.every((one) => one === 0) && now === before ? quiet + 1 : 0
    before = now
    if (Date.now() > end) throw new Error(`not quiet after ${withinMs} ms: work left ${left.join(', ')}, passed ${now}`)
    await pause(POLL_MS)
  }
}

function accepted(daemon: Daemon): number {
  return daemon.log.filter((line) => line.event === 'message.accepted').length
}

/** How many of the mails that a relay carried were written by an address. */
export function sentBy(relay: Relay, address: string): number {
  return relay.carried.filter(({ came }) => authorOf(came.mail) === address).length
}

/** What passed and what each daemon made of what it got, shortened: for a test that fails. */
export function story(relay: Relay, daemons: Readonly<Record<string, Daemon>>): string {
  const passed = relay.carried.map(
    ({ went, reply }, at) =>
      `${at + 1}. ${authorOf(went.mail)} -> ${went.to.join()}: ${decoded(fieldOf(went.mail, 'subject')).slice(0, 160)} (${reply})`,
  )
  const thought = Object.entries(daemons).map(([name, daemon]) => `${name}:\n${shortened(thoughts(daemon))}`)
  const senders = [...new Set(relay.carried.map(({ came }) => authorOf(came.mail)))]
  const sums = senders.map((one) => `${one} ${sentBy(relay, one)}`)
  return `what passed the relay (${sums.join(', ')}):\n${shortened(passed)}\nwhat they thought:\n${thought.join('\n')}\n`
}

/** What a daemon made of each message, in order. */
function thoughts(daemon: Daemon): readonly string[] {
  return daemon.log
    .filter((line) => line.event === 'message.settled')
    .map(({ nature, disposition, reply, reasons }) => [nature, disposition, reply, reasons].map(String).join(' '))
}

function shortened(lines: readonly string[]): string {
  const left = lines.length - TOLD
  return [...lines.slice(0, TOLD), ...(left > 0 ? [`(${left} more)`] : [])].join('\n')
}
