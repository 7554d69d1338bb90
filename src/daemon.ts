/** The roof: opens the parts in order, closes them in reverse. */
import { openControl, type Receipt, type Reloaded } from './admin/control.ts'
import type { Health } from './admin/health.ts'
import { openAdmin } from './admin/server.ts'
import { AUTHENTICATION_LIMIT_MS, openAuthenticator } from './authenticate/authenticator.ts'
import { EXIT } from './cli/exit.ts'
import { greeting } from './cli/greeting.ts'
import type { Invocation } from './cli/invocation.ts'
import { statePath } from './config/paths.ts'
import { DELIVERY_OPTIONS, type Delivery, openDelivery } from './deliver/attempt.ts'
import { openRunner, type Runner } from './deliver/runner.ts'
import { carryOut } from './hand.ts'
import { openLedger } from './ledger/open.ts'
import { type Listeners, listenAt, openListeners } from './listeners.ts'
import { controlSocket, type Loaded, load } from './load.ts'
import type { Envelope } from './mail/envelope.ts'
import type { Incoming } from './mail/incoming.ts'
import type { Ledger } from './mail/ledger-port.ts'
import { WORLD } from './ops/clock.ts'
import type { Log } from './ops/events.ts'
import { openLifetime } from './ops/lifetime.ts'
import { openLog } from './ops/log.ts'
import { type Metrics, openMetrics } from './ops/metrics.ts'
import { openNotify } from './ops/notify.ts'
import { VERSION } from './ops/version.ts'
import { fallBack, prepare } from './outbound.ts'
import { openParser } from './parser.ts'
import { openPipeline, type Pipeline } from './pipeline.ts'
import { receiveMessage } from './receive/standard-input.ts'
import { openRehearsal } from './rehearsal.ts'
import { receiving, type Settings } from './settings.ts'

/** How long a clean stop may take: messages on their way in, attempts on their way out. Below the unit's TimeoutStopSec. */
const GRACE_MS = 20_000
/** Attempts at once over all next hops; each next hop has fewer sessions. */
const CONCURRENCY = 16
/** Longest time without a look at the queue; settlements wake the runner at once. */
const POLL_MS = 5_000
/** After trouble with the ledger (a full disk, say), how long until messages are settled again. */
const PAUSE_MS = 1_000
/** How long messages being settled get at a stop. They are not lost: a hostile one costs its parser more than that. */
const SETTLE_MS = 5_000
/** A longer stall of the event loop is not well: systemd's watchdog should end it. */
const LAG_MS = 10_000

/** What lives as long as the process. `present` is swapped by a reload as one value. */
type House = {
  readonly at: Invocation
  readonly log: Log
  readonly metrics: Metrics
  readonly present: { settings: Settings }
  stopping: boolean
}

/**
 * Runs until it is told to stop.
 * @returns the exit code: 0 after a clean stop, 2 where the configuration cannot be used
 * @throws Trouble where another daemon has the ledger, or the ledger or a listener cannot be opened
 */
export async function runDaemon(at: Invocation): Promise<number> {
  const began = WORLD.now()
  const first = await load(at.config, at.env, 'run')
  if (!first.ok) {
    process.stderr.write(`replyd: cannot use the configuration\n${first.problems.join('\n')}\n`)
    return EXIT.usage
  }
  using metrics = openMetrics()
  const log = metrics.counting(openLog({ format: 'auto', level: 'info' }))
  using lifetime = openLifetime()
  const house: House = { at, log, metrics, present: { settings: first.settings }, stopping: false }
  log('daemon.starting', { version: VERSION, node: process.version, config: at.config, pid: process.pid })
  tellOdd(first, log)
  await using notify = openNotify({ env: at.env, healthy: () => metrics.lagMs() < LAG_MS, log })
  await using open = await openParts(house).catch((error: unknown) => {
    log('daemon.failed', { error: error instanceof Error ? error.message : String(error) })
    throw error
  })
  const { smtp, lmtp, http } = open
  lifetime.onHangup(() => {
    notify.reloading()
    void open.reload().then((done) => {
      if (!house.stopping) notify.ready(done.ok ? 'reloaded' : `reload refused: ${done.problems[0]}`)
    })
  })
  process.stdout.write(greeting(house.present.settings, { smtp, lmtp, http }))
  process.stdout.write(`ready ${JSON.stringify({ smtp, lmtp, http })}\n`)
  log('daemon.ready', { smtp, lmtp, http, ms: WORLD.now() - began })
  notify.ready('taking mail')
  const signal = await lifetime.ended
  house.stopping = true
  log('daemon.stopping', { signal })
  notify.stopping()
  lifetime.exitWithin(2 * GRACE_MS, EXIT.no)
  const stopped = WORLD.now()
  await open[Symbol.asyncDispose]()
  log('daemon.stopped', { ms: WORLD.now() - stopped })
  return EXIT.done
}

