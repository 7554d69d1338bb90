/** From the files on disk to what the program runs on: configuration, keys and templates, swapped as one value. */
import { access, constants } from 'node:fs/promises'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { dirname, join } from 'node:path'
import { isLocalOnly } from './admin/server.ts'
import type { ClassifyContext } from './classify/classify.ts'
import { SIGNS } from './classify/signs.ts'
import type { Config, MailboxConfig } from './config/config.ts'
import { loadConfig } from './config/load.ts'
import { statePath } from './config/paths.ts'
import { type ConfigProblem, formatProblem } from './config/problem.ts'
import { readSecret } from './config/secrets.ts'
import { type Address, domainOf, folded, withoutDetail } from './mail/address.ts'
import type { Policy } from './mail/facts.ts'
import type { Peer } from './mail/incoming.ts'
import { after, type Instant } from './mail/instant.ts'
import type { Intake } from './mail/ledger-port.ts'
import type { Mailbox } from './mail/mailbox.ts'
import type { NextHop } from './mail/queue.ts'
import { Trouble } from './mail/trouble.ts'
import { WORLD } from './ops/clock.ts'
import type { Log } from './ops/events.ts'
import { loadOrCreateKeys } from './ops/secret-file.ts'
import type { Receiving } from './receive/standard-input.ts'
import type { TemplateSet } from './render/compile.ts'
import { loadTemplates } from './templates.ts'
import type { ThreadKeys } from './thread/keys.ts'
import { isOwnMessageId } from './thread/message-id.ts'

export type MailboxSettings = Mailbox &
  Pick<MailboxConfig, 'handOnSender' | 'handOnTag'> & {
    /** Folders resolved; undefined for a mailbox that IMAP watches. */
    readonly handOn: NextHop | undefined
    readonly handOnFallback: NextHop | undefined
    /** When a person will have answered, as far as that is promised; undefined: nothing is. */
    expectedReply(receivedAt: Instant): Instant | undefined
  }

/** Everything that follows from the files, made once per reload. */
export type Settings = {
  readonly config: Config
  readonly mailboxes: readonly Mailbox[]
  mailbox(address: Address): MailboxSettings | undefined
  /** What RCPT TO names: an address of ours, an unknown one in a domain of ours, or somebody else's. */
  readonly recipient: (address: Address) => 'ours' | 'unknown' | 'foreign'
  classifying(peer: Peer): ClassifyContext
  readonly policy: Policy
  readonly keys: ThreadKeys
  readonly templates: TemplateSet
  readonly via: NextHop
  readonly auth: { readonly user: string; readonly password: string } | undefined
  readonly adminToken: string | undefined
  /** Value of our loop header and id in fields of ours: tells our notices from those of another replyd. */
  readonly instance: string
}

/** `run` makes the keys it lacks and remembers compiled templates; `look` writes nothing at all. */
export type Purpose = 'run' | 'look'

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
  const keys = await (purpose === 'run' ? madeKeys(folder) : readKeys(folder))
  try {
    const at = { configFile: path, cacheFolder: join(folder, 'cache'), purpose }
    const templates = await loadTemplates(config, at)
    warnings.push(...templates.warnings)
    const secrets = await readSecrets(config, env, path)
    const settings = settingsOf({ config, templates: templates.set, keys, secrets, env })
    return { ok: true, settings, warnings, templateErrors: templates.errors }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return { ok: false, problems: [error.message], warnings }
  }
}

type Secrets = Pick<Settings, 'auth' | 'adminToken'>

async function readSecrets(config: Config, env: NodeJS.ProcessEnv, configFile: string): Promise<Secrets> {
  const { auth } = config.send
  const password = auth?.kind === 'password' ? await readSecret(auth.password, env, configFile) : undefined
  return {
    auth: auth?.kind === 'password' && password !== undefined ? { user: auth.user, password } : undefined,
    adminToken: await readAdminToken(config, env, configFile),
  }
}

/** Whoever is not on this machine needs a token; the socket of a .socket unit counts as open to everybody. */
async function readAdminToken(config: Config, env: NodeJS.ProcessEnv, configFile: string): Promise<string | undefined> {
  const { listen, token } = config.admin
  return listen === 'off' || isLocalOnly(listen) ? undefined : readSecret(token, env, configFile)
}

