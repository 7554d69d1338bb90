import { Command } from 'commander'
import { callControl } from '../admin/control-client.ts'
import { controlSocket } from '../load.ts'
import { Trouble } from '../mail/trouble.ts'
import { CommandError, EXIT } from './exit.ts'
import { invocation } from './invocation.ts'
import { configured } from './loaded.ts'

/** A daemon says after 5 seconds that a part of it does not answer; one that says nothing at all is not well. */
const PATIENCE_MS = 10_000

export function healthCommand(): Command {
  return new Command('health')
    .description('ask the running daemon if it is well; exit code 0 if so, 1 if not or if none runs')
    .option('--json', 'the whole answer as one JSON object')
    .action(health)
}

async function health(options: { json?: true }, command: Command): Promise<void> {
  const at = invocation(command)
  const config = await configured(at)
  const answer = await callControl(controlSocket(config, at.env), {
    method: 'GET',
    path: '/health',
    idleMs: PATIENCE_MS,
  }).catch((error: unknown) => {
    throw error instanceof Trouble ? new CommandError(EXIT.no, error.message) : error
  })
  if (answer.kind === 'no-daemon') {
    process.stdout.write(
      options.json ? `${JSON.stringify({ ok: false, why: 'no daemon' })}\n` : 'No daemon runs on this ledger.\n',
    )
    process.exitCode = EXIT.no
    return
  }
  const well = answer.status === 200
  process.stdout.write(options.json ? `${answer.text.trim()}\n` : well ? 'well\n' : `not well: ${answer.text}\n`)
  process.exitCode = well ? EXIT.done : EXIT.no
}
