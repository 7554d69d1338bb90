/** The first minutes with replyd: init, check, schema, an old Node, and a second start. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { newFolder, removeFolder, runCli, startDaemon } from './daemon.ts'

const LAUNCH = fileURLToPath(new URL('../../src/launch.mjs', import.meta.url))

describe('init', () => {
  test('writes a configuration that check finds good, and overwrites nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'replyd-init-'))
    const mine = join(folder, 'mine')
    expect(
      await runCli(['init', mine, '--mailbox', 'help@acme.example', '--timezone', 'Europe/Athens'], folder),
    ).toMatchObject({ code: 0 })
    const checked = await runCli(['check', '--config', join(mine, 'replyd.yaml')], folder)
    expect(checked).toMatchObject({ code: 0, stderr: '' })
    expect(checked.stdout).toContain('good')
    const again = await runCli(['init', mine], folder)
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('overwrites nothing')
    removeFolder(folder)
  })
})

describe('the command line', () => {
  test('what does not exist is 2 with a hint, --version and --help are 0', async () => {
    const cwd = tmpdir()
    const wrong = await runCli(['mesages', 'list'], cwd)
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('Did you mean messages?')
    expect(await runCli(['--version'], cwd)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/u),
    })
    expect(await runCli(['--help'], cwd)).toMatchObject({ code: 0 })
    const schema = await runCli(['schema'], cwd)
    expect(JSON.parse(schema.stdout)).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' })
  })
  test('a list without a ledger says that there is none, and that run makes it', async () => {
    const folder = newFolder()
    const ended = await runCli(['messages', 'list', '--config', join(folder, 'replyd.yaml')], folder)
    expect(ended.code).not.toBe(0)
    expect(ended.stderr).toMatch(/ledger\.db/u)
    expect(ended.stderr).not.toMatch(/\n\s+at /u)
    removeFolder(folder)
  })
})

describe('an old Node', () => {
  test.each([
    ['20.20.2', '9'],
    ['22.18.0', '10'],
  ])('%s: one clear line and 78, before any native addon is loaded', (node, napi) => {
    const versions = `for (const [k, v] of [['node', '${node}'], ['napi', '${napi}']]) Object.defineProperty(process.versions, k, { value: v })`
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', `${versions}; await import('${LAUNCH}')`], {
      encoding: 'utf8',
    })
    expect(ended.status).toBe(78)
    expect(ended.stderr).toContain(`needs Node 22.19 or newer`)
    expect(ended.stderr).toContain(node)
  })
})

describe('a second start', () => {
  test('compiles no template, and says where everything is', async () => {
    const folder = newFolder()
    await (await startDaemon(folder)).stop()
    const daemon = await startDaemon(folder)
    expect(daemon.printed.join('\n')).toMatch(/SMTP 127\.0\.0\.1:\d+/u)
    expect(daemon.printed.join('\n')).toMatch(/curl --crlf smtp:\/\//u)
    expect(daemon.printed.at(-1)).toMatch(
      /^ready \{"smtp":"127\.0\.0\.1:\d+","lmtp":"127\.0\.0\.1:\d+","http":"127\.0\.0\.1:\d+"\}$/u,
    )
    await daemon.stop()
    removeFolder(folder)
  })
})
