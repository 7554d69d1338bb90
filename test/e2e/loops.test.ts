/** Machines that answer each other with nothing left by which to tell them from people: it ends, and soon. */
import { describe, expect, test } from 'vitest'
import { type Desk, foreignHelpdesk } from '../peers/foreign-helpdesk.ts'
import { type Hop, type Relay, startRelay } from '../peers/relay.ts'
import { type Stripping, stripping, untagged } from '../peers/stripping.ts'
import { letter, sendMail } from './smtp-dialogue.ts'
import { allQuiet, into, openDaemon, sentBy, story } from './traffic.ts'

/** Where a loop that nobody recognises ends, so that the test can say so. */
const MOST = 40
/** What each replyd may send into a loop, ever. */
const NOTICES = 2

function configOf(domain: string, locale: string, relay: Relay): string {
  return `organization: {name: ${domain}, timezone: Europe/Athens, locale: ${locale}, locales: [${locale}]}
receive:
  smtp: {listen: ["127.0.0.1:0"], hostname: mx.${domain}}
mailboxes:
  - {address: support@${domain}, name: Support of ${domain}, hand_on: "maildir:mail/support"}
send: {via: "smtp://127.0.0.1:${relay.port}"}
storage: {ledger: ledger.db, spool: spool}
admin: {listen: "127.0.0.1:0"}
`
}

/** All cases where there is time, the hardest ones elsewhere: those that stand first. */
function some<T>(cases: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(cases).slice(0, process.env.REPLYD_REQUIRE_PEERS === '1' ? undefined : 3)
}

type Wiring = Stripping & { readonly locales: readonly [string, string] }

/** Every case begins with one mail that a person of B writes to A. */
const WIRINGS: Readonly<Record<string, Wiring>> = {
  'every marker stripped, a new Message-ID, the null sender replaced, no tag in the subject': {
    messageId: 'rewritten',
    subject: untagged,
    locales: ['en', 'en'],
  },
  'one writes Greek, the other English': { messageId: 'rewritten', subject: untagged, locales: ['el', 'en'] },
  'a subject of which nothing is left': {
    messageId: 'rewritten',
    subject: (_, serial) => `Your request no. ${7_000 + serial * 31}`,
    locales: ['en', 'el'],
  },
  'a subject that grows with each hop': {
    messageId: 'rewritten',
    subject: (text, serial) => `[EXTERNAL] Case ${4_000 + serial * 13}: ${untagged(text)}`,
    locales: ['en', 'en'],
  },
  'only the Message-ID kept': { messageId: 'kept', subject: untagged, locales: ['en', 'en'] },
  'the subject kept with its tags': { messageId: 'rewritten', subject: (text) => text, locales: ['en', 'en'] },
}

describe.concurrent('two daemons wired to each other', () => {
  test.for(some(WIRINGS))(`%s: at most ${NOTICES} notices each`, async ([, wiring]) => {
    await using opened = new AsyncDisposableStack()
    const hops = new Map<string, Hop>()
    const relay = await startRelay({ rewrite: stripping(wiring), hops, most: MOST })
    opened.defer(() => relay.close())
    const [first, second] = wiring.locales
    const a = await openDaemon(configOf('a.example', first, relay), opened)
    const b = await openDaemon(configOf('b.example', second, relay), opened)
    hops.set('a.example', into(a)).set('b.example', into(b))
    const mail = letter({ From: 'Bob of B <support@b.example>', To: 'support@a.example' })
    expect(await sendMail(a.ready.smtp, { from: 'support@b.example', to: ['support@a.example'], mail })).toMatch(
      /^250/u,
    )
    await allQuiet([a, b], () => relay.carried.length)
    const told = story(relay, { a, b })
    for (const address of ['support@a.example', 'support@b.example']) {
      const sent = sentBy(relay, address)
      expect(sent, `${address}, ${told}`).toBeGreaterThan(0)
      expect(sent, `${address}, ${told}`).toBeLessThanOrEqual(NOTICES)
    }
    expect(relay.isSpent(), told).toBe(false)
  })
})

