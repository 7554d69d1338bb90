/** SMTP smuggling (Longin, 2023): whatever stands for an end of DATA elsewhere must not end it here. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Daemon, newFolder, removeFolder, startDaemon } from './daemon.ts'
import { dialogue } from './smtp-dialogue.ts'

const ENDS: readonly (readonly [string, string])[] = [
  ['LF.LF', '\n.\n'],
  ['LF.CRLF', '\n.\r\n'],
  ['CRLF.LF', '\r\n.\n'],
  ['CR.CR', '\r.\r'],
  ['CRLF.CR', '\r\n.\r'],
  ['CR.CRLF', '\r.\r\n'],
  ['LF.CR', '\n.\r'],
  ['CRLF.NUL.CRLF', '\r\n.\0\r\n'],
]

let daemon: Daemon
beforeAll(async () => {
  daemon = await startDaemon(newFolder())
})
afterAll(async () => {
  await daemon.stop()
  removeFolder(daemon.folder)
})

describe('a false end of DATA', () => {
  test.each(ENDS)('%s: one mail or none, never two', async (_name, end) => {
    const session = await dialogue(daemon.ready.smtp)
    await session.reply()
    for (const line of ['EHLO c.example', 'MAIL FROM:<a@b.example>', 'RCPT TO:<support@acme.example>', 'DATA'])
      await session.say(line)
    const smuggled =
      'MAIL FROM:<evil@b.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx'
    session.socket.write(`Subject: first\r\nFrom: a@b.example\r\n\r\none${end}${smuggled}\r\n.\r\n`)
    expect(await session.reply()).toMatch(/^(?:250 |554 5\.6\.0 )/u)
    // were the smuggled commands read as commands, their replies would come before the one to NOOP
    expect(await session.say('NOOP')).toMatch(/^250 /u)
    session.socket.write('QUIT\r\n')
    expect(await session.reply()).toMatch(/^221 /u)
    const { stdout } = await daemon.replyd(['messages', 'list', '--json'])
    expect(stdout).not.toContain('evil@b.example')
  })
})
