/** What the program runs on: everything that follows from the configuration, its templates, keys and secrets. */
import { BlockList, isIP, isIPv6 } from 'node:net'
import type { Trust } from './authenticate/authenticator.ts'
import type { ClassifyContext } from './classify/classify.ts'
import type { Config, MailboxConfig, Send } from './config/config.ts'
import { statePath } from './config/paths.ts'
import { type Address, domainOf, folded, withoutDetail } from './mail/address.ts'
import type { Policy } from './mail/facts.ts'
import type { Peer } from './mail/incoming.ts'
import { after, type Instant } from './mail/instant.ts'
import type { Intake } from './mail/ledger-port.ts'
import type { Mailbox } from './mail/mailbox.ts'
import type { NextHop } from './mail/queue.ts'
import { WORLD } from './ops/clock.ts'
import type { Log } from './ops/events.ts'
import type { Receiving } from './receive/standard-input.ts'
import type { TemplateSet } from './render/compile.ts'
import type { ThreadKeys } from './thread/keys.ts'
import { isOwnMessageId } from './thread/message-id.ts'

/** How notices leave: by which next hop, as whom, with which envelope sender. */
export type Way = {
  readonly via: NextHop
  readonly auth: { readonly user: string; readonly password: string } | undefined
  /** null: the null reverse-path. */
  readonly returnPath: Address | null
}

export type MailboxSettings = Mailbox &
  Pick<MailboxConfig, 'handOnSender' | 'handOnTag'> & {
    /** Folders resolved; undefined for a mailbox that IMAP watches. */
    readonly handOn: NextHop | undefined
    readonly handOnFallback: NextHop | undefined
    readonly way: Way
    /** When a person will have answered, as far as that is promised; undefined: nothing is. */
    expectedReply(receivedAt: Instant): Instant | undefined
  }

/** Made once per reload. `mailbox` arguments: the mailbox that speaks, or undefined where none is configured any more. */
export type Settings = {
  readonly config: Config
  readonly mailboxes: readonly Mailbox[]
  mailbox(address: Address): MailboxSettings | undefined
  /** What RCPT TO names: an address of ours, an unknown one in a domain of ours, or somebody else's. */
  readonly recipient: (address: Address) => 'ours' | 'unknown' | 'foreign'
  /** The mailbox whose team gets what comes to a return path of ours; undefined for any other address. */
  bounceMailbox(address: Address): Address | undefined
  /** @param trustedFields leading header fields that hosts we trust have written */
  classifying(
    from: { readonly peer: Peer; readonly trustedFields: number },
    mailbox: Address | undefined,
  ): ClassifyContext
  policy(mailbox: Address | undefined): Policy
  trust(mailbox: Address | undefined): Trust
  readonly keys: ThreadKeys
  readonly templates: TemplateSet
  /** The way of mailboxes that have none of their own. */
  readonly way: Way
  readonly adminToken: string | undefined
  /** Value of our loop header and id in fields of ours: tells our notices from those of another replyd. */
  readonly instance: string
}

export type Ingredients = {
  readonly config: Config
  readonly templates: TemplateSet
  readonly keys: Pick<ThreadKeys, 'current' | 'all'>
  readonly adminToken: string | undefined
  /** The password of a login, by the section that names it. */
  readonly passwords: ReadonlyMap<Send, string>
  readonly env: NodeJS.ProcessEnv
}

/** Everything is made here, so that nothing is left to be worked out for each message. */
export function settingsOf(given: Ingredients): Settings {
  const { config, templates, keys } = given
  const names = new Map(
    config.mailboxes.flatMap((one) => [one.address, ...one.aliases].map((name) => [folded(name), one])),
  )
  const byAddress = new Map(config.mailboxes.map((one) => [folded(one.address), mailboxSettings(one, given)]))
  const plusMailboxes = new Set<string>(config.tickets.plusAddress === 'on' ? names.keys() : [])
  const domains = new Set([...names.keys()].map(domainOf))
  const threadKeys: ThreadKeys = { ...keys, tagPrefix: config.tickets.prefix, plusMailboxes }
  const isTrusted = networkList(config.receive.trustedNetworks)
  const instance =
    config.receive.smtp?.hostname ?? config.receive.lmtp?.hostname ?? domainOf(config.mailboxes[0].address)
  const of = (mailbox: Address | undefined): Overridable =>
    (mailbox === undefined ? undefined : names.get(folded(mailbox))) ?? config
  const own = ownAddresses(config)
  const bounces = bounceMailboxes(config)
  const ownPrefixes = prefixesOf(templates)
  const classifying = classifyingWith({ config, own, ownPrefixes, threadKeys, instance })
  const policies = new Map(
    config.mailboxes.map((one) => [folded(one.address), policyOf(config, one, { own, ownPrefixes })]),
  )
  const general = policyOf(config, config, { own, ownPrefixes })
  return {
    config,
    mailboxes: config.mailboxes,
    mailbox: (address) => byAddress.get(folded(address)),
    recipient: (address) => {
      // bounces come to our return paths: they are filed, whoever else reads them or not
      if (own.has(folded(address)) || plusMailboxes.has(withoutDetail(address))) return 'ours'
      return domains.has(domainOf(address)) ? 'unknown' : 'foreign'
    },
    bounceMailbox: (address) => bounces.get(folded(address)),
    classifying: ({ peer, trustedFields }, mailbox) => ({
      ...classifying,
      trustedPeer: peer.ip === undefined || isTrusted(peer.ip),
      signsOff: new Set(of(mailbox).signs.off),
      trustedFields,
    }),
    policy: (mailbox) => (mailbox === undefined ? undefined : policies.get(folded(mailbox))) ?? general,
    trust: (mailbox) => {
      const { trustedAuthservIds, trustedSealers } = of(mailbox).authentication
      return { isTrusted, authservIds: trustedAuthservIds, sealers: trustedSealers, hostname: instance }
    },
    keys: threadKeys,
    templates,
    way: wayOf(config.send, given),
    adminToken: given.adminToken,
    instance,
  }
}

