/** A real Dovecot whose users are away: Pigeonhole does not answer our notices, and we do not answer Pigeonhole. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Dovecot, dovecotIsHere, startDovecot } from '../peers/dovecot.ts'
import { authorOf, fieldOf } from '../peers/header.ts'
import { type Hop, type Relay, type RelayPlan, startRelay } from '../peers/relay.ts'
import { stripping, untagged } from '../peers/stripping.ts'
import { CONFIG, type Daemon, eventually, maildir } from './daemon.ts'
import { letter, sendMail } from './smtp-dialogue.ts'
import { allQuiet, into, openDaemon, sentBy, story } from './traffic.ts'

const MOST = 40

/** Each answers every mail, as often as it comes (RFC 6131: a period of zero), if only Pigeonhole lets it. */
const SCRIPTS = {
  anna: `require ["vacation", "vacation-seconds"];
vacation :seconds 0 "I am on holiday until Monday, and will write to you then.";
`,
  boris: `require ["vacation", "vacation-seconds"];
vacation :seconds 0 :handle "summer" :addresses ["boris@dovecot.example", "b@dovecot.example"]
  :subject "Away" :from "Boris <boris@dovecot.example>" "I am not in the office.";
`,
}
const USERS = Object.keys(SCRIPTS)

type Town = { readonly relay: Relay; readonly dovecot: Dovecot; readonly daemon: Daemon; leave(): Promise<void> }

/** A daemon and a Dovecot; what either sends goes through the relay. */
async function town(rewrite: RelayPlan['rewrite'], send = ''): Promise<Town> {
  await using opened = new AsyncDisposableStack()
  const hops = new Map<string, Hop>()
  const relay = await startRelay({ rewrite, hops, most: MOST })
  opened.defer(() => relay.close())
  const dovecot = await startDovecot({ submissionPort: relay.port, scripts: SCRIPTS })
  opened.defer(() => dovecot.stop())
  const via = `send: {via: "smtp://127.0.0.1:${relay.port}"${send}}`
  const daemon = await openDaemon(CONFIG.replace('send: {via: "maildir:outbox"}', via), opened)
  hops.set('acme.example', into(daemon))
  hops.set('dovecot.example', (sent) => sendMail(dovecot.lmtp, sent, 'LHLO'))
  const all = opened.move()
  return { relay, dovecot, daemon, leave: () => all.disposeAsync() }
}

const quiet = ({ daemon, relay }: Town): Promise<void> => allQuiet([daemon], () => relay.carried.length)

async function write({ daemon }: Town, user: string): Promise<void> {
  const from = `${user}@dovecot.example`
  const mail = letter({ From: `${user} <${from}>` }, `Hello,\n\nmy inverter shows E07. What can I do?\n\n${user}`)
  expect(await sendMail(daemon.ready.smtp, { from, to: ['support@acme.example'], mail })).toMatch(/^250/u)
}

describe.each([
  ['the null sender', ''],
  ['a return path of its own', ', return_path: bounces@acme.example'],
])('with Pigeonhole, every field as it was written, notices from %s', { skip: !dovecotIsHere() }, (_, send) => {
  let all: Town
  beforeAll(async () => {
    all = await town((sent) => sent, send)
  })
  afterAll(() => all.leave())

  test.each(USERS)('the acknowledgement reaches %s, whose vacation does not answer it', async (user) => {
    await write(all, user)
    await eventually(
      () => maildir(all.dovecot.maildir(user)).find((mail) => mail.includes('Auto-Submitted: auto-replied')),
      'the acknowledgement in the mailbox of who is away',
    )
    await quiet(all)
    expect(all.relay.carried.filter(({ came }) => came.to.join() === `${user}@dovecot.example`)).toHaveLength(1)
    expect(all.dovecot.log()).toMatch(new RegExp(`lmtp\\(${user}\\).*discard.*vacation`, 'u'))
    expect(fromVacation(all, user)).toEqual([])
  })

  test.each(USERS)("the vacation of %s answers a colleague's mail, and nobody answers the vacation", async (user) => {
    const to = `${user}@dovecot.example`
    const mail = letter({ From: 'Eleni <support@acme.example>', To: to }, 'Hello,\n\nplease restart it.\n\nEleni')
    const sentBefore = sentBy(all.relay, 'support@acme.example')
    expect(await sendMail(all.dovecot.lmtp, { from: 'support@acme.example', to: [to], mail }, 'LHLO')).toMatch(/^250/u)
    await quiet(all)
    const [answer, ...more] = fromVacation(all, user)
    expect(answer?.reply).toMatch(/^250/u)
    expect(more).toEqual([])
    expect(fieldOf(answer?.came.mail ?? '', 'auto-submitted')).toMatch(/^auto-replied/u)
    const settled = await all.daemon.logged(
      (line) => line.event === 'message.settled' && answer?.reply.includes(String(line.id)) === true,
    )
    expect(settled).toMatchObject({ nature: 'automatic', reply: 'silence' })
    expect(sentBy(all.relay, 'support@acme.example')).toBe(sentBefore)
  })
})

function fromVacation({ relay }: Town, user: string): Relay['carried'] {
  const names = [`${user}@dovecot.example`, `${user[0] ?? ''}@dovecot.example`]
  return relay.carried.filter(({ came }) => names.includes(authorOf(came.mail)))
}

describe.concurrent('with Pigeonhole, every marker stripped both ways', { skip: !dovecotIsHere() }, () => {
  test.for(USERS)('the vacation of %s answers each notice, and we send two at most', async (user) => {
    const all = await town(stripping({ messageId: 'rewritten', subject: untagged }))
    await write(all, user)
    await quiet(all)
    const told = story(all.relay, { replyd: all.daemon })
    const answers = fromVacation(all, user).length
    await all.leave()
    const sent = sentBy(all.relay, 'support@acme.example')
    expect(answers, told).toBe(sent)
    expect(sent, told).toBeGreaterThan(0)
    expect(sent, told).toBeLessThanOrEqual(2)
  })
})