type Ingredients = {
  readonly config: Config
  readonly templates: TemplateSet
  readonly keys: Pick<ThreadKeys, 'current' | 'all'>
  readonly secrets: Secrets
  readonly env: NodeJS.ProcessEnv
}

function settingsOf({ config, templates, keys, secrets, env }: Ingredients): Settings {
  const names = new Map(
    config.mailboxes.flatMap((one) => [one.address, ...one.aliases].map((name) => [folded(name), one])),
  )
  const settingsOfMailbox = new Map(config.mailboxes.map((one) => [folded(one.address), mailboxSettings(one, env)]))
  const plusMailboxes = new Set<string>(config.tickets.plusAddress === 'on' ? names.keys() : [])
  const domains = new Set([...names.keys()].map(domainOf))
  const threadKeys: ThreadKeys = { ...keys, tagPrefix: config.tickets.prefix, plusMailboxes }
  const own = new Set<string>([
    ...names.keys(),
    ...(config.send.returnPath === null ? [] : [folded(config.send.returnPath)]),
  ])
  const trusted = networkList(config.receive.trustedNetworks)
  const instance =
    config.receive.smtp?.hostname ?? config.receive.lmtp?.hostname ?? domainOf(config.mailboxes[0].address)
  return {
    config,
    mailboxes: config.mailboxes,
    mailbox: (address) => settingsOfMailbox.get(folded(address)),
    recipient: (address) => {
      if (names.has(folded(address)) || plusMailboxes.has(withoutDetail(address))) return 'ours'
      return domains.has(domainOf(address)) ? 'unknown' : 'foreign'
    },
    classifying: (peer) => ({
      ownAddresses: own,
      agents: new Set<string>(config.agents.map((one) => folded(one.address))),
      trustedPeer: peer.ip === undefined || trusted(peer.ip),
      isOwnMessageId: (id) => isOwnMessageId(id, threadKeys),
      instance,
      alwaysAnswer: config.alwaysAnswer,
      signsOff: new Set(config.signs.off),
      trustedFields: Number.POSITIVE_INFINITY,
      forms: new Set<string>(config.forms.map((one) => folded(one.from))),
      correspondent: 'unknown',
      ownPrefixes: [],
    }),
    policy: {
      mode: config.send.mode,
      maxAgeMs: config.maxAgeMs,
      ownAddresses: own,
      gate: config.authentication.gate,
      limits: config.limits,
      limitOverrides: [],
      coolDownMs: 3_600_000,
      quietPeriodMs: config.quietPeriodMs,
      neverAnswer: config.neverAnswer,
      forms: new Set<string>(config.forms.map((one) => folded(one.from))),
      defaultLocale: config.organization.locale,
    },
    keys: threadKeys,
    templates,
    via: resolved(config.send.via, env),
    ...secrets,
    instance,
  }
}

function mailboxSettings(mailbox: MailboxConfig, env: NodeJS.ProcessEnv): MailboxSettings {
  const { handOn, handOnFallback, schedule, replyWithin } = mailbox
  return {
    ...mailbox,
    handOn: handOn === undefined ? undefined : resolved(handOn, env),
    handOnFallback: handOnFallback === undefined ? undefined : resolved(handOnFallback, env),
    // With a schedule the hours of business count, and nothing is promised until they are computed.
    expectedReply: (receivedAt) =>
      schedule === undefined && typeof replyWithin === 'number' ? after(receivedAt, replyWithin) : undefined,
  }
}

/** A next hop whose folder is absolute. */
function resolved(hop: NextHop, env: NodeJS.ProcessEnv): NextHop {
  return hop.kind === 'maildir' ? { ...hop, folder: statePath(hop.folder, env, process.cwd()) } : hop
}

/** Is an address within one of the networks? Anything that is no IP address is not. */
function networkList(networks: readonly string[]): (ip: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (ip) => isIP(ip) !== 0 && list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4')
}

/** Largest message where no listener says otherwise; octets. */
const MAX_MESSAGE_OCTETS = 50 * 1024 * 1024

/** What taking a message from a stream needs, in the daemon and without it. */
export function receiving(settings: Settings, parts: { intake: Intake; log: Log }): Receiving {
  const { smtp, lmtp } = settings.config.receive
  return {
    recipient: settings.recipient,
    hostname: settings.instance,
    maxMessageOctets: smtp?.maxMessageOctets ?? lmtp?.maxMessageOctets ?? MAX_MESSAGE_OCTETS,
    world: WORLD,
    ...parts,
  }
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
