/** What the spine makes of things that several rooms know: authenticity, open tickets, storms. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Authentication } from '../../../src/mail/authentication.ts'
import type { Ledger } from '../../../src/mail/ledger-port.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { parse } from '../../../src/parse/parse.ts'
import type { Settings } from '../../../src/settings.ts'
import { accept, address, SUPPORT } from '../ledger/arrivals.ts'
import { type Line, openLine, settingsOf } from './fixture.ts'

let settings: Settings
beforeAll(async () => {
  settings = await settingsOf()
})

type Mail = { readonly n: number; readonly fields?: string; readonly text?: string; readonly from?: string }

/** One mail taken in and settled. */
async function arrived({ ledger, pipeline }: Line, { n, fields = '', text, from = 'maria@customer.example' }: Mail) {
  const words = text ?? `Question ${'abcdefghij'[n] ?? ''}: is anybody there?`
  const letter =
    `From: Maria <${from}>\r\nTo: support@acme.example\r\nMessage-ID: <${n}@customer.example>\r\n` +
    `Subject: About ${'klmnopqrst'[n] ?? ''}\r\n${fields}\r\n${words}\r\n`
  const incoming = await accept(ledger, letter, {
    receivedAt: WORLD.now(),
    envelope: { reversePath: address(from), recipients: [SUPPORT] },
  })
  pipeline.offer(incoming)
  await pipeline.idle()
  const record = await ledger.message(incoming.id)
  if (record === undefined) throw new Error('it is gone')
  return record
}

const CHECKED: Authentication = { dmarc: 'none', spf: 'none', dkim: 'none', source: 'checked' }
const authenticating = (verdict: Authentication) => (_ledger: Ledger) => ({ authenticate: async () => verdict })
const formOf = (record: Awaited<ReturnType<typeof arrived>>): string | undefined =>
  record.entries.flatMap(({ cargo }) => (cargo.kind === 'notice' ? [cargo.form ?? 'both'] : []))[0]

describe('authenticity', () => {
  test.each<[string, Authentication, readonly string[]]>([
    ['a forged sender gets nothing', { ...CHECKED, dmarc: 'fail' }, ['authentication-failed']],
    ['nor does one whose domain forbids this host', { ...CHECKED, spf: 'fail' }, ['authentication-failed']],
    ['a forwarder that breaks SPF keeps the signature', { ...CHECKED, spf: 'fail', dkim: 'pass' }, []],
    ['what nobody could find out is no failure', { ...CHECKED, dmarc: 'temperror', spf: 'temperror' }, []],
  ])('%s', async (_what, verdict, reasons) => {
    const line = await openLine(settings, authenticating(verdict))
    const record = await arrived(line, { n: 0 })
    expect(record.line.reasons).toEqual(reasons)
    expect(record.line.ticket).toBeDefined()
    expect(record.account?.authentication).toEqual(verdict)
  })
  test('the gate of a mailbox is its own', async () => {
    const strict = await settingsOf(
      `organization: {name: Acme}
mailboxes:
  - {address: support@acme.example, name: Acme, hand_on: "maildir:mail", authentication: {gate: pass}}
`,
    )
    const line = await openLine(strict, authenticating(CHECKED))
    expect((await arrived(line, { n: 0 })).line.reasons).toEqual(['authentication-missing'])
  })
  test.each<[string, Authentication, string]>([
    ['a stranger from outside gets the text part alone', CHECKED, 'text'],
    ['a proven one both', { ...CHECKED, dmarc: 'pass' }, 'both'],
    ['and behind a trusted server everybody', { ...CHECKED, source: 'none' }, 'both'],
  ])('%s (T13)', async (_what, verdict, form) => {
    expect(formOf(await arrived(await openLine(settings, authenticating(verdict)), { n: 0 }))).toBe(form)
  })
  test('text_only_unless_authenticated: always asks everybody for proof, off nobody', async () => {
    const plain = `organization: {name: Acme}
mailboxes:
  - {address: support@acme.example, name: Acme, hand_on: "maildir:mail"}
text_only_unless_authenticated: `
    const always = await openLine(await settingsOf(`${plain}always\n`))
    expect(formOf(await arrived(always, { n: 0 }))).toBe('text')
    const off = await openLine(await settingsOf(`${plain}off\n`), authenticating(CHECKED))
    expect(formOf(await arrived(off, { n: 0 }))).toBe('both')
  })
})

