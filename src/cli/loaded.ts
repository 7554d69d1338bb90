import { readKeys } from '../keys.ts'
import { type Loaded, load } from '../load.ts'
import { CommandError, EXIT } from './exit.ts'
import type { Invocation } from './program.ts'

/**
 * The configuration and templates for a command.
 * @throws CommandError with `code` that tells every problem
 */
export async function loaded(invocation: Invocation, code: number = EXIT.usage): Promise<Loaded> {
  const result = await load(invocation.config, invocation.env, readKeys)
  if (result.ok) return result
  throw new CommandError(code, `cannot use the configuration\n${result.problems.join('\n')}`)
}
