import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type InitialAnswers, initialFiles } from '../../../src/config/init.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { type Address, parseAddress } from '../../../src/mail/address.ts'
import { newFolder } from './folder.ts'

function address(text: string): Address {
  const found = parseAddress(text)
  if (found === undefined) throw new Error(`${text} is no address`)
  return found
}

const ACME: InitialAnswers = {
  mailbox: address('support@acme.example'),
  name: 'Acme',
  timezone: 'Europe/Athens',
  mode: 'live',
}

test.each<[string, InitialAnswers]>([
  ['plain answers', ACME],
  ['shadow mode', { ...ACME, mode: 'shadow' }],
  ['a name full of YAML', { ...ACME, name: '#1 "Acme": {a, b} \\ *x & Söhne\'s ' }],
  ['a name as long as may be', { ...ACME, name: 'x'.repeat(100) }],
  ['a name that looks like a number', { ...ACME, name: '2024' }],
  ['an address full of YAML', { ...ACME, mailbox: address("#{help}&'x'!@acme.example") }],
])('what init writes loads without a problem or warning: %s', async (_, answers) => {
  const folder = await newFolder()
  for (const file of initialFiles(answers)) {
    await mkdir(join(folder, file.path, '..'), { recursive: true })
    await writeFile(join(folder, file.path), file.text)
  }
  const loaded = await loadConfig(join(folder, 'replyd.yaml'), {})
  expect(loaded).toMatchObject({ ok: true, warnings: [] })
  if (!loaded.ok) return
  expect(loaded.config.organization).toMatchObject({ name: answers.name.trim(), timezone: answers.timezone })
  expect(loaded.config.mailboxes[0].address).toBe(answers.mailbox)
  expect(loaded.config.send.mode).toBe(answers.mode)
})
