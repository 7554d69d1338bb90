/** Commands that change something: the daemon does it, or where none runs the command itself, under the daemon's own lock. */
import { callControl } from '../admin/control-client.ts'
import { statePath } from '../config/paths.ts'
import { carryOut } from '../hand.ts'
import { openLedger } from '../ledger/open.ts'
import { controlSocket } from '../load.ts'
import { type HandCommand, type HandResult, readCommand } from '../mail/command.ts'
import { WORLD } from '../ops/clock.ts'
import { SILENT_LOG } from '../ops/events.ts'
import { openParser } from '../parser.ts'
import { CommandError, EXIT } from './exit.ts'
import type { Invocation } from './invocation.ts'
import { configured, loaded } from './loaded.ts'

/**
 * Has a command carried out and prints what became of it; exit code 1 where the answer is no.
 * @param words as typed; what they lack or have wrong is told as a usage error
 * @throws Trouble where neither the daemon nor the ledger can be reached
 */
export async function order(at: Invocation, words: Record<string, unknown>, options: { json?: true }): Promise<void> {
  const command = readCommand(words)
  if (typeof command === 'string') throw new CommandError(EXIT.usage, command)
  const config = await configured(at)
  const answer = await callControl(controlSocket(config, at.env), {
    method: 'POST',
    path: '/command',
    body: toOctets(JSON.stringify(command)),
  })
  const result = answer.kind === 'no-daemon' ? await carriedOutHere(at, command) : resultOf(answer)
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: result.ok, ...result.facts })}\n`)
  else if (result.ok) process.stdout.write(`${result.text}\n`)
  else process.stderr.write(`replyd: ${result.text}\n`)
  if (!result.ok) process.exitCode = EXIT.no
}

async function* toOctets(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text)
}

function resultOf({ status, text }: { status: number; text: string }): HandResult {
  try {
    const result = JSON.parse(text) as Partial<HandResult> | null
    if (typeof result?.ok === 'boolean' && typeof result.text === 'string')
      return { facts: {}, ...result } as HandResult
  } catch {
    // no JSON: an answer of the HTTP server itself
  }
  throw new CommandError(EXIT.later, `the daemon answered ${status} and did not say what it did; its log does`)
}

async function carriedOutHere(at: Invocation, command: HandCommand): Promise<HandResult> {
  const { settings } = await loaded(at, { purpose: 'order' })
  const { storage } = settings.config
  const path = (written: string): string => statePath(written, at.env, process.cwd())
  await using parser = openParser(SILENT_LOG)
  const ledger = await openLedger(
    { path: path(storage.ledger), spool: path(storage.spool) },
    { world: WORLD, log: SILENT_LOG },
  )
  try {
    // what is queued here goes out when the daemon starts
    const parts = { ledger, parser, settings, world: WORLD, log: SILENT_LOG, onEntries: () => {} }
    return await carryOut(command, parts)
  } finally {
    await ledger.close()
  }
}
