import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Health } from '../../../src/admin/health.ts'
import type { Service } from '../../../src/admin/http.ts'
import { isLocalOnly, openAdmin } from '../../../src/admin/server.ts'
import { type ListenTarget, parseListenTarget } from '../../../src/mail/listen.ts'
import type { Log } from '../../../src/ops/events.ts'

/** As they are before anything of ours was opened here. */
const NATIVE = [globalThis.Request, globalThis.Response]
const WELL = { state: 'well' } as const
let health: () => Promise<Health>
let exposition: () => Promise<{ contentType: string; text: string }>
let service: Service
const logged: unknown[] = []
const log: Log = (name, fields) => void logged.push([name, fields])

async function open(token?: string): Promise<void> {
  service = await openAdmin(
    { listen: { kind: 'tcp', host: '127.0.0.1', port: 0 }, token },
    { health: () => health(), exposition: () => exposition(), log },
  )
}
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://${service.address}${path}`, { headers: { connection: 'close', ...headers } })

beforeEach(() => {
  logged.length = 0
  health = async () => ({ live: { loop: WELL }, ready: { ledger: WELL, smtp: WELL } })
  exposition = async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'replyd_x 1\n' })
})
afterEach(() => service.close())

describe('probes', () => {
  test('a daemon that is well says so, part by part', async () => {
    await open()
    const ready = await get('/readyz')
    expect(ready.status).toBe(200)
    expect(await ready.json()).toEqual({ ok: true, parts: { loop: WELL, ledger: WELL, smtp: WELL } })
    for (const path of ['/healthz', '/livez']) {
      expect(await (await get(path)).json()).toEqual({ ok: true, parts: { loop: WELL } })
    }
  })
  test('a ledger that cannot be written makes it not ready, but a restart would not help', async () => {
    await open()
    const ledger = { state: 'unwell', why: 'the disk is full' } as const
    health = async () => ({ live: { loop: WELL }, ready: { ledger, smtp: WELL } })
    const ready = await get('/readyz')
    expect(ready.status).toBe(503)
    expect(await ready.json()).toEqual({ ok: false, parts: { loop: WELL, ledger, smtp: WELL } })
    expect((await get('/livez')).status).toBe(200)
  })
  test('a loop that hangs is neither live nor ready', async () => {
    await open()
    health = async () => ({ live: { loop: { state: 'unwell', why: '40 s late' } }, ready: { ledger: WELL } })
    expect((await get('/healthz')).status).toBe(503)
    expect((await get('/readyz')).status).toBe(503)
  })
  test('who cannot say how it is, is not ready', async () => {
    await open()
    health = () => Promise.reject(new Error('no ledger'))
    const ready = await get('/readyz')
    expect(ready.status).toBe(503)
    expect(await ready.json()).toEqual({ ok: false, parts: { health: { state: 'unwell', why: 'no ledger' } } })
  })
})

describe('the rest', () => {
  test('metrics as they are exposed', async () => {
    await open()
    const answer = await get('/metrics')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.text()).toBe('replyd_x 1\n')
  })
  test('what is not there is a JSON error, a fault is one without its text, and it is logged', async () => {
    await open()
    const missing = await get('/nothing')
    expect(missing.status).toBe(404)
    expect(await missing.json()).toEqual({ error: 'There is no GET /nothing here.' })
    exposition = () => Promise.reject(new Error('secret detail'))
    const failed = await get('/metrics')
    expect(failed.status).toBe(500)
    expect(await failed.text()).not.toContain('secret')
    expect(logged).toEqual([['admin.failed', { method: 'GET', path: '/metrics', error: 'secret detail' }]])
  })
  test('other methods change nothing and are not there', async () => {
    await open()
    const answer = await fetch(`http://${service.address}/metrics`, {
      method: 'POST',
      body: 'x',
      headers: { connection: 'close' },
    })
    expect(answer.status).toBe(404)
  })
  test('the classes of the process stay those of Node', async () => {
    await open()
    await get('/livez')
    expect([globalThis.Request, globalThis.Response]).toEqual(NATIVE)
  })
  test('closing ends what listens, twice as well as once', async () => {
    await open()
    await Promise.all([service.close(), service.close()])
    await expect(get('/livez')).rejects.toThrow('fetch failed')
  })
  test('a unix socket is for our user and group', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'replyd-admin-'))
    const path = join(folder, 'http.sock')
    service = await openAdmin({ listen: { kind: 'unix', path }, token: undefined }, { health, exposition, log })
    expect(service.address).toBe(`unix:${path}`)
    expect(statSync(path).mode & 0o777).toBe(0o660)
    await service.close()
    rmSync(folder, { recursive: true })
  })
})

describe('the token', () => {
  test('is wanted for metrics and details, not for knowing that all is well', async () => {
    await open('s3cret')
    const refused = await get('/metrics')
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
    expect(await (await get('/readyz')).json()).toEqual({ ok: true })
    for (const authorization of ['Bearer s3cre', 'Bearer s3cret2', 'Basic s3cret', 'Bearer ', 's3cret']) {
      expect((await get('/metrics', { authorization })).status, authorization).toBe(401)
    }
    expect((await get('/metrics', { authorization: 'Bearer s3cret' })).status).toBe(200)
    const ready = await get('/readyz', { authorization: 'bearer s3cret' })
    expect(await ready.json()).toMatchObject({ parts: { ledger: WELL } })
  })
  test.each([
    ['127.0.0.1:8025', true],
    ['127.9.9.9:8025', true],
    ['[::1]:8025', true],
    ['localhost:8025', true],
    ['unix:/run/replyd/http.sock', true],
    ['0.0.0.0:8025', false],
    ['[::]:8025', false],
    ['10.0.0.1:8025', false],
    ['[::ffff:10.0.0.1]:8025', false],
    ['fd:http', false],
  ])('%s is reached by this machine alone: %s', (text, local) => {
    expect(isLocalOnly(parseListenTarget(text) as ListenTarget)).toBe(local)
  })
})