function tellOdd(loaded: Loaded, log: Log): void {
  for (const message of loaded.warnings) log('config.warning', { message })
  for (const error of loaded.templateErrors) log('template.broken', { file: error.split(':')[0] ?? '', error })
}

type Open = {
  readonly smtp: string | null
  readonly lmtp: string | null
  readonly http: string | null
  reload(): Promise<Reloaded>
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens everything, from the ledger up to the doors; what was opened is closed again where a later part fails. */
async function openParts(house: House): Promise<Open> {
  const { at, log, metrics, present } = house
  const settings = (): Settings => present.settings
  await using stack = new AsyncDisposableStack()
  const path = (written: string): string => statePath(written, at.env, process.cwd())
  const { storage } = settings().config
  const ledger = await openLedger({ path: path(storage.ledger), spool: path(storage.spool) }, { world: WORLD, log })
  stack.defer(() => ledger.close())
  const parser = stack.use(openParser(log))
  const delivery = openDelivery({ ...DELIVERY_OPTIONS, hostname: settings().instance }, { log })
  stack.defer(() => delivery.close())
  const runner = openOutbound(house, { ledger, delivery })
  stack.defer(() => runner.close())
  const rehearsal = openRehearsal({ ledger, settings, world: WORLD, log })
  stack.defer(() => rehearsal.close())
  rehearsal.poke()
  const authenticator = stack.use(openAuthenticator({ world: WORLD, log, timeLimitMs: AUTHENTICATION_LIMIT_MS }))
  const onEntries = (): void => {
    runner.poke()
    rehearsal.poke()
  }
  const pipeline = openPipeline({
    ledger,
    ...parser,
    settings,
    world: WORLD,
    log,
    onEntries,
    authenticate: (incoming, message, trust) =>
      authenticator.verdict({ incoming, message, trust, octets: () => ledger.stream(incoming.id) }),
    pauseMs: PAUSE_MS,
    stopMs: SETTLE_MS,
  })
  stack.defer(() => pipeline.close())
  gauges(metrics, { ledger, pipeline })
  const onAccepted = (incoming: Incoming): void => pipeline.offer(incoming)
  const listeners = await openListeners(
    settings,
    { configFile: at.config, env: at.env },
    { intake: ledger, world: WORLD, log, room: () => pipeline.room(), onAccepted },
  )
  stack.defer(() => listeners.close(GRACE_MS))
  const reload = inTurn(() => reloaded(house, listeners))
  const health = (): Promise<Health> => healthOf(house, ledger)
  const control = await openControl(controlSocket(settings().config, at.env), {
    health,
    reload,
    command: (command) => carryOut(command, { ledger, parser, settings: settings(), world: WORLD, log, onEntries }),
    receive: (stream, envelope) => received(house, { ledger, pipeline }, { stream, envelope }),
    log,
  })
  stack.defer(() => control.close())
  const http = await openHttp(house, health)
  stack.defer(async () => http?.close())
  const moved = stack.move()
  return {
    smtp: listeners.smtp,
    lmtp: listeners.lmtp,
    http: http?.address ?? null,
    reload,
    [Symbol.asyncDispose]: async () => {
      // at once, because each may use up its grace; closing them again in order below changes nothing
      const doors = [control.close(), listeners.close(GRACE_MS), ...(http === undefined ? [] : [http.close()])]
      await Promise.allSettled([...doors, runner.close()])
      await moved.disposeAsync()
    },
  }
}

/** One after the other: of two reloads at once, the one that began first could end last and win with the older files. */
function inTurn<T>(work: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const next = last.then(work, work)
    last = next
    return next
  }
}

