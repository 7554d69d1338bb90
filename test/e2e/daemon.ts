/** The real daemon as a child process on real sockets, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const LAUNCH = fileURLToPath(new URL('../../src/launch.mjs', import.meta.url))
/** As package.json starts it. */
const NODE_ARGUMENTS = ['--max-semi-space-size=2']
const READY_MS = 30_000

export type Ready = { readonly smtp: string; readonly lmtp: string; readonly http: string }
export type LogLine = { readonly event: string; readonly [field: string]: unknown }

export type Daemon = {
  readonly folder: string
  readonly config: string
  readonly ready: Ready
  readonly pid: number
  /** What it wrote to standard output, line by line. */
  readonly printed: readonly string[]
  readonly log: readonly LogLine[]
  /** Resolves with the first log line, past or future, that fits. */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine>
  /** Runs a command of the CLI against the same configuration. */
  replyd(args: readonly string[], input?: string | Uint8Array): Promise<Ended>
  /** SIGTERM and wait. @returns exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** kill -9 and wait. */
  kill(): Promise<void>
}

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export const CONFIG = `organization: {name: Acme, timezone: Europe/Athens, locale: en, locales: [en, el, zh-Hant]}
receive:
  smtp: {listen: ["127.0.0.1:0"], hostname: mx.acme.example}
  lmtp: {listen: ["127.0.0.1:0"]}
mailboxes:
  - {address: support@acme.example, name: Acme Support, aliases: [help@acme.example], hand_on: "maildir:mail/support"}
  - {address: sales@acme.example, name: Acme Sales, hand_on: "maildir:mail/sales"}
send: {via: "maildir:outbox"}
storage: {ledger: ledger.db, spool: spool}
admin: {listen: "127.0.0.1:0"}
`

export function newFolder(config: string = CONFIG): string {
  const folder = mkdtempSync(join(tmpdir(), 'replyd-e2e-'))
  writeFileSync(join(folder, 'replyd.yaml'), config)
  return folder
}

/** Starts on a folder made by newFolder (again, after a kill). */
export async function startDaemon(folder: string, extra: { env?: Record<string, string> } = {}): Promise<Daemon> {
  const config = join(folder, 'replyd.yaml')
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, LAUNCH, 'run', '--config', config], {
    cwd: folder,
    env: { ...process.env, ...extra.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed: string[] = []
  const log: LogLine[] = []
  const watchers = new Set<() => void>()
  const noise: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    try {
      log.push(JSON.parse(line) as LogLine)
    } catch {
      noise.push(line)
    }
    for (const watch of watchers) watch()
  })
  const exited = once(child, 'close')
  const ready = await new Promise<Ready>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ready line in ${READY_MS} ms`)), READY_MS)
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed.push(line)
      if (!line.startsWith('ready ')) return
      clearTimeout(late)
      resolve(JSON.parse(line.slice('ready '.length)) as Ready)
    })
    child.once('close', () => {
      clearTimeout(late)
      reject(new Error(`the daemon ended before it was ready: ${JSON.stringify(log)} ${noise.join('\n')}`))
    })
  })
  return handleOf({ folder, config, ready, child, printed, log, watchers, exited })
}

function handleOf(parts: {
  folder: string
  config: string
  ready: Ready
  child: ChildProcess
  printed: string[]
  log: LogLine[]
  watchers: Set<() => void>
  exited: Promise<unknown>
}): Daemon {
  const { child, log, watchers, exited, folder, config } = parts
  return {
    ...parts,
    pid: child.pid ?? 0,
    logged: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = log.find(fits)
          if (found === undefined) return
          watchers.delete(look)
          resolve(found)
        }
        watchers.add(look)
        look()
      }),
    replyd: (args, input) => runCli([...args, '--config', config], folder, input),
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await exited
      return child.exitCode
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Any command of the CLI. */
export async function runCli(args: readonly string[], cwd: string, input?: string | Uint8Array): Promise<Ended> {
  const child = spawn(process.execPath, [LAUNCH, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => {}) // it may end without having read all
  child.stdin.end(input ?? '')
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

/** The messages of a Maildir as text, in name order. */
export function maildir(folder: string): readonly string[] {
  return ['new', 'cur']
    .map((sub) => join(folder, sub))
    .filter((sub) => existsSync(sub))
    .flatMap((sub) =>
      readdirSync(sub)
        .sort()
        .map((name) => readFileSync(join(sub, name), 'latin1')),
    )
}

/** Resolves when `look` gives something. Looks again after each change of the folder's parent would be racy; so: every 20 ms, with an end. */
export async function eventually<T>(look: () => T | undefined, what: string, withinMs = 15_000): Promise<T> {
  const end = Date.now() + withinMs
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`waited ${withinMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}
