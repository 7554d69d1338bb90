/** Signals: a clean stop in the middle of a message, a second signal, a reload that is refused and one that is done. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CONFIG, eventually, maildir, newFolder, removeFolder, startDaemon } from './daemon.ts'
import { dialogue, letter, sendMail } from './smtp-dialogue.ts'

describe('SIGTERM', () => {
  test('in the middle of DATA: the mail is taken and handed on by the next start, new sessions get 421, exit 0', async () => {
    const folder = newFolder()
    const daemon = await startDaemon(folder)
    const session = await dialogue(daemon.ready.smtp)
    await session.reply()
    for (const line of ['EHLO c.example', 'MAIL FROM:<a@customer.example>', 'RCPT TO:<support@acme.example>', 'DATA'])
      await session.say(line)
    const mail = letter({ From: 'a@customer.example' }).replaceAll('\n', '\r\n')
    session.socket.write(mail.slice(0, 100))
    const stopped = daemon.stop()
    await daemon.logged((line) => line.event === 'daemon.stopping')
    session.socket.write(`${mail.slice(100)}.\r\n`)
    expect(await session.reply()).toMatch(/^250 /u)
    expect(await stopped).toBe(0)
    const again = await startDaemon(folder)
    await eventually(() => maildir(join(folder, 'mail/support'))[0], 'the mail in the mailbox of the team')
    await eventually(() => maildir(join(folder, 'outbox'))[0], 'its acknowledgement')
    expect(await again.stop()).toBe(0)
    removeFolder(folder)
  })

  test('twice: it ends at once, and the next start goes on', async () => {
    const folder = newFolder()
    const daemon = await startDaemon(folder)
    const session = await dialogue(daemon.ready.smtp)
    await session.reply()
    for (const line of ['EHLO c.example', 'MAIL FROM:<a@customer.example>', 'RCPT TO:<support@acme.example>', 'DATA'])
      await session.say(line)
    session.socket.write('Subject: never ended\r\n')
    const stopped = daemon.stop()
    await daemon.logged((line) => line.event === 'daemon.stopping')
    process.kill(daemon.pid, 'SIGTERM')
    expect(await stopped).toBe(143)
    const again = await startDaemon(folder)
    expect(await again.stop()).toBe(0)
    removeFolder(folder)
  })
})

describe('a reload', () => {
  test('takes up a new mailbox without a restart, and keeps what it had where the file is broken', async () => {
    const folder = newFolder()
    const daemon = await startDaemon(folder)
    const to = (recipient: string): Promise<string> =>
      sendMail(daemon.ready.smtp, { from: 'a@customer.example', to: [recipient], mail: letter() })
    expect(await to('new@acme.example')).toMatch(/^550 /u)
    const more = CONFIG.replace(
      'send:',
      '  - {address: new@acme.example, name: New, hand_on: "maildir:mail/new"}\nsend:',
    )
    writeFileSync(join(folder, 'replyd.yaml'), more)
    expect(await daemon.replyd(['reload'])).toMatchObject({ code: 0 })
    expect(await to('new@acme.example')).toMatch(/^250 /u)
    writeFileSync(join(folder, 'replyd.yaml'), more.replace('maildir:mail/new', 'pigeon:mail/new'))
    process.kill(daemon.pid, 'SIGHUP')
    await daemon.logged((line) => line.event === 'reload.refused' && String(line.error).includes('pigeon'))
    expect(await to('new@acme.example')).toMatch(/^250 /u)
    expect(await daemon.stop()).toBe(0)
    removeFolder(folder)
  })
})