/** The runner with what it needs to prepare, attempt and fall back. */
function openOutbound(house: House, parts: { ledger: Ledger; delivery: Delivery }): Runner {
  const { log, present } = house
  const { ledger, delivery } = parts
  const way = () => ({ ledger, delivery, settings: present.settings, world: WORLD, log })
  return openRunner({
    outbox: ledger,
    prepare: (entry) => prepare(entry, way()),
    attempt: (job) => delivery.attempt(job),
    fallback: (entry) => fallBack(entry, way()),
    world: WORLD,
    log,
    concurrency: CONCURRENCY,
    pollMs: POLL_MS,
    graceMs: GRACE_MS,
  })
}

/** Takes up configuration, templates and certificates anew, all of it or nothing. Never rejects. @returns why not */
async function reloaded(house: House, listeners: Listeners): Promise<Reloaded> {
  const began = WORLD.now()
  try {
    const next = await load(house.at.config, house.at.env, 'run')
    const problems = next.ok ? [...next.templateErrors, ...immovable(house, next.settings)] : next.problems
    if (house.stopping) return { ok: false, problems: ['the daemon is stopping'] }
    if (!next.ok || problems.length > 0) return refused(house, problems)
    for (const message of next.warnings) house.log('config.warning', { message })
    house.present.settings = next.settings
    await listeners.reloadTls()
    house.log('reload.done', { ms: WORLD.now() - began })
    return { ok: true }
  } catch (error) {
    return refused(house, [error instanceof Error ? error.message : String(error)])
  }
}

function refused(house: House, problems: readonly string[]): Reloaded {
  for (const error of problems) house.log('reload.refused', { error })
  return { ok: false, problems }
}

/** The open ledger and its keys belong together; what was accepted into one cannot be settled from another. */
function immovable({ present }: House, next: Settings): readonly string[] {
  const [was, wanted] = [present.settings.config.storage, next.config.storage]
  if (was.ledger === wanted.ledger && was.spool === wanted.spool) return []
  return ['storage: ledger and spool cannot change while the daemon runs; restart it']
}

type Taking = { readonly stream: AsyncIterable<Uint8Array>; readonly envelope: Envelope }

/** One message over the control socket, as over any other door. */
async function received(
  house: House,
  parts: { ledger: Ledger; pipeline: Pipeline },
  { stream, envelope }: Taking,
): Promise<Receipt> {
  if (house.stopping) return { kind: 'trouble', text: 'the daemon is stopping' }
  const taken = await receiveMessage(
    stream,
    envelope,
    receiving(house.present.settings, { intake: parts.ledger, log: house.log }),
  )
  if (taken.kind !== 'accepted') return taken
  parts.pipeline.offer(taken.incoming)
  await parts.pipeline.room() // stored already: only who pipes in more is slowed down, as at every other door
  return taken
}

/** HTTP for probes and Prometheus, where the configuration wants it. */
async function openHttp(house: House, health: () => Promise<Health>) {
  const { at, log, metrics, present } = house
  const { listen } = present.settings.config.admin
  if (listen === 'off') return undefined
  const options = { listen: listenAt(listen, at.env), token: present.settings.adminToken }
  return openAdmin(options, { health, exposition: () => metrics.exposition(), log })
}

async function healthOf(house: House, ledger: Ledger): Promise<Health> {
  const lagMs = house.metrics.lagMs()
  const counts = await ledger.counts().catch((error: unknown) => String(error))
  return {
    live: {
      'event-loop': lagMs < LAG_MS ? WELL : { state: 'unwell', why: `it stood still for ${Math.round(lagMs)} ms` },
    },
    ready: {
      ledger: typeof counts === 'string' ? { state: 'unwell', why: counts } : WELL,
      doors: house.stopping ? { state: 'unwell', why: 'the daemon is stopping' } : WELL,
    },
  }
}

const WELL = { state: 'well' } as const

function gauges(metrics: Metrics, { ledger, pipeline }: { ledger: Ledger; pipeline: Pipeline }): void {
  metrics.gauge('queue_entries', 'Queue entries by state.', async () => (await ledger.counts()).queue)
  metrics.gauge('incoming', 'Messages by state.', async () => (await ledger.counts()).incoming)
  metrics.gauge('breaker_open', '1 while the global breaker stops notices.', async () =>
    (await ledger.breaker(WORLD.now())) === undefined ? 0 : 1,
  )
  metrics.gauge(
    'muted',
    'Correspondents not written to for a while, because a loop was seen.',
    async () => (await ledger.mutes(WORLD.now())).length,
  )
  metrics.gauge('backlog', 'Messages accepted and not settled yet, as far as they are in memory.', async () =>
    pipeline.backlog(),
  )
}
