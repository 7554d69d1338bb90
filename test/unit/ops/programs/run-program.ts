import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export type Ended = { readonly code: number | null; readonly signal: string | null; readonly stderr: string }
export type Running = {
  readonly child: ChildProcess
  /** Resolves when a line with this text was printed on standard output. */
  printed(text: string): Promise<void>
  readonly ended: Promise<Ended>
}

/** Starts a program of this folder on the Node that runs the tests. */
export function runProgram(name: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Running {
  const path = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    child.emit('said')
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, stderr }))
  return {
    child,
    ended,
    printed: async (text) => {
      while (!stdout.includes(text)) {
        const over = await Promise.race([once(child, 'said').then(() => undefined), ended])
        if (over !== undefined && !stdout.includes(text)) {
          throw new Error(`it ended with ${over.code ?? over.signal} before it printed ${text}: ${over.stderr}`)
        }
      }
    },
  }
}