/** What a mailbox may say differently from the rest of the file. */
type Overridable = Pick<MailboxConfig, 'authentication' | 'limits' | 'send' | 'signs'>

/** Return paths, folded, with the first mailbox that writes under each: bounces reach its team, as all accepted mail does. */
function bounceMailboxes(config: Config): ReadonlyMap<string, Address> {
  const paths = config.mailboxes.flatMap(({ address, send: { returnPath } }): [string, Address][] =>
    returnPath === null ? [] : [[folded(returnPath), address]],
  )
  return new Map(paths.reverse())
}

/** Folded: every mailbox, alias and bounce address of ours. */
function ownAddresses(config: Config): ReadonlySet<string> {
  const bounces = [config.send, ...config.mailboxes.map((one) => one.send)].flatMap(
    ({ returnPath }) => returnPath ?? [],
  )
  const names = config.mailboxes.flatMap((one) => [one.address, ...one.aliases])
  return new Set([...names, ...bounces].map(folded))
}

type Classifying = Ours & {
  readonly config: Config
  readonly threadKeys: ThreadKeys
  readonly instance: string
}

/** What classify is told whatever the message and the mailbox. */
function classifyingWith({ config, own, ownPrefixes, threadKeys, instance }: Classifying) {
  return {
    ownAddresses: own,
    agents: new Set<string>(config.agents.map((one) => folded(one.address))),
    isOwnMessageId: (id: string) => isOwnMessageId(id, threadKeys),
    instance,
    alwaysAnswer: config.alwaysAnswer,
    forms: formsOf(config),
    ownPrefixes,
    correspondent: 'unknown',
  } as const
}

/** What the subjects of our notices begin with, longest first, so that the longer of two is found. */
function prefixesOf({ templates }: TemplateSet): readonly string[] {
  const prefixes = new Set([...templates.values()].map((one) => one.subjectPrefix).filter((one) => one !== ''))
  return [...prefixes].sort((a, b) => b.length - a.length)
}

function formsOf(config: Config): ReadonlySet<string> {
  return new Set<string>(config.forms.map((one) => folded(one.from)))
}

type Ours = {
  /** Folded addresses. */
  readonly own: ReadonlySet<string>
  readonly ownPrefixes: readonly string[]
}

function policyOf(config: Config, mailbox: Overridable, { own, ownPrefixes }: Ours): Policy {
  return {
    mode: mailbox.send.mode,
    maxAgeMs: config.maxAgeMs,
    ownAddresses: own,
    gate: mailbox.authentication.gate,
    limits: mailbox.limits,
    limitOverrides: config.limitOverrides,
    coolDownMs: config.coolDownMs,
    quietPeriodMs: config.quietPeriodMs,
    neverAnswer: config.neverAnswer,
    ownPrefixes,
    forms: formsOf(config),
    defaultLocale: config.organization.locale,
  }
}

function wayOf(send: Send, { env, passwords }: Pick<Ingredients, 'env' | 'passwords'>): Way {
  const { auth } = send
  const password = passwords.get(send)
  return {
    via: resolved(send.via, env),
    auth: auth?.kind === 'password' && password !== undefined ? { user: auth.user, password } : undefined,
    returnPath: send.returnPath,
  }
}

function mailboxSettings(mailbox: MailboxConfig, given: Ingredients): MailboxSettings {
  const { handOn, handOnFallback, schedule, replyWithin } = mailbox
  const { env } = given
  return {
    ...mailbox,
    handOn: handOn === undefined ? undefined : resolved(handOn, env),
    handOnFallback: handOnFallback === undefined ? undefined : resolved(handOnFallback, env),
    way: wayOf(mailbox.send, given),
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
