import { Command } from 'commander'
import { QUEUE_STATES, type QueueEntry, type QueueState } from '../mail/queue.ts'
import { WORLD } from '../ops/clock.ts'
import { CommandError, EXIT } from './exit.ts'
import { invocation } from './invocation.ts'
import { order } from './order.ts'
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
  command
    .command('show <id>')
    .description('one entry, and the letter it carries as far as it has been written')
    .option('--json', 'one JSON object')
    .action(show)
  command
    .command('arm')
    .description('arm the global breaker again after it tripped, so that notices go out')
    .option('--json', 'one JSON object')
    .action((options: { json?: true }, self: Command) => order(invocation(self), { kind: 'arm' }, options))
  return command
}

type ListOptions = { state?: string; limit: string; before?: string; json?: true }

async function list(options: ListOptions, command: Command): Promise<void> {
  const limit = limitOf(options.limit)
  const state = options.state === undefined ? undefined : stateOf(options.state)
  const { entries, breaker } = await withReads(invocation(command), async (reads) => ({
    entries: await reads.queue({ limit, before: options.before, state }),
    breaker: await reads.breaker(WORLD.now()),
  }))
  if (breaker !== undefined && !options.json) {
    const until = `since ${shown(breaker.since)} until ${shown(breaker.until)} UTC`
    process.stdout.write(`The breaker is open ${until}: ${breaker.because}. \`replyd queue arm\` arms it again.\n`)
  }
  if (options.json) for (const entry of entries) process.stdout.write(`${JSON.stringify(entry)}\n`)
  else if (entries.length === 0)
    process.stdout.write(state === undefined ? 'The queue is empty.\n' : `No entry is ${state}.\n`)
  else process.stdout.write(`${table([HEAD, ...entries.map(cells)])}\n`)
}

async function show(id: string, options: { json?: true }, command: Command): Promise<void> {
  const found = await withReads(invocation(command), (reads) => reads.entry(id))
  if (found === undefined) throw new CommandError(EXIT.no, `no entry ${id}; \`replyd queue list\` shows the ids`)
  const { entry, letter } = found
  const text = letter === undefined ? undefined : Buffer.from(letter).toString('utf8')
  if (options.json) process.stdout.write(`${JSON.stringify({ ...entry, letter: text ?? null })}\n`)
  else process.stdout.write(`${table([HEAD, cells(entry)])}\n\n${text ?? 'Not written yet.'}\n`)
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
