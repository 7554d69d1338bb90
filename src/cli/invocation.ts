import type { Command } from 'commander'

export const DEFAULT_CONFIG = 'config/replyd.yaml'

/** What every command knows beside its own options. */
export type Invocation = { readonly config: string; readonly env: NodeJS.ProcessEnv }

/** The path of the configuration: `--config`, else $REPLYD_CONFIG, else config/replyd.yaml. */
export function invocation(command: Command): Invocation {
  const given = command.optsWithGlobals<{ config?: string }>().config
  return { config: given ?? process.env.REPLYD_CONFIG ?? DEFAULT_CONFIG, env: process.env }
}
