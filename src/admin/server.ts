import { createHash, timingSafeEqual } from 'node:crypto'
import { BlockList, isIPv6 } from 'node:net'
import type { Context } from 'hono'
import type { ListenTarget } from '../mail/listen.ts'
import type { ListenAt } from '../ops/bind.ts'
import type { Log } from '../ops/events.ts'
import { askHealth, type Health } from './health.ts'
import { newApp, type Service, serve } from './http.ts'

export type AdminOptions = {
  readonly listen: ListenAt
  /** Asked for as `Authorization: Bearer`; undefined: everybody who can connect may read. See `isLocalOnly`. */
  readonly token: string | undefined
}

export type AdminParts = {
  health(): Promise<Health>
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>
  readonly log: Log
}

/** Probes and one or two scrapers; more is a mistake or an attack. */
const MAX_CONNECTIONS = 100
const LIMITS = { requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 5_000, maxHeaderSize: 16 * 1024 }
/** Requests are reads of some milliseconds. */
const GRACE_MS = 2_000
const UNIX_SOCKET_MODE = 0o660 // for a proxy that shares our group

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** True where only this machine can connect, so that no token is needed. Of a socket that we were given nobody knows. */
export function isLocalOnly(target: ListenTarget | ListenAt): boolean {
  switch (target.kind) {
    case 'tcp':
      return target.host === 'localhost' || LOOPBACK.check(target.host, isIPv6(target.host) ? 'ipv6' : 'ipv4')
    case 'unix':
      return true
    case 'fd':
      return false
    default:
      return target satisfies never
  }
}

/**
 * Health and metrics over HTTP. `/livez` and `/healthz`: only a restart would help, or not; `/readyz`: mail can be taken
 * and worked on now; `/metrics` for Prometheus. Without the token the first three tell only if all is well.
 * @throws Trouble (permanent) where it cannot listen there
 */
export async function openAdmin({ listen, token }: AdminOptions, parts: AdminParts): Promise<Service> {
  const app = newApp(parts.log)
  const probe = (scope: 'live' | 'ready') => async (c: Context) => {
    const { status, body } = await askHealth(() => parts.health(), scope)
    return c.json(mayRead(c, token) ? body : { ok: body.ok }, status)
  }
  app.get('/livez', probe('live'))
  app.get('/healthz', probe('live'))
  app.get('/readyz', probe('ready'))
  app.get('/metrics', async (c) => {
    if (!mayRead(c, token)) {
      return c.json({ error: 'Send the token of admin.token as Authorization: Bearer.' }, 401, {
        'www-authenticate': 'Bearer',
      })
    }
    const { contentType, text } = await parts.exposition()
    return c.body(text, 200, { 'content-type': contentType })
  })
  app.get('/', (c) => c.json({ paths: ['/livez', '/healthz', '/readyz', '/metrics'] }))
  const options = {
    name: 'http',
    listen,
    unixMode: UNIX_SOCKET_MODE,
    maxConnections: MAX_CONNECTIONS,
    graceMs: GRACE_MS,
    limits: LIMITS,
  }
  return serve(app, options, parts.log)
}

function mayRead(c: Context, token: string | undefined): boolean {
  if (token === undefined) return true
  const given = /^Bearer (.+)$/iu.exec(c.req.header('authorization') ?? '')?.[1]
  // digests have one length, and comparing them takes one time, whatever was given
  return given !== undefined && timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
