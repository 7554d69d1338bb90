import { Command } from 'commander'
import { invocation } from './invocation.ts'
import { order } from './order.ts'
import { withReads } from './reads.ts'
import { shown, table } from './table.ts'

export function neverCommand(): Command {
  const command = new Command('never').description('who is never written to, beside never_answer of the configuration')
  command
    .command('add <pattern>')
    .description('never write to these addresses; * stands for anything')
    .option('--note <text>', 'why, for whoever reads the list', '')
    .option('--json', 'one JSON object')
    .action((pattern: string, options: { note: string; json?: true }, self: Command) =>
      order(invocation(self), { kind: 'never-add', pattern, note: options.note }, options),
    )
  command
    .command('remove <pattern>')
    .description('take a line off the list')
    .option('--json', 'one JSON object')
    .action((pattern: string, options: { json?: true }, self: Command) =>
      order(invocation(self), { kind: 'never-remove', pattern }, options),
    )
  command.command('list').description('the list').option('--json', 'one JSON object a line').action(list)
  return command
}

async function list(options: { json?: true }, command: Command): Promise<void> {
  const rules = await withReads(invocation(command), (reads) => reads.never())
  if (options.json) for (const rule of rules) process.stdout.write(`${JSON.stringify(rule)}\n`)
  else if (rules.length === 0) process.stdout.write('The list is empty.\n')
  else {
    const rows = rules.map((rule) => [rule.pattern, shown(rule.since), rule.note === '' ? '-' : rule.note])
    process.stdout.write(`${table([['PATTERN', 'SINCE (UTC)', 'NOTE'], ...rows])}\n`)
  }
}
