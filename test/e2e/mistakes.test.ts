/** Commands that go wrong: the exit code that a script or an MTA needs, a line for the person, and never a stack. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newFolder, removeFolder, runCli } from './daemon.ts'

const MAIL = 'Subject: Hello\n\nIs anybody there?\n'

/** Something on the control socket that is no daemon in good health. */
async function answering(folder: string, status: number, text: string) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end(text))
  }).listen(join(folder, 'replyd.sock'))
  await once(server, 'listening')
  return server
}

describe('receive', () => {
  test.each([
    [500, '{"error":"The daemon failed to answer this; its log says why."}'],
    [200, 'null'],
    [431, ''],
  ])('an answer of %i without a receipt is 75, so that the MTA keeps the mail', async (status, text) => {
    const folder = newFolder()
    const server = await answering(folder, status, text)
    const args = ['receive', '--rcpt-to', 'support@acme.example', '--config', join(folder, 'replyd.yaml')]
    const ended = await runCli(args, folder, MAIL)
    expect(ended.code).toBe(75)
    expect(ended.stderr).toContain('no receipt')
    server.close()
    removeFolder(folder)
  })
  test('wrong arguments are 64, as sysexits has it', async () => {
    const folder = newFolder()
    const config = join(folder, 'replyd.yaml')
    expect(await runCli(['receive', '--config', config], folder, MAIL)).toMatchObject({ code: 64 })
    expect(await runCli(['receive', '--rcpt-to', 'a b', '--config', config], folder, MAIL)).toMatchObject({ code: 64 })
    removeFolder(folder)
  })
})

describe('a mistake of a person', () => {
  test.each([
    ['init below a file', ['init', 'replyd.yaml/mine']],
    ['init where nothing can be made', ['init', '/proc/nope/mine']],
    ['init in no time zone', ['init', 'mine', '--timezone', 'Nowhere/Land']],
    ['a limit beyond all bounds', ['messages', 'list', '--limit', '1e30']],
    ['no IP address', ['explain', '--client-ip', 'somewhere', 'replyd.yaml']],
  ])('%s is 2, and no stack', async (_what, args) => {
    const folder = newFolder()
    const ended = await runCli([...args, '--config', join(folder, 'replyd.yaml')], folder)
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(/^replyd: /u)
    expect(ended.stderr).not.toMatch(/\n\s+at /u)
    removeFolder(folder)
  })
})
