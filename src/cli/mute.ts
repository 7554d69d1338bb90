import { Command } from 'commander'
import { WORLD } from '../ops/clock.ts'
import { invocation } from './invocation.ts'
import { order } from './order.ts'
import { withReads } from './reads.ts'
import { shown, table } from './table.ts'

export function muteCommand(): Command {
  const command = new Command('mute').description('correspondents not written to for a while, because a loop was seen')
  command.command('list').description('mutes that hold now').option('--json', 'one JSON object a line').action(list)
  command
    .command('lift <address>')
    .description('write to this correspondent again')
    .option('--json', 'one JSON object')
    .action((address: string, options: { json?: true }, self: Command) =>
      order(invocation(self), { kind: 'mute-lift', address }, options),
    )
  return command
}

async function list(options: { json?: true }, command: Command): Promise<void> {
  const mutes = await withReads(invocation(command), (reads) => reads.mutes(WORLD.now()))
  if (options.json) for (const mute of mutes) process.stdout.write(`${JSON.stringify(mute)}\n`)
  else if (mutes.length === 0) process.stdout.write('Nobody is muted.\n')
  else {
    const rows = mutes.map((mute) => [mute.correspondent, shown(mute.since), shown(mute.until), mute.because])
    process.stdout.write(`${table([['CORRESPONDENT', 'SINCE (UTC)', 'UNTIL (UTC)', 'BECAUSE'], ...rows])}\n`)
  }
}
