import { Command, CommanderError } from 'commander'
import { Trouble } from '../mail/trouble.ts'
import { VERSION } from '../ops/version.ts'
import { checkCommand } from './check.ts'
import { CommandError, EXIT, SYSEXITS } from './exit.ts'
import { explainCommand } from './explain.ts'
import { healthCommand } from './health.ts'
import { initCommand } from './init.ts'
import { DEFAULT_CONFIG } from './invocation.ts'
import { messagesCommand } from './messages.ts'
import { muteCommand } from './mute.ts'
import { neverCommand } from './never.ts'
import { queueCommand } from './queue.ts'
import { receiveCommand } from './receive.ts'
import { reloadCommand } from './reload.ts'
import { runCommand } from './run.ts'
import { schemaCommand } from './schema.ts'

/** The command tree. */
export function program(): Command {
  const root = new Command('replyd')
    .description('Gives every new request a ticket, hands the mail on, and answers the customer at most once.')
    .version(VERSION, '--version', 'print the version')
    .option('--config <file>', `configuration file (default: $REPLYD_CONFIG or ${DEFAULT_CONFIG})`)
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError(true)
    .showHelpAfterError('Run `replyd --help` or `replyd COMMAND --help` for what there is.')
  for (const command of [
    runCommand(),
    checkCommand(),
    explainCommand(),
    messagesCommand(),
    queueCommand(),
    neverCommand(),
    muteCommand(),
    receiveCommand(),
    reloadCommand(),
    healthCommand(),
    initCommand(),
    schemaCommand(),
  ]) {
    root.addCommand(command)
  }
  return root
}

/**
 * Runs one command line.
 * @param argv arguments without node and script
 * @returns the exit code (DESIGN 7); errors have been written to standard error by then
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const root = program()
  const all = [root, ...root.commands, ...root.commands.flatMap((one) => one.commands)]
  for (const one of all) one.exitOverride()
  const output = watchOutput()
  process.exitCode = EXIT.done
  try {
    await root.parseAsync(argv, { from: 'user' })
    return output.failed ?? (typeof process.exitCode === 'number' ? process.exitCode : EXIT.done)
  } catch (error) {
    const named = argv.find((argument) => root.commands.some((one) => one.name() === argument))
    return codeOf(error, named === 'receive')
  }
}

/**
 * What is printed for somebody who has gone away (`| head`) is dropped, and that ends nothing, a daemon least of all; any
 * other failure to print is told and decides the exit code.
 */
function watchOutput(): { readonly failed: number | undefined } {
  const seen: { failed: number | undefined } = { failed: undefined }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || seen.failed !== undefined) return
    process.stderr.write(`replyd: cannot print: ${error.message}\n`)
    seen.failed = EXIT.no
    process.exitCode = EXIT.no
  })
  process.stderr.on('error', () => {}) // there is nowhere left to tell it
  return seen
}

/** @param inPipe an MTA waits for the code: it bounces the mail on any that does not say to try again */
function codeOf(error: unknown, inPipe: boolean): number {
  if (error instanceof CommanderError) {
    const wrong = inPipe ? SYSEXITS.usage : EXIT.usage
    return error.exitCode === 0 ? EXIT.done : wrong
  }
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`replyd: ${message}\n`)
  if (error instanceof CommandError) return error.code
  if (error instanceof Trouble) return EXIT.later
  if (error instanceof Error && error.stack !== undefined) process.stderr.write(`${error.stack}\n`)
  return inPipe ? SYSEXITS.tempFail : EXIT.no
}
