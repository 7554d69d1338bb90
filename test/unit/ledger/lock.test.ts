import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { expect, onTestFinished, test } from 'vitest'
import { LockHeld, takeLock } from '../../../src/ledger/lock.ts'
import { lockPath } from '../../../src/ledger/open.ts'
import { isAlive, readOwner, thisProcess, writtenOwner } from '../../../src/ledger/owner.ts'
import { aPlace, openAt } from './sqlite-ledger.ts'

function aLockPath(): string {
  return join(aPlace().folder, 'replyd.db.lock')
}

function refusal(path: string): unknown {
  try {
    takeLock(path).release()
  } catch (error) {
    return error
  }
  return undefined
}

/** A process that does nothing until it is killed. */
async function sleeper(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1e6)'])
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const { pid } = child
  if (pid === undefined) throw new Error('the child has no pid')
  return Object.assign(child, { pid })
}

test('one taker has it; a second one is told the pid, and has it after the release', () => {
  const path = aLockPath()
  const lock = takeLock(path)
  const refused = refusal(path)
  expect(refused).toBeInstanceOf(LockHeld)
  expect(refused).toMatchObject({ pid: process.pid, kind: 'temporary' })
  expect(String(refused)).toContain(`process ${process.pid} has it`)
  lock.release()
  expect(existsSync(path)).toBe(false)
  expect(refusal(path)).toBeUndefined()
})

test('the file is ours alone, holds the pid, and nothing else stays beside it', () => {
  const path = aLockPath()
  const lock = takeLock(path)
  expect(Number.parseInt(readFileSync(path, 'utf8'), 10)).toBe(process.pid)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(path, '..'))).toEqual(['replyd.db.lock'])
  lock.release()
})

test('releasing twice does not take away the lock of the next owner', () => {
  const path = aLockPath()
  const lock = takeLock(path)
  lock.release()
  const next = takeLock(path)
  lock.release()
  expect(refusal(path)).toBeInstanceOf(LockHeld)
  next.release()
})

test('a living process keeps its lock; after kill -9 it is taken over', async () => {
  const path = aLockPath()
  const child = await sleeper()
  const started = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? ''
  writeFileSync(path, writtenOwner({ ...thisProcess(), pid: child.pid, started }))
  expect(refusal(path)).toMatchObject({ pid: child.pid })
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(refusal(path)).toBeUndefined()
})

test('a pid that belongs to another process by now, or to another start of the system, is nobody', () => {
  const path = aLockPath()
  const self = thisProcess()
  for (const gone of [
    { ...self, started: '1' },
    { ...self, boot: '00000000-0000-0000-0000-000000000000' },
    { ...self, pid: 2_147_483_647 },
  ]) {
    expect(isAlive(gone)).toBe(false)
    writeFileSync(path, writtenOwner(gone))
    expect(refusal(path)).toBeUndefined()
  }
  expect(isAlive(self)).toBe(true)
  expect(isAlive({ pid: process.pid, started: '', boot: '' })).toBe(true)
})

test.each(['', 'nonsense', '0  \n', '-1 5 \n', '99999999999999 1 \n', `${process.pid}`, '\0'.repeat(64)])(
  'a file that a power cut left as %j is nobody’s',
  (text) => {
    const path = aLockPath()
    writeFileSync(path, text)
    expect(readOwner(text)).toBeUndefined()
    expect(refusal(path)).toBeUndefined()
  },
)

test('a guard left by a process that died while taking over does not block for ever', () => {
  const path = aLockPath()
  const dead = writtenOwner({ ...thisProcess(), started: '1' })
  writeFileSync(path, dead)
  writeFileSync(`${path}.takeover`, dead)
  expect(refusal(path)).toBeUndefined()
  expect(existsSync(`${path}.takeover`)).toBe(false)
})

test('of many processes that find a dead owner, one gets the lock', async () => {
  const path = aLockPath()
  writeFileSync(path, writtenOwner({ ...thisProcess(), started: '1' }))
  const module = JSON.stringify(new URL('../../../src/ledger/lock.ts', import.meta.url).href)
  // each waits for the word, tries once, tells, and lives on until its input ends
  const code = `import { takeLock } from ${module}
    process.stdout.write('up ')
    process.stdin.once('data', () => {
      try { takeLock(${JSON.stringify(path)}); process.stdout.write('got') }
      catch (error) { process.stdout.write(error.constructor.name) }
    })`
  const racers = Array.from({ length: 5 }, () => spawn(process.execPath, ['--input-type=module', '-e', code]))
  onTestFinished(() => racers.forEach((racer) => void racer.kill('SIGKILL')))
  await Promise.all(racers.map((racer) => once(racer.stdout, 'data')))
  const answers = racers.map((racer) => once(racer.stdout, 'data'))
  for (const racer of racers) racer.stdin.write('go')
  const said = (await Promise.all(answers)).map(String)
  expect(said.filter((one) => one === 'got')).toHaveLength(1)
  expect(said.filter((one) => one === 'LockHeld')).toHaveLength(4)
})

test('a second ledger on the same file is refused by name, and the first one goes on', async () => {
  const place = aPlace()
  const ledger = await openAt(place)
  await expect(openAt(place)).rejects.toMatchObject({ pid: process.pid, kind: 'temporary' })
  expect(existsSync(lockPath(place.path))).toBe(true)
  expect((await ledger.counts()).incoming.accepted).toBe(0)
  await ledger.close()
  expect(existsSync(lockPath(place.path))).toBe(false)
  await openAt(place)
})
