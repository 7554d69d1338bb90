import { Command } from 'commander'
import { QUEUE_STATES, type QueueEntry, type QueueState } from '../mail/queue.ts'
import { CommandError, EXIT } from './exit.ts'
import { invocation } from './invocation.ts'
import { withReads } from './reads.ts'
import { limitOf, shown, table } from './table.ts'

export function queueCommand(): Command {
  const command = new Command('queue').description('what is on its way out')
  command
    .command('list')
    .description('queue entries, the newest first')
    .option('--state <state>', `only these: ${QUEUE_STATES.join(', ')}`)
    .option('--limit <n>', 'how many', '50')
    .option('--before <id>', 'only older than this entry')
    .option('--json', 'one JSON object a line')
    .action(list)
  return command
}

type ListOptions = { state?: string; limit: string; before?: string; json?: true }

async function list(options: ListOptions, command: Command): Promise<void> {
  const limit = limitOf(options.limit)
  const state = options.state === undefined ? undefined : stateOf(options.state)
  const entries = await withReads(invocation(command), (reads) => reads.queue({ limit, before: options.before, state }))
  if (options.json) for (const entry of entries) process.stdout.write(`${JSON.stringify(entry)}\n`)
  else if (entries.length === 0)
    process.stdout.write(state === undefined ? 'The queue is empty.\n' : `No entry is ${state}.\n`)
  else process.stdout.write(`${table([HEAD, ...entries.map(cells)])}\n`)
}

function stateOf(text: string): QueueState {
  const found = QUEUE_STATES.find((one) => one === text)
  if (found === undefined)
    throw new CommandError(EXIT.usage, `--state: found ${text}, wanted one of ${QUEUE_STATES.join(', ')}`)
  return found
}

const HEAD = ['ID', 'STATE', 'WHAT', 'TO', 'ATTEMPTS', 'NEXT (UTC)', 'LAST OUTCOME']

function cells(entry: QueueEntry): readonly string[] {
  const { cargo } = entry
  const waits = entry.state === 'queued'
  return [
    entry.id,
    entry.state,
    cargo.kind === 'notice' ? cargo.notice.kind : `hand-on ${cargo.mailbox}`,
    cargo.kind === 'notice' ? cargo.notice.to : cargo.recipient,
    String(entry.attempts),
    waits ? shown(entry.nextAttempt) : '-',
    entry.lastOutcome ?? '-',
  ]
}
