import type { Config } from '../config/config.ts'
import { type Loaded, load, type Purpose, readConfig } from '../load.ts'
import { CommandError, EXIT } from './exit.ts'
import type { Invocation } from './invocation.ts'

/**
 * The configuration and templates for a command that judges or renders.
 * @param how `code`: the exit code if it cannot be used; `purpose`: `look` unless the command writes a notice
 * @throws CommandError with `code` that tells every problem
 */
export async function loaded(
  invocation: Invocation,
  { code = EXIT.usage, purpose = 'look' }: { code?: number; purpose?: Extract<Purpose, 'look' | 'order'> } = {},
): Promise<Loaded> {
  const result = await load(invocation.config, invocation.env, purpose)
  if (result.ok) return result
  throw unusable(result.problems, code)
}

/**
 * The configuration alone, for a command that only has to know where things are.
 * @throws CommandError with `code` that tells every problem
 */
export async function configured(invocation: Invocation, code: number = EXIT.usage): Promise<Config> {
  const result = await readConfig(invocation.config, invocation.env)
  if (result.ok) return result.config
  throw unusable(result.problems, code)
}

function unusable(problems: readonly string[], code: number): CommandError {
  return new CommandError(code, `cannot use the configuration\n${problems.join('\n')}`)
}
