import { once } from 'node:events'
import { chmod, lstat, unlink } from 'node:fs/promises'
import { connect, type ListenOptions, type Server } from 'node:net'
import { Trouble } from '../mail/trouble.ts'

/** Where a listener listens; `fd` is the number of a listening socket that we were given (systemd socket activation). */
export type ListenAt =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'fd'; readonly fd: number }

const BACKLOG = 511 // Node's own default, named: the kernel caps it at net.core.somaxconn
const MAX_UNIX_PATH_OCTETS = 107 // unix(7): sun_path less its final NUL; Node would silently cut the rest

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; stop it or choose another port',
  // a missing folder comes as this, too: libuv tells no ENOENT for a unix socket
  EACCES:
    'not allowed; a port below 1024 needs CAP_NET_BIND_SERVICE, a unix socket a folder that exists and that we may write to',
  EADDRNOTAVAIL: 'this machine has no such address',
  EINVAL: 'it is no socket that can listen',
  EBADF: 'there is no such file descriptor',
}

/**
 * Binds and listens. A socket file that a killed process left behind is removed, one that somebody answers on is not.
 * @param unixMode permissions of a unix socket; who may write to it may connect
 * @returns what is really bound: `127.0.0.1:2525`, `[::1]:2525`, `unix:/path` or, where the system does not tell, `fd:3`
 * @throws Trouble (permanent) with what can be done about it
 */
export async function bind(server: Server, at: ListenAt, unixMode: number): Promise<string> {
  try {
    await listen(server, at, unixMode)
  } catch (error) {
    const advice = ADVICE[codeOf(error)]
    const why = advice === undefined ? error : new Error(`${advice} (${(error as Error).message})`)
    throw new Trouble(`listen on ${spelled(at)}`, 'permanent', why)
  }
  return boundTo(server, at)
}

async function listen(server: Server, at: ListenAt, unixMode: number): Promise<void> {
  if (at.kind !== 'unix') return listenOnce(server, at.kind === 'fd' ? { fd: at.fd } : { host: at.host, port: at.port })
  const octets = Buffer.byteLength(at.path)
  if (octets > MAX_UNIX_PATH_OCTETS) {
    throw new Error(`the path has ${octets} octets, and the system takes at most ${MAX_UNIX_PATH_OCTETS}`)
  }
  try {
    await listenOnce(server, { path: at.path })
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE' || (await isServed(at.path))) throw error
    await unlink(at.path)
    await listenOnce(server, { path: at.path })
  }
  await chmod(at.path, unixMode)
}

async function listenOnce(server: Server, options: ListenOptions | { readonly fd: number }): Promise<void> {
  server.listen({ ...options, backlog: BACKLOG })
  await once(server, 'listening') // rejects on 'error'
}

/** A socket that nobody serves refuses connections. What is no socket at all counts as served: it is not ours to remove. */
async function isServed(path: string): Promise<boolean> {
  const probe = connect(path)
  try {
    await once(probe, 'connect')
    return true
  } catch (error) {
    return codeOf(error) !== 'ECONNREFUSED' || !(await isSocket(path))
  } finally {
    probe.destroy()
  }
}

async function isSocket(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSocket(),
    () => false,
  )
}

function boundTo(server: Server, at: ListenAt): string {
  const bound = server.address()
  if (typeof bound === 'string') return `unix:${bound}`
  if (bound === null) return spelled(at)
  return `${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
}

function spelled(at: ListenAt): string {
  switch (at.kind) {
    case 'tcp':
      return `${at.host.includes(':') ? `[${at.host}]` : at.host}:${at.port}`
    case 'unix':
      return `unix:${at.path}`
    case 'fd':
      return `fd:${at.fd}`
    default:
      return at satisfies never
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
