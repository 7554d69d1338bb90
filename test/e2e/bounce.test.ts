/** A real Postfix takes our notice and finds nobody to give it to. */
import { describe, expect, test } from 'vitest'
import { freePort } from '../peers/ports.ts'
import { postfixIsHere, startPostfix } from '../peers/postfix.ts'
import { CONFIG, type Daemon, eventually } from './daemon.ts'
import { letter, sendMail } from './smtp-dialogue.ts'
import { allQuiet, openDaemon } from './traffic.ts'

/** Without DSN a server cannot be told that no report is wanted (RFC 3461 4.1), and writes one. */
const DEAF = ['smtpd_discard_ehlo_keywords = dsn']
const RETURN_PATH = ', return_path: bounces@acme.example'

const CASES = [
  { sender: 'a return path of its own', server: 'knows no DSN', send: RETURN_PATH, settings: DEAF, bounces: 1 },
  { sender: 'a return path of its own', server: 'knows DSN', send: RETURN_PATH, settings: [], bounces: 0 },
  { sender: 'the null sender', server: 'knows no DSN', send: '', settings: DEAF, bounces: 0 },
]

describe.concurrent('a notice to nobody', { skip: !postfixIsHere() }, () => {
  test.for(CASES)('from $sender to a Postfix that $server: $bounces bounces, filed and not answered', async (one) => {
    await using opened = new AsyncDisposableStack()
    const port = await freePort()
    const postfix = await startPostfix({ 'acme.example': `smtp:[127.0.0.1]:${port}` }, one.settings)
    opened.defer(() => postfix.stop())
    const config = CONFIG.replace('smtp: {listen: ["127.0.0.1:0"]', `smtp: {listen: ["127.0.0.1:${port}"]`)
    const via = `send: {via: "smtp://${postfix.address}"${one.send}}`
    const daemon = await openDaemon(config.replace('send: {via: "maildir:outbox"}', via), opened)
    const events = (event: string): Daemon['log'] => daemon.log.filter((line) => line.event === event)

    const from = 'maria@gone.example'
    const mail = letter({ From: `Maria <${from}>` })
    expect(await sendMail(daemon.ready.smtp, { from, to: ['support@acme.example'], mail })).toMatch(/^250/u)
    const ended = await eventually(() => bouncedAndGone(postfix.log()), 'Postfix to be done with the notice', 30_000)
    expect(ended).toMatch(/status=bounced \(unknown user/u)
    await allQuiet([daemon], () => postfix.log().length)

    const [asked, ...returned] = events('message.settled')
    expect(asked).toMatchObject({ nature: 'person', disposition: 'new-ticket', reply: 'send' })
    expect(returned, postfix.log()).toHaveLength(one.bounces)
    for (const bounce of returned) {
      expect(bounce).toMatchObject({ nature: 'delivery-status', reply: 'silence', ticket: asked?.ticket })
    }
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
