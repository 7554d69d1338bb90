import { Command } from 'commander'
import { callControl } from '../admin/control-client.ts'
import { controlSocket } from '../load.ts'
import { CommandError, EXIT } from './exit.ts'
import { invocation } from './invocation.ts'
import { configured } from './loaded.ts'

export function reloadCommand(): Command {
  return new Command('reload')
    .description('have the running daemon take up configuration and templates, or keep the old ones and say why')
    .action(reload)
}

async function reload(_options: object, command: Command): Promise<void> {
  const at = invocation(command)
  const config = await configured(at)
  const answer = await callControl(controlSocket(config, at.env), { method: 'POST', path: '/reload' })
  if (answer.kind === 'no-daemon')
    throw new CommandError(EXIT.no, 'no daemon runs on this ledger; there is nothing to reload')
  if (answer.status !== 200) throw new CommandError(EXIT.usage, `the daemon kept what it had: ${answer.text}`)
  process.stdout.write('reloaded\n')
}
