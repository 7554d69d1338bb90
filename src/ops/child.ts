import { spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { Trouble } from '../mail/trouble.ts'

/** What a child may print on standard output before it is ended: the answers we ask for are a few megabytes at most. */
const MAX_OUTPUT_OCTETS = 64 * 1024 * 1024
/** What is kept of standard error, for the message. */
const MAX_COMPLAINT_CHARACTERS = 2000

export type ChildLimits = {
  /** From start to exit, 1 or more; then the child is killed. */
  readonly timeoutMs: number
}

/**
 * Runs a module in a Node process of its own that reads JSON from standard input, writes JSON to standard output and
 * exits. What it loaded is gone with it. Its environment is empty: secrets of ours may stand there.
 * @param module URL of the module
 * @param input anything that JSON can carry
 * @returns what the child wrote; that it has the expected shape is the caller's and the module's agreement
 * @throws Trouble (temporary) where it cannot be started, takes too long, fails, or answers no JSON
 */
export async function runInChild<Output>(module: URL, input: unknown, { timeoutMs }: ChildLimits): Promise<Output> {
  const path = fileURLToPath(module)
  const doing = `run ${path.split('/').at(-1) ?? path} in a process of its own`
  const { ended, output, complaint } = await run(path, JSON.stringify(input), timeoutMs).catch((error: unknown) => {
    throw new Trouble(doing, 'temporary', error)
  })
  if (ended !== undefined) {
    const said = complaint === '' ? '' : `: ${complaint.trim()}`
    throw new Trouble(doing, 'temporary', new Error(`${ended}${said}`))
  }
  try {
    return JSON.parse(output) as Output
  } catch (error) {
    throw new Trouble(doing, 'temporary', error)
  }
}

type Run = { readonly ended: string | undefined; readonly output: string; readonly complaint: string }

function run(path: string, input: string, timeoutMs: number): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path], { stdio: 'pipe', env: {}, timeout: timeoutMs, killSignal: 'SIGKILL' })
    const chunks: Buffer[] = []
    let octets = 0
    let complaint = ''
    child.on('error', reject)
    child.stdout.on('data', (chunk: Buffer) => {
      octets += chunk.length
      if (octets > MAX_OUTPUT_OCTETS) child.kill('SIGKILL')
      else chunks.push(chunk)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, MAX_COMPLAINT_CHARACTERS)
    })
    // a child that ends without reading closes the pipe; its exit code tells more than EPIPE does
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('close', (code, signal) => {
      const ended =
        octets > MAX_OUTPUT_OCTETS
          ? `it wrote more than ${MAX_OUTPUT_OCTETS} octets`
          : signal !== null
            ? `it was ended by ${signal}, perhaps after ${timeoutMs} ms`
            : code === 0
              ? undefined
              : `it exited with ${code ?? 'no code'}`
      resolve({ ended, output: Buffer.concat(chunks).toString('utf8'), complaint })
    })
  })
}
