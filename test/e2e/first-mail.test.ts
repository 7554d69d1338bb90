/** What a new user sees: one mail in, one good reply out, none to the follow-up, none to a machine, and why. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Daemon, eventually, maildir, newFolder, removeFolder, startDaemon } from './daemon.ts'
import { letter, sendMail } from './smtp-dialogue.ts'

let daemon: Daemon
const outbox = (): readonly string[] => maildir(join(daemon.folder, 'outbox'))
const support = (): readonly string[] => maildir(join(daemon.folder, 'mail/support'))
const fieldOf = (mail: string, name: string): string =>
  new RegExp(`^${name}: (.*(?:\r?\n[ \t].*)*)`, 'imu').exec(mail)?.[1]?.replace(/\r?\n[ \t]/gu, ' ') ?? ''

beforeAll(async () => {
  daemon = await startDaemon(newFolder())
})
afterAll(async () => {
  await daemon.stop()
  removeFolder(daemon.folder)
})

/** The record of a message once its decision is there. */
async function settled(messageId: string): Promise<Record<string, unknown>> {
  for (;;) {
    const { code, stdout } = await daemon.replyd(['messages', 'show', messageId, '--json'])
    if (code === 0) {
      const record = JSON.parse(stdout) as Record<string, unknown>
      if (record.account !== undefined) return record
    }
  }
}

