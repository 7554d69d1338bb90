import { Command } from 'commander'
import { runDaemon } from '../daemon.ts'
import { invocation } from './invocation.ts'

export function runCommand(): Command {
  return new Command('run')
    .description('run the daemon until SIGTERM or SIGINT; SIGHUP reloads configuration and templates')
    .action(async (_options: object, command: Command) => {
      process.exitCode = await runDaemon(invocation(command))
    })
}
