/** From the files on disk to what the program runs on: configuration, keys and templates, swapped as one value. */
import { access, constants } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isLocalOnly } from './admin/server.ts'
import { SIGNS } from './classify/signs.ts'
import type { Config, Send } from './config/config.ts'
import { loadConfig } from './config/load.ts'
import { statePath } from './config/paths.ts'
import { type ConfigProblem, formatProblem } from './config/problem.ts'
import { readSecret } from './config/secrets.ts'
import { Trouble } from './mail/trouble.ts'
import { WORLD } from './ops/clock.ts'
import { loadOrCreateKeys } from './ops/secret-file.ts'
import { type Ingredients, type Settings, settingsOf } from './settings.ts'
import { loadTemplates } from './templates.ts'
import type { ThreadKeys } from './thread/keys.ts'

/**
 * `run` makes the keys it lacks, remembers compiled templates and reads the secrets; `check` reads all that too and writes
 * nothing; `look` writes nothing and needs no secret; `order` needs none either, and makes the keys that its notice lasts by.
 * A secret may be there for the service alone (systemd's LoadCredential=), and nobody at a prompt sends anything.
 */
export type Purpose = 'run' | 'check' | 'order' | 'look'

export type Loaded = {
  readonly settings: Settings
  readonly warnings: readonly string[]
  /** Templates that are broken; what stands in for them is good, so a start goes on, while a reload keeps what it had. */
  readonly templateErrors: readonly string[]
}
type Refused = { readonly ok: false; readonly problems: readonly string[]; readonly warnings: readonly string[] }
export type LoadResult = ({ readonly ok: true } & Loaded) | Refused

const SIGN_CODES = SIGNS.map((sign) => sign.code)

/** The state directory: where ledger, keys, lock and control socket lie. */
export function stateFolder(config: Config, env: NodeJS.ProcessEnv): string {
  return dirname(statePath(config.storage.ledger, env, process.cwd()))
}

/** The unix socket that the CLI speaks to the daemon over. */
export function controlSocket(config: Config, env: NodeJS.ProcessEnv): string {
  return join(stateFolder(config, env), 'replyd.sock')
}

/** Reads the configuration alone. @returns every problem as a text with file, line and column, or what it says */
export async function readConfig(
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<Refused | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }> {
  const read = await loadConfig(path, env, SIGN_CODES)
  const told = (problem: ConfigProblem): string => formatProblem(problem, read.text)
  if (!read.ok) return { ok: false, problems: read.problems.map(told), warnings: [] }
  return { ok: true, config: read.config, warnings: read.warnings.map(told) }
}

/**
 * Reads configuration, secrets and templates and compiles what needs compiling.
 * @param path the configuration file
 * @param purpose what the caller is going to do with it
 * @returns every problem as a text with file, line and column, or what the program runs on, with its warnings
 * @throws Trouble where the state directory cannot be used: trying again may help, other words in the file would not
 */
export async function load(path: string, env: NodeJS.ProcessEnv, purpose: Purpose): Promise<LoadResult> {
  const read = await readConfig(path, env)
  if (!read.ok) return read
  const { config } = read
  const folder = stateFolder(config, env)
  const warnings = [...read.warnings]
  const keys = await (purpose === 'run' || purpose === 'order' ? madeKeys(folder) : readKeys(folder))
  try {
    const at = {
      configFile: path,
      cacheFolder: join(folder, 'cache'),
      purpose: purpose === 'run' ? purpose : 'look',
    } as const
    const templates = await loadTemplates(config, at)
    warnings.push(...templates.warnings)
    const isNeeded = purpose === 'run' || purpose === 'check'
    const secrets = isNeeded ? await readSecrets(config, env, path) : NO_SECRETS
    const settings = settingsOf({ config, templates: templates.set, keys, ...secrets, env })
    return { ok: true, settings, warnings, templateErrors: templates.errors }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return { ok: false, problems: [error.message], warnings }
  }
}

type Secrets = Pick<Ingredients, 'passwords' | 'adminToken'>

const NO_SECRETS: Secrets = { passwords: new Map(), adminToken: undefined }

async function readSecrets(config: Config, env: NodeJS.ProcessEnv, configFile: string): Promise<Secrets> {
  const passwords = new Map<Send, string>()
  for (const send of [config.send, ...config.mailboxes.map((one) => one.send)]) {
    const { auth } = send
    if (auth?.kind === 'password') passwords.set(send, await readSecret(auth.password, env, configFile))
  }
  return { passwords, adminToken: await readAdminToken(config, env, configFile) }
}

/** Whoever is not on this machine needs a token; the socket of a .socket unit counts as open to everybody. */
async function readAdminToken(config: Config, env: NodeJS.ProcessEnv, configFile: string): Promise<string | undefined> {
  const { listen, token } = config.admin
  return listen === 'off' || isLocalOnly(listen) ? undefined : readSecret(token, env, configFile)
}

/** Where the keys of our Message-IDs and plus addresses lie in the state directory. */
const KEYS_FILE = 'keys.json'

type Keys = Pick<ThreadKeys, 'current' | 'all'>

/** For the daemon: the keys in the state directory, made on first use. */
function madeKeys(stateFolder: string): Promise<Keys> {
  return loadOrCreateKeys(join(stateFolder, KEYS_FILE), WORLD)
}

/** For commands that write nothing: the keys if there are any that we may read, else keys of chance that verify nothing. */
async function readKeys(stateFolder: string): Promise<Keys> {
  const readable = await access(join(stateFolder, KEYS_FILE), constants.R_OK).then(
    () => true,
    () => false,
  )
  if (readable) return madeKeys(stateFolder)
  const current = { id: '0', secret: WORLD.chance(32) }
  return { current, all: new Map([[current.id, current.secret]]) }
}
