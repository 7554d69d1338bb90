import { spawn } from 'node:child_process'
import type { Log } from './events.ts'

/** Pings per watchdog period: one that is lost does no harm (sd_watchdog_enabled(3) advises two or more). */
const PINGS_PER_PERIOD = 3
/** systemd-notify takes some 10 to 50 ms; one that hangs must not keep the next words waiting. */
const CALL_TIMEOUT_MS = 5_000

/** What we tell the service manager (sd_notify(3)); nothing is told where nobody asked. Never throws, never waits. */
export type Notify = {
  /** Started, or done with reloading. @param status one line for `systemctl status` */
  ready(status: string): void
  /** Begun to reload; `ready` ends it. */
  reloading(): void
  stopping(): void
  status(text: string): void
  /** Tells no more pings, and resolves when what was said is delivered. */
  [Symbol.asyncDispose](): Promise<void>
}

export type NotifyOptions = {
  readonly env: NodeJS.ProcessEnv
  /** Asked before each ping of the watchdog: a daemon that is not well stops pinging, and systemd restarts it. */
  readonly healthy: () => boolean
  readonly log: Log
}

/**
 * Speaks through systemd-notify, because Node has no datagram sockets of the unix family. As the messages come from a child
 * process, the unit needs `NotifyAccess=all`. Starts pinging at once where $WATCHDOG_USEC asks for it.
 */
export function openNotify({ env, healthy, log }: NotifyOptions): Notify {
  const socket = env.NOTIFY_SOCKET
  let said: Promise<void> = Promise.resolve()
  let complained = false
  // one after the other: RELOADING after READY would mean something else
  const say = (...words: readonly string[]): void => {
    if (socket !== undefined && socket !== '') said = sayAfter(said, words)
  }
  const sayAfter = async (before: Promise<void>, words: readonly string[]): Promise<void> => {
    await before
    const failure = await call(words, { NOTIFY_SOCKET: socket, PATH: env.PATH })
    if (failure === undefined || complained) return
    complained = true
    log('notify.failed', { error: failure })
  }
  const periodMs = watchdogMs(env)
  const timer =
    periodMs === undefined
      ? undefined
      : setInterval(() => {
          if (healthy()) say('WATCHDOG=1')
        }, periodMs / PINGS_PER_PERIOD)
  timer?.unref()
  return {
    ready: (status) => say('READY=1', `STATUS=${oneLine(status)}`),
    // systemd 253 and later wait for ever for a reload without the time it began at
    reloading: () => say('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: () => say('STOPPING=1', 'STATUS=stopping'),
    status: (text) => say(`STATUS=${oneLine(text)}`),
    [Symbol.asyncDispose]: () => {
      clearInterval(timer)
      return said
    },
  }
}

/** The watchdog's period, where it is meant for this process (sd_watchdog_enabled(3)). */
function watchdogMs(env: NodeJS.ProcessEnv): number | undefined {
  const period = Number(env.WATCHDOG_USEC) / 1000
  const ours = env.WATCHDOG_PID === undefined || env.WATCHDOG_PID === String(process.pid)
  return ours && period >= 1 ? period : undefined
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ')
}

/** @returns what went wrong, if anything */
function call(words: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('systemd-notify', ['--no-block', ...words], { stdio: 'ignore', env, timeout: CALL_TIMEOUT_MS })
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, signal) =>
      resolve(code === 0 ? undefined : `systemd-notify ended with ${code ?? signal ?? 'nothing'}`),
    )
  })
}
