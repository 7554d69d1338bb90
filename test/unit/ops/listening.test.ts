import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bind, type ListenAt } from '../../../src/ops/bind.ts'
import { moduleUrl } from '../../../src/ops/module-url.ts'
import { activatedSockets } from '../../../src/ops/socket-activation.ts'

function env(fds: string, names?: string): NodeJS.ProcessEnv {
  return { LISTEN_PID: '42', LISTEN_FDS: fds, ...(names === undefined ? {} : { LISTEN_FDNAMES: names }) }
}

describe('sockets that systemd opened', () => {
  test('are found by their names, from descriptor 3 on', () => {
    expect([...activatedSockets(env('2', 'smtp:http'), 42)]).toEqual([
      ['smtp', 3],
      ['http', 4],
    ])
  })
  test('of one name are told apart by number, and one without name is unknown', () => {
    expect([...activatedSockets(env('3', 'smtp:smtp:smtp'), 42).keys()]).toEqual(['smtp', 'smtp-2', 'smtp-3'])
    expect([...activatedSockets(env('2'), 42).keys()]).toEqual(['unknown', 'unknown-2'])
  })
  test.each([
    ['meant for another process', { ...env('1', 'smtp'), LISTEN_PID: '41' }],
    ['no variables', {}],
    ['no process id', { LISTEN_FDS: '1' }],
    ['no number', env('x', 'smtp')],
    ['none', env('0', '')],
    ['a negative number', env('-1', 'smtp')],
    ['half a socket', env('1.5', 'smtp')],
    ['more than anybody has', env('1000000000', 'smtp')],
  ])('there are none: %s', (_, given) => {
    expect(activatedSockets(given, 42).size).toBe(0)
  })
})

describe('binding', () => {
  let folder: string
  let servers: Server[]
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replyd-bind-'))
    servers = []
  })
  afterEach(async () => {
    for (const server of servers.filter((one) => one.listening)) await once(server.close(), 'close')
    rmSync(folder, { recursive: true })
  })
  const bound = (at: ListenAt): Promise<string> => {
    const server = createServer()
    servers.push(server)
    return bind(server, at, 0o600)
  }
  test('a unix socket is for the permissions that were asked for', async () => {
    const path = join(folder, 'a.sock')
    expect(await bound({ kind: 'unix', path })).toBe(`unix:${path}`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
  test('port 0 tells the port that was found', async () => {
    expect(await bound({ kind: 'tcp', host: '127.0.0.1', port: 0 })).toMatch(/^127\.0\.0\.1:[1-9]\d+$/u)
  })
  test('a socket file that a killed process left behind gives way', async () => {
    const path = join(folder, 'a.sock')
    spawnSync('python3', ['-c', 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])', path])
    expect(statSync(path).isSocket()).toBe(true)
    expect(await bound({ kind: 'unix', path })).toBe(`unix:${path}`)
  })
  test('a socket that somebody answers on, and a file that is none, stay', async () => {
    const path = join(folder, 'a.sock')
    await bound({ kind: 'unix', path })
    await expect(bound({ kind: 'unix', path })).rejects.toThrow(
      `Cannot listen on unix:${path}: another program listens there`,
    )
    const file = join(folder, 'a-file')
    writeFileSync(file, 'precious')
    await expect(bound({ kind: 'unix', path: file })).rejects.toThrow(`Cannot listen on unix:${file}`)
    expect(existsSync(file)).toBe(true)
  })
  test('what cannot be is refused with what to do', async () => {
    const taken = await bound({ kind: 'tcp', host: '127.0.0.1', port: 0 })
    const port = Number(taken.split(':')[1])
    await expect(bound({ kind: 'tcp', host: '127.0.0.1', port })).rejects.toThrow('stop it or choose another port')
    await expect(bound({ kind: 'tcp', host: '192.0.2.1', port: 1 })).rejects.toThrow('this machine has no such address')
    await expect(bound({ kind: 'unix', path: join(folder, 'none', 'a.sock') })).rejects.toThrow('a folder that exists')
    const long = join(folder, 'x'.repeat(120))
    await expect(bound({ kind: 'unix', path: long })).rejects.toThrow('the system takes at most 107')
    await expect(bound({ kind: 'fd', fd: 999 })).rejects.toThrow(/^Cannot listen on fd:999: /u)
  })
})

describe('the module of a worker', () => {
  test('has the extension of the program that runs', () => {
    expect(moduleUrl('./parse/worker', 'file:///x/src/parser.ts').href).toBe('file:///x/src/parse/worker.ts')
    expect(moduleUrl('./parse/worker', 'file:///x/dist/parser.js').href).toBe('file:///x/dist/parse/worker.js')
  })
})
