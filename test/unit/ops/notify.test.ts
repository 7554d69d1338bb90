import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Log } from '../../../src/ops/events.ts'
import { openNotify } from '../../../src/ops/notify.ts'
import { openServiceManager, type ServiceManager } from './programs/service-manager.ts'

const logged: string[] = []
const log: Log = (name) => void logged.push(name)
const healthy = (): boolean => true
let manager: ServiceManager

beforeAll(async () => {
  manager = await openServiceManager()
})
afterAll(() => manager[Symbol.asyncDispose]())
beforeEach(async () => {
  // what the test before said may still be on its way; datagrams keep their order
  const notify = openNotify({ env: { ...process.env, NOTIFY_SOCKET: manager.socket }, healthy, log })
  notify.status('a new test')
  await notify[Symbol.asyncDispose]()
  await manager.hears('STATUS=a new test')
  ;(manager.heard as string[]).length = 0
  logged.length = 0
})

describe('what the service manager is told', () => {
  test('a life in order: ready, a status, a refused reload, the end', async () => {
    const notify = openNotify({ env: { ...process.env, NOTIFY_SOCKET: manager.socket }, healthy, log })
    notify.ready('receiving on 127.0.0.1:25')
    notify.status('12 messages wait')
    notify.reloading()
    notify.ready('reload refused:\nline 3')
    notify.stopping()
    await notify[Symbol.asyncDispose]()
    await manager.hears('STOPPING')
    expect(manager.heard.map((one) => one.replace(/=\d+$/u, '=N'))).toEqual([
      'READY=1\nSTATUS=receiving on 127.0.0.1:25',
      'STATUS=12 messages wait',
      'RELOADING=1\nMONOTONIC_USEC=N',
      'READY=1\nSTATUS=reload refused: line 3',
      'STOPPING=1\nSTATUS=stopping',
    ])
    expect(logged).toEqual([])
  })
  test('the time of a reload is the one of CLOCK_MONOTONIC', async () => {
    const notify = openNotify({ env: { ...process.env, NOTIFY_SOCKET: manager.socket }, healthy, log })
    notify.reloading()
    await notify[Symbol.asyncDispose]()
    await manager.hears('RELOADING')
    const usec = Number(/=(\d+)$/u.exec(manager.heard[0] ?? '')?.[1])
    const uptimeSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
    expect(Math.abs(usec / 1e6 - uptimeSeconds)).toBeLessThan(60)
  })
  test('nobody is told where nobody asked, whatever the search path', async () => {
    const notify = openNotify({ env: { PATH: '/nonexistent' }, healthy, log })
    notify.ready('receiving')
    await notify[Symbol.asyncDispose]()
    expect(logged).toEqual([])
  })
  test.each([
    ['no systemd-notify', { PATH: '/nonexistent', NOTIFY_SOCKET: '/run/no-such-socket' }],
    ['nobody behind the socket', { PATH: process.env.PATH, NOTIFY_SOCKET: '/run/no-such-socket' }],
  ])('%s is one warning and nothing worse', async (_, env) => {
    const notify = openNotify({ env, healthy, log })
    notify.ready('receiving')
    notify.stopping()
    await notify[Symbol.asyncDispose]()
    expect(logged).toEqual(['notify.failed'])
  })
})

function watched(socket: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: '90000', ...more }
}

describe('the watchdog', () => {
  test('is pinged again and again while all is well', async () => {
    await using _ = openNotify({ env: watched(manager.socket, { WATCHDOG_PID: String(process.pid) }), healthy, log })
    await manager.hears('WATCHDOG=1', 3)
  })
  test('is not pinged while the daemon is not well, and again when it is', async () => {
    let well = false
    let asked = 0
    const asks = Promise.withResolvers<void>()
    await using _ = openNotify({
      env: watched(manager.socket),
      healthy: () => {
        asked += 1
        if (asked === 3) asks.resolve()
        return well
      },
      log,
    })
    await asks.promise
    expect(manager.heard).toEqual([])
    well = true
    await manager.hears('WATCHDOG=1')
  })
  test('of another process is none of ours', async () => {
    let asked = 0
    const count = (): boolean => {
      asked += 1
      return true
    }
    await using _ = openNotify({ env: watched(manager.socket, { WATCHDOG_PID: '1' }), healthy: count, log })
    await using ours = openNotify({ env: watched(manager.socket), healthy, log })
    await manager.hears('WATCHDOG=1')
    ours.stopping()
    expect(asked).toBe(0)
  })
})