test('mail through a CRM is a person’s where the sender has an open ticket, and bulk where not', async () => {
  const line = await openLine(settings)
  const crm = 'List-Unsubscribe: <https://crm.example/u>\r\nFeedback-ID: 1:2:3:crm\r\n'
  expect((await arrived(line, { n: 0, fields: crm })).line).toMatchObject({ nature: 'bulk', reasons: ['bulk'] })
  expect((await arrived(line, { n: 1 })).line).toMatchObject({ nature: 'person', reply: 'send' })
  expect((await arrived(line, { n: 2, fields: crm })).line).toMatchObject({ nature: 'person', reply: 'send' })
  const told = line.logged.flatMap(({ name, fields }) =>
    'nature' in fields && name === 'message.settled' ? [fields.nature] : [],
  )
  expect(told).toEqual(['bulk', 'person', 'person'])
})

test('a message that is offered again after it was settled is told of once', async () => {
  const line = await openLine(settings)
  const { incoming } = await arrived(line, { n: 0 })
  line.pipeline.offer(incoming)
  await line.pipeline.idle()
  expect(line.logged.filter(({ name }) => name === 'message.settled')).toHaveLength(1)
})

test('a reload while a message is looked at changes nothing about it: one message, one configuration', async () => {
  const sealer = (one: string): string => `organization: {name: Acme}
mailboxes:
  - {address: support@acme.example, name: Acme, hand_on: "maildir:mail", authentication: {trusted_sealers: [${one}]}}
`
  const [before, after] = [await settingsOf(sealer('before.example')), await settingsOf(sealer('after.example'))]
  let present = before
  const trusted: (readonly string[] | undefined)[] = []
  const line = await openLine(settings, () => ({
    settings: () => present,
    parse: async (octets, complete) => {
      present = after
      return parse(octets, { complete })
    },
    authenticate: async (_incoming, _message, trust) => {
      trusted.push(trust.sealers)
      return CHECKED
    },
  }))
  await arrived(line, { n: 0 })
  await arrived(line, { n: 1 })
  expect(trusted).toEqual([['before.example'], ['after.example']])
})

test('a sign that a mailbox switched off does not count there', async () => {
  const config = (signs: string): string => `organization: {name: Acme}
mailboxes:
  - {address: support@acme.example, name: Acme, hand_on: "maildir:mail"${signs}}
`
  const bulk = { n: 0, fields: 'Precedence: bulk\r\n' }
  expect((await arrived(await openLine(await settingsOf(config(''))), bulk)).line.reply).toBe('silence')
  const off = await openLine(await settingsOf(config(', signs: {off: [precedence-bulk]}')))
  expect((await arrived(off, bulk)).line.reply).toBe('send')
})

test('a storm from one sender is answered twice, mutes the sender, and is told once', async () => {
  const line = await openLine(settings)
  const replies: string[] = []
  for (let n = 0; n < 9; n += 1) {
    const record = await arrived(line, { n, from: 'robo@customer.example', text: `Disk ${n} is full.` })
    replies.push(record.line.reply ?? '')
  }
  expect(replies.filter((one) => one === 'send')).toHaveLength(2)
  const muted = line.logged.filter(({ name }) => name === 'correspondent.muted')
  expect(muted).toHaveLength(1)
  expect(await line.ledger.mutes(WORLD.now())).toMatchObject([{ correspondent: 'robo@customer.example' }])
})
