/** A real Postfix takes our notice and finds nobody to give it to. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../peers/ports.ts'
import { type Postfix, postfixIsHere, startPostfix } from '../peers/postfix.ts'
import { CONFIG, type Daemon, eventually } from './daemon.ts'
import { letter, sendMail } from './smtp-dialogue.ts'
import { allQuiet, openDaemon } from './traffic.ts'

/** Without DSN a server cannot be told that no report is wanted (RFC 3461 4.1), and writes one. */
const DEAF = ['smtpd_discard_ehlo_keywords = dsn']
const RETURN_PATH = ', return_path: bounces@acme.example'

describe.each([
  {
    sender: 'a return path of its own',
    server: 'that does not know DSN',
    send: RETURN_PATH,
    settings: DEAF,
    bounces: 1,
  },
  { sender: 'a return path of its own', server: 'that knows DSN', send: RETURN_PATH, settings: [], bounces: 0 },
  { sender: 'the null sender', server: 'that does not know DSN', send: '', settings: DEAF, bounces: 0 },
])('a notice from $sender to a Postfix $server', { skip: !postfixIsHere() }, ({ send, settings, bounces }) => {
  const opened = new AsyncDisposableStack()
  let postfix: Postfix
  let daemon: Daemon
  beforeAll(async () => {
    const port = await freePort()
    postfix = await startPostfix({ 'acme.example': `smtp:[127.0.0.1]:${port}` }, settings)
    opened.defer(() => postfix.stop())
    const config = CONFIG.replace('smtp: {listen: ["127.0.0.1:0"]', `smtp: {listen: ["127.0.0.1:${port}"]`)
    const via = `send: {via: "smtp://${postfix.address}"${send}}`
    daemon = await openDaemon(config.replace('send: {via: "maildir:outbox"}', via), opened)
  })
  afterAll(() => opened.disposeAsync())

  const events = (event: string): Daemon['log'] => daemon.log.filter((line) => line.event === event)

  test(bounces === 0 ? 'nothing comes back' : 'the bounce is filed, and nobody answers it', async () => {
    const from = 'maria@gone.example'
    const mail = letter({ From: `Maria <${from}>` })
    expect(await sendMail(daemon.ready.smtp, { from, to: ['support@acme.example'], mail })).toMatch(/^250/u)
    const ended = await eventually(
      () => bouncedAndGone(postfix.log()),
      'Postfix to be done with the notice',
      30_000,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${postfix.log()}`)
    })
    expect(ended).toMatch(/status=bounced \(unknown user/u)
    await allQuiet([daemon], () => postfix.log().length)
    const settled = events('message.settled')
    expect(settled, postfix.log()).toHaveLength(1 + bounces)
    expect(settled[0]).toMatchObject({ nature: 'person', disposition: 'new-ticket', reply: 'send' })
    if (bounces > 0) expect(settled[1]).toMatchObject({ nature: 'delivery-status', reply: 'silence' })
    expect(events('attempt.ended').filter((line) => line.cargo === 'notice')).toHaveLength(1)
    expect(events('recipient.refused')).toEqual([])
  })
})

/** The log once Postfix has returned the notice, or dropped it, and holds nothing any more. */
function bouncedAndGone(log: string): string | undefined {
  const taken = log.matchAll(/qmgr\[\d+\]: ([0-9A-F]+): from=|non-delivery notification: ([0-9A-F]+)/gu)
  const isDone = [...taken].every(([, queued, notification]) => log.includes(`: ${queued ?? notification}: removed`))
  return isDone && log.includes('status=bounced') ? log : undefined
}
