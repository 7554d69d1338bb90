import { Gauge, Registry } from 'prom-client'
import { WORLD, type World } from './clock.ts'
import { countEvents } from './event-counters.ts'
import type { Log } from './events.ts'
import { openLoopLag } from './loop-lag.ts'
import { VERSION } from './version.ts'

/** Of every name but those of the process itself, which are the same for all programs. */
export const PREFIX = 'replyd_'

export type Exposition = { readonly contentType: string; readonly text: string }
/** One number, or one for each value of the label `state`. */
export type Reading = number | Readonly<Record<string, number>>

/** Numbers for Prometheus. No address, id or text of a stranger is ever a label: their values come from closed lists. */
export type Metrics = {
  /** A log that counts what passes, and passes it on. */
  counting(log: Log): Log
  /**
   * A number that is asked for whenever somebody looks.
   * @param name without prefix, lower case with underscores and the unit
   * @param read where it fails, this number alone is missing from the exposition
   */
  gauge(name: string, help: string, read: () => Promise<Reading>): void
  /** The longest time that the event loop kept others waiting lately, in milliseconds. */
  lagMs(): number
  /** Everything in the text format of Prometheus 0.0.4. Never rejects. */
  exposition(): Promise<Exposition>
  [Symbol.dispose](): void
}

/** Opens the metrics of this process, all counters at zero, in a registry of their own. */
export function openMetrics(world: World = WORLD): Metrics {
  const registry = new Registry()
  const lag = openLoopLag()
  const count = countEvents(registry, PREFIX, world)
  own(registry, () => lag.lagMs())
  return {
    counting: (log) => (name, fields) => {
      count(name, fields)
      log(name, fields)
    },
    gauge: (name, help, read) => addGauge(registry, { name: `${PREFIX}${name}`, help, read }),
    lagMs: () => lag.lagMs(),
    exposition: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    [Symbol.dispose]: () => lag[Symbol.dispose](),
  }
}

type Asked = { readonly name: string; readonly help: string; readonly read: () => Promise<Reading> }

function addGauge(registry: Registry, { name, help, read }: Asked): void {
  const gauge: Gauge<'state'> = new Gauge({
    name,
    help,
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      // a value of the past would be a lie
      gauge.reset()
      const reading = await read().catch(() => ({}))
      if (typeof reading === 'number') gauge.set(reading)
      else for (const [state, value] of Object.entries(reading)) gauge.set({ state }, value)
    },
  })
}

/** What there is to know of the process without asking anybody. */
function own(registry: Registry, lagMs: () => number): void {
  const registers = [registry]
  new Gauge({
    name: `${PREFIX}build_info`,
    help: 'Always 1; its labels say which program this is.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: VERSION, node: process.version }, 1)
  const readings: readonly [name: string, help: string, read: () => number][] = [
    [
      `${PREFIX}event_loop_lag_seconds`,
      'The longest time of the last 15 s that the event loop kept others waiting.',
      () => lagMs() / 1000,
    ],
    ['process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss()],
    ['process_cpu_seconds_total', 'Processor time used, of user and system.', cpuSeconds],
    [
      'process_start_time_seconds',
      'When the process was started, in seconds since the epoch.',
      () => Math.round(performance.timeOrigin) / 1000,
    ],
  ]
  for (const [name, help, read] of readings) {
    const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) })
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000_000
}
