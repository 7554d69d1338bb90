import { dirname, isAbsolute, resolve } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** What begins so is data of ours wherever it is named, a secret too: `var/admin-token`. */
const BELOW_VAR = /^var(?:\/|$)/u

/**
 * Where data lies: the ledger, the spool, a Maildir. One rule without exceptions, so that `var/` moves as it is from a
 * checkout into /var/lib.
 * @param path as the configuration writes it
 * @param env `STATE_DIRECTORY` as systemd sets it: one folder, or several with colons, of which the first counts
 * @param cwd the working directory, for an operator without systemd
 * @returns an absolute path
 */
export function statePath(path: string, env: Environment, cwd: string): string {
  if (isAbsolute(path)) return path
  const state = env.STATE_DIRECTORY?.split(':')[0]
  return resolve(state === undefined || state === '' ? cwd : resolve(cwd, state), path)
}

/**
 * Where input lies: templates, calendars, keys. Relative to the folder of the configuration file, so that a configuration
 * can be moved as a folder.
 * @returns an absolute path
 */
export function inputPath(path: string, configFile: string): string {
  return isAbsolute(path) ? path : resolve(dirname(configFile), path)
}

/** Where the file of a secret lies: beside the configuration, but under `var/` with the data. */
export function secretPath(path: string, at: { env: Environment; configFile: string; cwd: string }): string {
  return BELOW_VAR.test(path) ? statePath(path, at.env, at.cwd) : inputPath(path, at.configFile)
}
