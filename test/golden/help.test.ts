/** What `--help` says, of the program and of every command: a change of words is a change somebody should see. */
import { describe, expect, test } from 'vitest'
import { program } from '../../src/cli/program.ts'

describe('help', () => {
  test('of every command is as kept', async () => {
    const root = program()
    const all = [root, ...root.commands, ...root.commands.flatMap((one) => one.commands)]
    const texts = all.map((one) => one.configureHelp({ helpWidth: 100 }).helpInformation())
    await expect(texts.join(`\n${'-'.repeat(60)}\n`)).toMatchFileSnapshot('help.txt')
  })
  test('of every command says what it is for', () => {
    for (const one of program().commands) expect(one.description(), one.name()).toMatch(/\w{3,}/u)
  })
})
