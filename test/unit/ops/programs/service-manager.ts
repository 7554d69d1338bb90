import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Node has no datagram sockets of the unix family, which is why we call systemd-notify in the first place.
const LISTEN = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True:
    print(repr(s.recv(4096).decode()), flush=True)
`

/** What systemd is to us: a socket that takes datagrams. */
export type ServiceManager = {
  readonly socket: string
  /** The datagrams so far, in order. */
  readonly heard: readonly string[]
  /** Resolves when a datagram that begins so was heard (again). */
  hears(beginning: string, times?: number): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function openServiceManager(): Promise<ServiceManager> {
  const folder = mkdtempSync(join(tmpdir(), 'replyd-notify-'))
  const socket = join(folder, 'notify.sock')
  const child = spawn('python3', ['-c', LISTEN, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  const heard: string[] = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) heard.push(line.slice(1, -1).replaceAll('\\n', '\n').trimEnd())
    child.emit('heard')
  })
  while (heard.length === 0) await once(child, 'heard')
  heard.length = 0
  return {
    socket,
    heard,
    hears: async (beginning, times = 1) => {
      while (heard.filter((one) => one.startsWith(beginning)).length < times) await once(child, 'heard')
    },
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await once(child, 'close')
      rmSync(folder, { recursive: true })
    },
  }
}