describe('a new request', () => {
  test('gets one acknowledgement, and the team gets the mail', async () => {
    const reply = await sendMail(daemon.ready.smtp, {
      from: 'maria@customer.example',
      to: ['support@acme.example'],
      mail: letter({ 'Message-ID': '<first@customer.example>' }),
    })
    expect(reply).toMatch(/^250 /u)
    const notice = await eventually(() => outbox()[0], 'the acknowledgement')
    expect(fieldOf(notice, 'From')).toContain('support@acme.example')
    expect(fieldOf(notice, 'To')).toContain('maria@customer.example')
    expect(fieldOf(notice, 'Subject')).toMatch(/Inverter shows E07.*\[#[0-9A-HJKMNP-TV-Z]{7}\]/u)
    expect(fieldOf(notice, 'In-Reply-To')).toBe('<first@customer.example>')
    expect(fieldOf(notice, 'References')).toContain('<first@customer.example>')
    expect(fieldOf(notice, 'Auto-Submitted')).toBe('auto-replied')
    expect(fieldOf(notice, 'X-Auto-Response-Suppress')).toBe('All')
    expect(notice).toMatch(/multipart\/alternative/u)
    const handedOn = await eventually(() => support()[0], 'the mail in the mailbox of the team')
    expect(handedOn).toContain('my inverter shows E07')
    expect(handedOn).toMatch(/^Return-Path: <maria@customer\.example>\r$/mu)
    expect(handedOn).toMatch(/^Received: from client\.example/mu)
    expect(handedOn).toMatch(/^X-Replyd-Ticket: [0-9A-HJKMNP-TV-Z]{7}\r$/mu)
    expect(handedOn).toMatch(/^X-Replyd-Nature: person\r$/mu)
    expect(handedOn).toMatch(/^X-Replyd-Decision: new-ticket; send acknowledgement en\r$/mu)
  })

  test('a reply to the acknowledgement joins the ticket and gets nothing', async () => {
    const notice = await eventually(() => outbox()[0], 'the acknowledgement')
    await sendMail(daemon.ready.smtp, {
      from: 'maria@customer.example',
      to: ['support@acme.example'],
      mail: letter({
        'Message-ID': '<second@customer.example>',
        Subject: `Re: ${fieldOf(notice, 'Subject')}`,
        'In-Reply-To': fieldOf(notice, 'Message-ID'),
        References: `<first@customer.example> ${fieldOf(notice, 'Message-ID')}`,
      }),
    })
    const record = await settled('<second@customer.example>')
    expect(record).toMatchObject({ line: { disposition: 'follow-up', reply: 'silence', reasons: ['follow-up'] } })
    await eventually(() => (support().length === 2 ? true : undefined), 'the follow-up in the mailbox of the team')
    expect(outbox()).toHaveLength(1)
  })

  test('a mail with Auto-Submitted: auto-replied gets nothing, and is still handed on', async () => {
    await sendMail(daemon.ready.smtp, {
      from: 'robot@customer.example',
      to: ['support@acme.example'],
      mail: letter({
        'Message-ID': '<robot@customer.example>',
        From: 'robot@customer.example',
        'Auto-Submitted': 'auto-replied (vacation)',
      }),
    })
    const record = await settled('<robot@customer.example>')
    expect(record).toMatchObject({ line: { nature: 'automatic', disposition: 'file-only', reply: 'silence' } })
    await eventually(() => (support().length === 3 ? true : undefined), 'the automatic mail in the mailbox of the team')
    expect(outbox()).toHaveLength(1)
  })

  test('`messages show` says why in words, `messages list` on a line', async () => {
    const { stdout } = await daemon.replyd(['messages', 'show', '<robot@customer.example>'])
    expect(stdout).toContain('auto-submitted (hard)')
    expect(stdout).toContain('A program wrote this message')
    const list = await daemon.replyd(['messages', 'list'])
    expect(list.stdout.split('\n')).toHaveLength(5)
    const queue = await daemon.replyd(['queue', 'list', '--state', 'sent', '--json'])
    expect(queue.stdout.trim().split('\n')).toHaveLength(4)
  })

  test('a request in Greek is acknowledged in Greek, one in Traditional Chinese in Traditional Chinese', async () => {
    await sendMail(daemon.ready.smtp, {
      from: 'nikos@customer.example',
      to: ['support@acme.example'],
      mail: letter(
        {
          From: 'nikos@customer.example',
          'Content-Type': 'text/plain; charset=utf-8',
          'Content-Transfer-Encoding': 'base64',
        },
        Buffer.from('Καλημέρα σας, ο μετατροπέας μου δείχνει σφάλμα E07. Τι μπορώ να κάνω;\n').toString('base64'),
      ),
    })
    const greek = await eventually(() => outbox().find((one) => one.includes('nikos@')), 'the Greek acknowledgement')
    expect(fieldOf(greek, 'Content-Language')).toBe('el')
  })

  test('one mail to two of our mailboxes is one ticket, one notice, and handed on to both', async () => {
    const before = outbox().length
    await sendMail(daemon.ready.smtp, {
      from: 'two@customer.example',
      to: ['support@acme.example', 'sales@acme.example'],
      mail: letter({
        'Message-ID': '<two@customer.example>',
        From: 'two@customer.example',
        To: 'sales@acme.example, support@acme.example',
      }),
    })
    const notice = await eventually(() => outbox().find((one) => one.includes('two@customer')), 'the notice')
    expect(fieldOf(notice, 'From')).toContain('sales@acme.example')
    await eventually(() => maildir(join(daemon.folder, 'mail/sales'))[0], 'the copy for sales')
    await eventually(() => support().find((one) => one.includes('<two@customer.example>')), 'the copy for support')
    expect(outbox()).toHaveLength(before + 1)
  })

  test('LMTP and standard input take mail as well', async () => {
    expect(
      await sendMail(
        daemon.ready.lmtp,
        {
          from: 'lmtp@customer.example',
          to: ['support@acme.example'],
          mail: letter({ From: 'lmtp@customer.example' }),
        },
        'LHLO',
      ),
    ).toMatch(/^250 /u)
    const piped = await daemon.replyd(
      ['receive', '--mail-from', 'pipe@customer.example', '--rcpt-to', 'support@acme.example'],
      letter({ From: 'pipe@customer.example' }),
    )
    expect(piped).toMatchObject({ code: 0 })
    for (const who of ['lmtp@', 'pipe@'])
      await eventually(() => outbox().find((one) => one.includes(who)), `the notice for ${who}`)
    expect(await daemon.replyd(['receive', '--rcpt-to', 'nobody@acme.example'], letter())).toMatchObject({ code: 67 })
  })

  test('health says well, metrics count, and the ledger is for its owner alone', async () => {
    expect(await daemon.replyd(['health'])).toMatchObject({ code: 0 })
    for (const path of ['healthz', 'readyz'])
      expect((await fetch(`http://${daemon.ready.http}/${path}`)).status).toBe(200)
    expect(await (await fetch(`http://${daemon.ready.http}/metrics`)).text()).toMatch(
      /^replyd_messages_received_total\{.*source="smtp".*\} [1-9]/mu,
    )
    expect(statSync(join(daemon.folder, 'ledger.db')).mode & 0o077).toBe(0)
    expect(statSync(join(daemon.folder, 'replyd.sock')).mode & 0o077).toBe(0)
  })

  test('a second daemon on the same ledger ends with 75 and names the first', async () => {
    const second = await daemon.replyd(['run'])
    expect(second.code).toBe(75)
    expect(second.stderr).toContain(String(daemon.pid))
  })

  test('SIGTERM stops it cleanly and removes socket and lock', async () => {
    expect(await daemon.stop()).toBe(0)
    expect(existsSync(join(daemon.folder, 'replyd.sock'))).toBe(false)
    expect(await daemon.replyd(['health'])).toMatchObject({ code: 1 })
  })
})
