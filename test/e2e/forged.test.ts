/** Behind a server of our own: its word on a sender is believed, a stranger's in its name is not. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONFIG, type Daemon, maildir } from './daemon.ts'
import { letter, sendMail } from './smtp-dialogue.ts'
import { openDaemon } from './traffic.ts'

const opened = new AsyncDisposableStack()
let daemon: Daemon
beforeAll(async () => {
  daemon = await openDaemon(`${CONFIG}authentication: {trusted_authserv_ids: [front.acme.example]}\n`, opened)
})
afterAll(() => opened.disposeAsync())

const TRUSTED_HOP =
  'from [10.0.0.7] (relay.acme.example [10.0.0.7]) by front.acme.example; Mon, 2 Nov 2026 10:00:00 +0000'
const STRANGE_HOP = 'from [203.0.113.9] (x.example [203.0.113.9]) by front.acme.example; Mon, 2 Nov 2026 10:00:00 +0000'

test.each([
  [
    'forged says our server: silence',
    'front.acme.example; dmarc=fail header.from=customer.example',
    ['authentication-failed'],
  ],
  ['proven says our server: answered', 'front.acme.example; dmarc=pass header.from=customer.example', []],
  ['forged says nobody whom we know: answered', 'mx.stranger.example; dmarc=fail header.from=customer.example', []],
])('%s', async (what, results, reasons) => {
  const before = daemon.log.length
  const fields = {
    'Authentication-Results': results,
    Received: STRANGE_HOP,
    From: 'maria@customer.example',
    Subject: what,
  }
  const sent = { from: 'maria@customer.example', to: ['support@acme.example'], mail: letter(fields, `About ${what}`) }
  expect(await sendMail(daemon.ready.smtp, sent)).toMatch(/^250/u)
  const settled = await daemon.logged((line) => line.event === 'message.settled' && daemon.log.indexOf(line) >= before)
  expect(settled.reasons).toEqual(reasons)
})

test('the relay of our own is no sender: what comes through it is not held against the customer', async () => {
  const before = daemon.log.length
  const mail = letter(
    { Received: TRUSTED_HOP, From: 'nikos@gmail.com', Subject: 'Another matter' },
    'Where is my parcel?',
  )
  await sendMail(daemon.ready.smtp, { from: 'nikos@gmail.com', to: ['support@acme.example'], mail })
  const settled = await daemon.logged((line) => line.event === 'message.settled' && daemon.log.indexOf(line) >= before)
  expect(settled.reasons).toEqual([])
  expect(maildir(`${daemon.folder}/mail/support`).length).toBeGreaterThan(0)
})
