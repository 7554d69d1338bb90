import type { Server, ServerOptions } from 'node:http'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { bind, type ListenAt } from '../ops/bind.ts'
import type { Log } from '../ops/events.ts'

export type Service = {
  /** What is really bound, e.g. `127.0.0.1:8025` or `unix:/path`. */
  readonly address: string
  /** Takes no new requests; those under way may end within the grace, then they are cut off. Idempotent. */
  close(): Promise<void>
}

export type ServiceOptions = {
  /** For the log. */
  readonly name: string
  readonly listen: ListenAt
  /** Permissions of a unix socket. */
  readonly unixMode: number
  /** Connections at once; more are closed at once. */
  readonly maxConnections: number
  readonly graceMs: number
  readonly limits: Pick<ServerOptions, 'requestTimeout' | 'headersTimeout' | 'keepAliveTimeout' | 'maxHeaderSize'>
}

export type App = Hono<{ Bindings: HttpBindings }>

/** Of a stranger's path, in the log. */
const MAX_LOGGED_CHARACTERS = 200

/** A Hono application that answers in JSON, errors too, and lets nothing be kept or sniffed. */
export function newApp(log: Log): App {
  const app: App = new Hono()
  app.use(async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
    c.header('x-content-type-options', 'nosniff')
  })
  app.notFound((c) => c.json({ error: `There is no ${c.req.method} ${c.req.path} here.` }, 404))
  app.onError((error, c) => {
    const path = c.req.path.slice(0, MAX_LOGGED_CHARACTERS)
    log('admin.failed', { method: c.req.method, path, error: error.message })
    return c.json({ error: 'The daemon failed to answer this; its log says why.' }, 500)
  })
  return app
}

/**
 * Serves the application.
 * @throws Trouble (permanent) where it cannot listen there
 */
export async function serve(app: App, options: ServiceOptions, log: Log): Promise<Service> {
  const { name, listen, unixMode, maxConnections, graceMs, limits } = options
  // the adaptor's own Request and Response stay its own: other parts of the process use the built-in ones
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    serverOptions: limits,
  }) as Server
  server.maxConnections = maxConnections
  const address = await bind(server, listen, unixMode)
  server.on('error', (error) => log('listener.error', { listener: name, error: error.message }))
  let closed: Promise<void> | undefined
  return { address, close: () => (closed ??= close(server, graceMs)) }
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
