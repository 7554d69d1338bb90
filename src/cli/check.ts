import { Command } from 'commander'
import { load } from '../load.ts'
import { EXIT } from './exit.ts'
import { invocation } from './invocation.ts'

export function checkCommand(): Command {
  return new Command('check')
    .description('read configuration and templates as `run` would, and tell everything that is wrong or odd')
    .option('--json', 'one JSON object')
    .action(check)
}

async function check(options: { json?: true }, command: Command): Promise<void> {
  const { config, env } = invocation(command)
  const result = await load(config, env, 'check')
  const problems = result.ok ? result.templateErrors : result.problems
  const good = problems.length === 0
  const { warnings } = result
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: good, problems, warnings })}\n`)
  else {
    for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`)
    for (const problem of problems) process.stderr.write(`${problem}\n`)
    const found = `${problems.length} problem${problems.length === 1 ? '' : 's'}`
    process.stdout.write(
      good
        ? `${config}: good${warnings.length === 0 ? '' : `, ${warnings.length} to know`}\n`
        : `${config}: ${found}\n`,
    )
  }
  process.exitCode = good ? EXIT.done : EXIT.usage
}
