import { describe, expect, test } from 'vitest'
import { runProgram } from './programs/run-program.ts'

describe('the lifetime of the daemon', () => {
  test('the first signal asks for the end, and the process ends by itself with its own code', async () => {
    const daemon = runProgram('lifetime', ['clean'])
    await daemon.printed('up')
    daemon.child.kill('SIGTERM')
    await daemon.printed('SIGTERM true SIGTERM')
    expect(await daemon.ended).toEqual({ code: 0, signal: null, stderr: '' })
  })
  test.each([
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGINT', 'SIGINT', 130],
    ['SIGTERM', 'SIGINT', 130],
  ] as const)('a second signal ends it at once: %s, %s', async (first, second, code) => {
    const daemon = runProgram('lifetime', ['slow'])
    await daemon.printed('up')
    daemon.child.kill(first)
    await daemon.printed(`${first} true`)
    daemon.child.kill(second)
    expect((await daemon.ended).code).toBe(code)
  })
  test('SIGHUP reloads as often as it comes, and ends nothing', async () => {
    const daemon = runProgram('lifetime', ['clean'])
    await daemon.printed('up')
    daemon.child.kill('SIGHUP')
    await daemon.printed('reload\n')
    daemon.child.kill('SIGHUP')
    await daemon.printed('reload\nreload\n')
    daemon.child.kill('SIGINT')
    expect((await daemon.ended).code).toBe(0)
  })
  test('SIGHUP before anything can be reloaded is let pass', async () => {
    const daemon = runProgram('lifetime', ['no-reload'])
    await daemon.printed('up')
    daemon.child.kill('SIGHUP')
    daemon.child.kill('SIGTERM')
    await daemon.printed('SIGTERM true')
    daemon.child.kill('SIGTERM')
    expect((await daemon.ended).code).toBe(143)
  })
  test('an end that does not come is made', async () => {
    const daemon = runProgram('lifetime', ['stuck'])
    await daemon.printed('up')
    daemon.child.kill('SIGTERM')
    expect((await daemon.ended).code).toBe(3)
  })
})
