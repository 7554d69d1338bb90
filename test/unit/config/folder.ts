import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Loaded, loadConfig } from '../../../src/config/load.ts'
import { formatProblem } from '../../../src/config/problem.ts'

/** A folder of this test's own, removed when it ends. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'replyd-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The smallest configuration there is. */
export const SMALLEST = `organization: {name: Acme}
mailboxes:
  - {address: support@acme.example, name: Acme Support, hand_on: "maildir:var/mail/support"}
`

export async function loadText(text: string, env: Record<string, string> = {}): Promise<Loaded> {
  const file = join(await newFolder(), 'replyd.yaml')
  await writeFile(file, text)
  return loadConfig(file, env)
}

/** The Config and warnings of a text in which nothing is wrong. */
export async function accepted(text: string) {
  const loaded = await loadText(text)
  if (!loaded.ok) throw new Error(loaded.problems.map((one) => formatProblem(one, loaded.text)).join('\n'))
  return loaded
}

/** `line:column message` of each problem of a text that is refused. */
export async function refused(text: string): Promise<readonly string[]> {
  const loaded = await loadText(text)
  if (loaded.ok) throw new Error('it was taken without a problem')
  return loaded.problems.map((one) => `${one.line}:${one.column} ${one.message}`)
}
