/** What goes wrong at a user's hands: each a clear error that says what to do, a fitting code, and nothing lost. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONFIG, type Daemon, eventually, maildir, newFolder, removeFolder, runCli, startDaemon } from './daemon.ts'
import { dialogue, letter, sendMail } from './smtp-dialogue.ts'

const root = process.getuid?.() === 0
const mustRun = process.env.REPLYD_REQUIRE_PEERS === '1'

describe('at the listener', () => {
  let daemon: Daemon
  beforeAll(async () => {
    daemon = await startDaemon(
      newFolder(CONFIG.replace('hostname: mx.acme.example', 'hostname: mx.acme.example, max_message_size: 64KiB')),
    )
  })
  afterAll(async () => {
    await daemon.stop()
    removeFolder(daemon.folder)
  })

  test('an unknown recipient is refused in the session with 550 5.1.1', async () => {
    expect(
      await sendMail(daemon.ready.smtp, { from: 'a@b.example', to: ['nobody@acme.example'], mail: letter() }),
    ).toMatch(/^550 5\.1\.1 /u)
  })
  test('relaying is refused', async () => {
    expect(
      await sendMail(daemon.ready.smtp, { from: 'a@b.example', to: ['somebody@elsewhere.example'], mail: letter() }),
    ).toMatch(/^550 5\.[17]\.1 /u)
  })
  test('an oversize message is refused, declared or not', async () => {
    const session = await dialogue(daemon.ready.smtp)
    await session.reply()
    await session.say('EHLO client.example')
    expect(await session.say('MAIL FROM:<a@b.example> SIZE=1000000')).toMatch(/^552 5\.3\.4 /u)
    session.close()
    const undeclared = await sendMail(daemon.ready.smtp, {
      from: 'a@b.example',
      to: ['support@acme.example'],
      mail: letter({}, `${'x'.repeat(76)}\n`.repeat(2_000)),
    })
    expect(undeclared).toMatch(/^552 5\.3\.4 /u)
  })
  test('a bare line feed is refused with 554 and a word on what to do', async () => {
    const session = await dialogue(daemon.ready.smtp)
    await session.reply()
    for (const line of ['EHLO c.example', 'MAIL FROM:<a@b.example>', 'RCPT TO:<support@acme.example>', 'DATA'])
      await session.say(line)
    session.socket.write('Subject: x\r\n\r\none\n.\nMAIL FROM:<evil@b.example>\r\n')
    expect(await session.say('.')).toMatch(/^554 5\.6\.0 .*line/u)
    session.close()
    expect((await daemon.replyd(['messages', 'list', '--json'])).stdout).toBe('')
  })
})

describe('at the start', () => {
  test('a broken configuration: 2, with file, line and column, for check and run alike', async () => {
    const folder = newFolder(CONFIG.replace('hand_on: "maildir:mail/support"', 'hand_onn: "maildir:mail/support"'))
    for (const command of ['check', 'run']) {
      const ended = await runCli([command, '--config', join(folder, 'replyd.yaml')], folder)
      expect(ended).toMatchObject({ code: 2 })
      expect(ended.stderr).toMatch(/replyd\.yaml:\d+:\d+: .*hand_onn.*hand_on/u)
    }
    removeFolder(folder)
  })
  test('a configuration that is not there: 2, naming it', async () => {
    const ended = await runCli(['run', '--config', '/nonexistent/replyd.yaml'], tmpdir())
    expect(ended).toMatchObject({ code: 2 })
    expect(ended.stderr).toContain('/nonexistent/replyd.yaml')
  })
  test('a template that cannot be compiled: check says file and line, and the daemon still answers', async () => {
    const folder = newFolder(`${CONFIG}templates: mine\n`)
    mkdirSync(join(folder, 'mine/en'), { recursive: true })
    writeFileSync(
      join(folder, 'mine/en/acknowledgement.md'),
      '---\nsubject: "Hello"\ncategory: service\nclass: service\nreviewed: 2026-11-01\nreview_every: 180d\n---\nDear {{ customer.nmae }}\n',
    )
    const ended = await runCli(['check', '--config', join(folder, 'replyd.yaml')], folder)
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(/en\/acknowledgement\.md:8:\d+: .*customer\.nmae/u)
    removeFolder(folder)
  })
  test('a ledger that is no database, or made by a newer version: an error that says what to do', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'ledger.db'), 'this is no database, but somebody put it here'.repeat(100))
    const ended = await runCli(['run', '--config', join(folder, 'replyd.yaml')], folder)
    expect(ended.code).toBe(75)
    expect(ended.stderr).toMatch(/ledger\.db/u)
    removeFolder(folder)
  })
  test('a state directory that cannot be written', { skip: root }, async () => {
    const folder = newFolder()
    chmodSync(folder, 0o500)
    const ended = await runCli(['run', '--config', join(folder, 'replyd.yaml')], folder)
    expect(ended.code).toBe(75)
    chmodSync(folder, 0o700)
    removeFolder(folder)
  })
})

describe('a full disk', () => {
  test('is 452 4.3.1, the daemon stays up, and mail is taken again when there is room', {
    skip: !(root || mustRun),
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'replyd-full-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder])
    try {
      writeFileSync(join(folder, 'replyd.yaml'), CONFIG)
      const daemon = await startDaemon(folder)
      const mail = letter({}, `${'x'.repeat(76)}\n`.repeat(10))
      writeFileSync(join(folder, 'ballast'), '')
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${join(folder, 'ballast')} bs=64k 2>/dev/null || true`])
      const big = letter({}, `${'x'.repeat(76)}\n`.repeat(20_000))
      const full = await sendMail(daemon.ready.smtp, { from: 'a@b.example', to: ['support@acme.example'], mail: big })
      expect(full).toMatch(/^452 4\.3\.1 /u)
      removeFolder(join(folder, 'ballast'))
      expect(await sendMail(daemon.ready.smtp, { from: 'a@b.example', to: ['support@acme.example'], mail })).toMatch(
        /^250 /u,
      )
      await eventually(() => maildir(join(folder, 'mail/support'))[0], 'the mail that came when there was room again')
      expect(await daemon.stop()).toBe(0)
    } finally {
      execFileSync('umount', [folder])
      removeFolder(folder)
    }
  })
})