/** What other helpdesks write, in a loop: each answer is a new ticket of theirs with a new Message-ID. */
const DESKS: Readonly<Record<string, Desk['write']>> = {
  'a prefix before our subject, and always the same text (freescout#3670)': ({ subject }) => ({
    subject: `Automated Response: Re: ${subject}`,
    text: 'Hi there,\n\nWe are sorry, but we cannot handle your message because of where it was sent.',
  }),
  'three texts in turn': ({ subject }, ticket) => ({
    subject: `Re: ${subject} (${ticket})`,
    text:
      [
        `Hello, your request has come to us and is number ${ticket} in our queue.`,
        'Many thanks for getting in touch. Somebody from the team is going to read this shortly.',
        `We got it! While you wait, have a look at our help pages. Your reference: ${ticket}.`,
      ][ticket % 3] ?? '',
  }),
  'its ticket number before our subject, and in the text (freescout#2445)': ({ subject }, ticket) => ({
    subject: `Ticket Received - ${ticket} - ${subject}`,
    text: `Dear customer,\n\nwe have received your request at ${new Date().toISOString()}. It is our ticket ${ticket}.`,
  }),
  'a subject of its own and an address of its own for each ticket': (_, ticket) => ({
    subject: `Case ${ticket}: how are we doing?`,
    text: `Dear customer,\n\nthank you for your mail. A colleague will look at case ${ticket} soon.`,
    from: `help+case${ticket}@them.example`,
  }),
  'its own words above everything it was sent': ({ subject, text }, ticket) => ({
    subject: `[#${ticket}] ${subject}`,
    text: `Your request ${ticket} was registered.\n\n----- Original message -----\n${text.replace(/^/gmu, '> ')}`,
  }),
}

describe.concurrent('a daemon and a helpdesk of another make that answers everything', () => {
  test.for(some(DESKS))(`%s: at most ${NOTICES} notices`, async ([, write]) => {
    await using opened = new AsyncDisposableStack()
    const hops = new Map<string, Hop>()
    const rewrite = stripping({ messageId: 'rewritten', subject: untagged })
    const relay = await startRelay({ rewrite, hops, most: MOST })
    opened.defer(() => relay.close())
    const daemon = await openDaemon(configOf('us.example', 'en', relay), opened)
    const desk = foreignHelpdesk({ address: 'help@them.example', write, send: into(daemon) })
    hops.set('them.example', desk.hop)
    const mail = letter({ From: 'help@them.example', To: 'support@us.example', Subject: 'Your package is on the way!' })
    expect(await into(daemon)({ from: 'help@them.example', to: ['support@us.example'], mail })).toMatch(/^250/u)
    await allQuiet([daemon], () => relay.carried.length)
    const told = story(relay, { us: daemon })
    expect(relay.carried.length, told).toBeGreaterThan(0)
    expect(relay.carried.length, told).toBeLessThanOrEqual(NOTICES)
    expect(desk.answered(), told).toBe(relay.carried.length)
  })

  test('our tag left in its subject: it is a follow-up, and one notice is all', async () => {
    await using opened = new AsyncDisposableStack()
    const hops = new Map<string, Hop>()
    const relay = await startRelay({ rewrite: (sent) => sent, hops, most: MOST })
    opened.defer(() => relay.close())
    const daemon = await openDaemon(configOf('us.example', 'en', relay), opened)
    const write: Desk['write'] = ({ subject }, ticket) => ({
      subject: `Ticket Received - ${ticket} - ${subject}`,
      text: `Dear customer,\n\nit is our ticket ${ticket}.`,
    })
    const desk = foreignHelpdesk({ address: 'help@them.example', write, send: into(daemon) })
    hops.set('them.example', desk.hop)
    const mail = letter({ From: 'help@them.example', To: 'support@us.example', Subject: 'Your package is on the way!' })
    expect(await into(daemon)({ from: 'help@them.example', to: ['support@us.example'], mail })).toMatch(/^250/u)
    await allQuiet([daemon], () => relay.carried.length)
    expect(relay.carried, story(relay, { us: daemon })).toHaveLength(1)
    expect(desk.answered()).toBe(1)
  })
})
