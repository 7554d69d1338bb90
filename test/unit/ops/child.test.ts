import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { Trouble } from '../../../src/mail/trouble.ts'
import { runInChild } from '../../../src/ops/child.ts'

const folder = mkdtempSync(join(tmpdir(), 'replyd-child-'))
afterAll(() => rmSync(folder, { recursive: true }))

function module(name: string, text: string): URL {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(path, text)
  return pathToFileURL(path)
}

const READ = "let input = ''\nfor await (const chunk of process.stdin.setEncoding('utf8')) input += chunk\n"

test('a child answers what it was asked, also a megabyte of it', async () => {
  const echo = module('echo', `${READ}process.stdout.write(JSON.stringify({ echo: JSON.parse(input) }))`)
  const input = ['Γεια 😀', 'x'.repeat(1_000_000)]
  expect(await runInChild(echo, input, { timeoutMs: 10_000 })).toEqual({ echo: input })
})

test('a child sees nothing of our environment', async () => {
  process.env.REPLYD_TEST_SECRET = 'secret'
  const shows = module('env', 'process.stdout.write(JSON.stringify(Object.keys(process.env)))')
  const seen = await runInChild<readonly string[]>(shows, null, { timeoutMs: 10_000 })
  delete process.env.REPLYD_TEST_SECRET
  expect(seen).not.toContain('REPLYD_TEST_SECRET')
})

test.each([
  ['fails', 'console.error("out of ink"); process.exit(3)', /it exited with 3: out of ink/u],
  ['throws', 'throw new Error("no such thing")', /it exited with 1: [\s\S]*no such thing/u],
  ['babbles', 'process.stdout.write("hello")', /JSON/u],
  ['is silent', '', /JSON/u],
  ['ends without reading', 'process.exit(4)', /it exited with 4/u],
  ['hangs', 'setInterval(() => {}, 1000)', /ended by SIGKILL, perhaps after 300 ms/u],
])('a child that %s is a trouble that says so', async (name, text, why) => {
  const failing = runInChild(module(name.replaceAll(' ', '-'), text), 'x'.repeat(500_000), {
    timeoutMs: name === 'hangs' ? 300 : 10_000,
  })
  await expect(failing).rejects.toThrow(why)
  await expect(failing).rejects.toBeInstanceOf(Trouble)
  await expect(failing).rejects.toMatchObject({ kind: 'temporary' })
})

test('a module that is not there is a trouble', async () => {
  const failing = runInChild(pathToFileURL(join(folder, 'nothing.mjs')), 1, { timeoutMs: 10_000 })
  await expect(failing).rejects.toThrow(/Cannot run nothing\.mjs in a process of its own: it exited with 1/u)
})
