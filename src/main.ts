import { runProgram } from './cli/program.ts'

/** Hands the arguments to the command line and sets the exit code; never throws, never exits by itself. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await runProgram(argv)
}
