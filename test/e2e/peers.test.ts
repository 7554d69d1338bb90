/** The daemon between real peers: swaks and Python's smtplib as clients, Postfix and a scripted sink as next hops. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../peers/ports.ts'
import { type Postfix, postfixIsHere, startPostfix } from '../peers/postfix.ts'
import { type Sink, startSink } from '../peers/scripted-sink.ts'
import { CONFIG, type Daemon, eventually, maildir, newFolder, removeFolder, startDaemon } from './daemon.ts'
import { letter, sendMail } from './smtp-dialogue.ts'

const mustRun = process.env.REPLYD_REQUIRE_PEERS === '1'
const has = (program: string): boolean => mustRun || spawnSync('which', [program]).status === 0
const SWAKS = has('swaks')
const PYTHON = has('python3')
const POSTFIX = postfixIsHere()

const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1)
const unfolded = (mail: string): string => mail.replace(/\r?\n[ \t]/gu, ' ')

describe('clients', () => {
  let daemon: Daemon
  let sink: Sink
  beforeAll(async () => {
    sink = await startSink({ extensions: ['8BITMIME', 'SMTPUTF8', 'DSN'] })
    daemon = await startDaemon(newFolder(CONFIG.replace('maildir:outbox', `smtp://127.0.0.1:${sink.port}`)))
  })
  afterAll(async () => {
    await daemon.stop()
    await sink.close()
    removeFolder(daemon.folder)
  })
  const noticeTo = async (address: string): Promise<{ mail: string; text: string }> => {
    await sink.until(() => sink.received.some((one) => one.rcpt.join().includes(address)))
    const found = sink.received.find((one) => one.rcpt.join().includes(address))
    return { mail: found?.mail ?? '', text: unfolded(found?.octets.toString('latin1') ?? '') }
  }

  test('swaks sends a mail, the sink gets the notice with a null sender and NOTIFY=NEVER', {
    skip: !SWAKS,
  }, async () => {
    execFileSync('swaks', [
      '--server',
      daemon.ready.smtp,
      '--from',
      'swaks@customer.example',
      '--to',
      'support@acme.example',
    ])
    const { mail, text } = await noticeTo('swaks@customer.example')
    expect(mail).toMatch(/^MAIL FROM:<>/u)
    expect(sink.commands.find((one) => one.includes('swaks@customer.example'))).toMatch(/NOTIFY=NEVER/u)
    expect(text).toMatch(/^Auto-Submitted: auto-replied\r$/mu)
    expect(text).toMatch(/^X-Replyd-Loop: /mu)
  })

  test("Python's smtplib sends a mail with an attachment and eight-bit text", { skip: !PYTHON }, async () => {
    const script = `
import smtplib, sys
from email.message import EmailMessage
mail = EmailMessage()
mail['From'] = 'Μαρία Παπαδάκη <py@customer.example>'
mail['To'] = 'support@acme.example'
mail['Subject'] = 'Πρόβλημα με τον μετατροπέα'
mail.set_content('Καλημέρα, ο μετατροπέας μου δείχνει το σφάλμα E07. Τι πρέπει να κάνω;')
mail.add_attachment(b'x' * 200000, maintype='image', subtype='png', filename='screen.png')
with smtplib.SMTP('127.0.0.1', ${portOf(daemon.ready.smtp)}) as smtp:
    smtp.send_message(mail)
`
    execFileSync('python3', ['-c', script])
    const { text } = await noticeTo('py@customer.example')
    expect(text).toMatch(/^Content-Language: el\r$/mu)
    const handedOn = await eventually(
      () => maildir(join(daemon.folder, 'mail/support')).find((one) => one.includes('py@customer.example')),
      'the mail with its attachment in the mailbox of the team',
    )
    expect(handedOn.length).toBeGreaterThan(260_000)
  })

  test('two sends of the same mail are one ticket and one notice; the identical copy is not handed on twice', async () => {
    const mail = letter({ From: 'again@customer.example', 'Message-ID': '<again@customer.example>' })
    for (let i = 0; i < 2; i += 1)
      await sendMail(daemon.ready.smtp, { from: 'again@customer.example', to: ['support@acme.example'], mail })
    const lines = async (): Promise<readonly { disposition: string }[]> =>
      (await daemon.replyd(['messages', 'list', '--json'])).stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { from: string; disposition: string })
        .filter((line) => line.from === 'again@customer.example')
    await daemon.logged((line) => line.event === 'message.settled' && line.disposition === 'duplicate')
    expect((await lines()).map((line) => line.disposition)).toEqual(['duplicate', 'new-ticket'])
    await noticeTo('again@customer.example')
    expect(sink.received.filter((one) => one.rcpt.join().includes('again@'))).toHaveLength(1)
    expect(
      maildir(join(daemon.folder, 'mail/support')).filter((one) => one.includes('<again@customer.example>')),
    ).toHaveLength(1)
  })
})

describe('with Postfix as next hop', { skip: !POSTFIX }, () => {
  let postfix: Postfix
  let daemon: Daemon
  beforeAll(async () => {
    postfix = await startPostfix()
    daemon = await startDaemon(newFolder(CONFIG.replace('maildir:outbox', `smtp://${postfix.address}`)))
  })
  afterAll(async () => {
    await daemon.stop()
    await postfix.stop()
    removeFolder(daemon.folder)
  })

  test('the acknowledgement passes a real Postfix into the customer’s mailbox', async () => {
    await sendMail(daemon.ready.smtp, { from: 'maria@customer.example', to: ['support@acme.example'], mail: letter() })
    const mail = await eventually(
      () => maildir(postfix.maildir)[0],
      'the acknowledgement in the Maildir that Postfix fills',
    )
    expect(unfolded(mail)).toMatch(/^Subject: .*Inverter shows E07 \[#[0-9A-Z]{7}\]$/mu)
    expect(mail).toMatch(/^Return-Path: <>$/mu)
    expect(existsSync(join(daemon.folder, 'outbox'))).toBe(false)
  })
})

describe('behind Postfix, as the README says', { skip: !POSTFIX }, () => {
  test('Postfix hands over by LMTP, gets the mail back for the team and the notice for the customer', async () => {
    const lmtp = await freePort()
    const postfix = await startPostfix({ 'support@acme.example': `lmtp:inet:127.0.0.1:${lmtp}` })
    const config = CONFIG.replace('lmtp: {listen: ["127.0.0.1:0"]}', `lmtp: {listen: ["127.0.0.1:${lmtp}"]}`)
      .replace(
        'hand_on: "maildir:mail/support"',
        `hand_on: "smtp://${postfix.address}/team@customer.example", hand_on_sender: original`,
      )
      .replace('maildir:outbox', `smtp://${postfix.address}`)
    const daemon = await startDaemon(newFolder(config))
    const reply = await sendMail(postfix.address, {
      from: 'maria@customer.example',
      to: ['support@acme.example'],
      mail: letter(),
    })
    expect(reply).toMatch(/^250 /u)
    const both = await eventually(() => {
      const mails = maildir(postfix.maildir)
      return mails.length === 2 ? mails : undefined
    }, 'the mail for the team and the notice for the customer')
    const [team] = both.filter((mail) => mail.includes('Delivered-To: team@customer.example'))
    const [notice] = both.filter((mail) => mail.includes('Auto-Submitted: auto-replied'))
    expect(team).toMatch(/^X-Replyd-Ticket: [0-9A-Z]{7}$/mu)
    expect(team).toMatch(/^Return-Path: <maria@customer\.example>$/mu)
    expect(notice).toContain('maria@customer.example')
    expect((await daemon.replyd(['queue', 'list', '--state', 'queued', '--json'])).stdout).toBe('')
    await daemon.stop()
    await postfix.stop()
    removeFolder(daemon.folder)
  })
})
