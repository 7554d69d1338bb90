/** What the next hop sees of a notice, and what the team does (RFC 3834 3.3, RFC 5230 5.1, RFC 5436 2.7). */
import { describe, expect, test } from 'vitest'
import { after, type Instant } from '../../src/mail/instant.ts'
import { WORLD } from '../../src/ops/clock.ts'
import { SILENT_LOG } from '../../src/ops/events.ts'
import { prepare } from '../../src/outbound.ts'
import { refused } from '../unit/config/folder.ts'
import { entryOf, openDesk, sent } from './desk.ts'
import { house } from './house.ts'
import { AWAY, address, HOLIDAY, judged, RECEIVED } from './judge.ts'
import { mail } from './mail.ts'

const { plain, plus } = await house()
const DSN = { extensions: ['DSN', 'SIZE 1000000'] }

describe('the envelope of a notice', () => {
  test.each([undefined, HOLIDAY, AWAY])(
    'T32 T33 T52 its sender is null, and no report of its delivery is wanted',
    async (occasion) => {
      const desk = await openDesk(plain)
      const settled = await desk.receive(mail(), occasion === undefined ? {} : { occasion })
      const got = await sent(desk, entryOf(settled, 'notice'), DSN)
      expect(got?.mail).toMatch(/^MAIL FROM:<>(?: |$)/u)
      expect(got?.rcpt).toEqual(['RCPT TO:<ann@customer.example> NOTIFY=NEVER'])
    },
  )
  test('T33 a next hop that knows no delivery reports is asked for none', async () => {
    const desk = await openDesk(plain)
    const got = await sent(desk, entryOf(await desk.receive(mail()), 'notice'))
    expect(got?.rcpt).toEqual(['RCPT TO:<ann@customer.example>'])
  })
  test('T32 T52 we deviate where the file names a return path, for relays that take no null sender', async () => {
    const desk = await openDesk(plus)
    const got = await sent(desk, entryOf(await desk.receive(mail()), 'notice'), DSN)
    expect(got?.mail).toMatch(/^MAIL FROM:<bounces@acme\.example>(?: |$)/u)
    expect(got?.rcpt).toEqual(['RCPT TO:<ann@customer.example> NOTIFY=NEVER'])
  })
  test('T32 nothing that comes from that return path, or to it, is ever answered', async () => {
    expect((await judged(plus, mail(), { mailFrom: 'bounces@acme.example' })).why).toContain('own')
    expect((await judged(plus, mail({ From: 'bounces@acme.example' }))).why).toContain('own')
    // bounces are taken in and filed; who writes there gets a reader, and no notice
    expect(plus.recipient(address('bounces@acme.example'))).toBe('ours')
    expect((await judged(plus, mail(), { rcptTo: 'bounces@acme.example' })).why).toContain('no-mailbox')
  })
  test('T32 a return path that is a mailbox, and would be answered, is refused with the file', async () => {
    const problems = await refused(`organization: {name: Acme}
mailboxes:
  - {address: support@acme.example, name: Acme Support, aliases: [help@acme.example], hand_on: "maildir:mail"}
send: {return_path: help@acme.example}
`)
    expect(problems.join('\n')).toMatch(/help@acme\.example is a mailbox.*bounces to it would be answered/u)
  })
})

test('T21 an attempt that is repeated keeps its Date, and every other octet', async () => {
  const desk = await openDesk(plain)
  const entry = entryOf(await desk.receive(mail()), 'notice')
  const attempted = async (now: Instant): Promise<Uint8Array> => {
    const prepared = await prepare(entry, { ...desk, world: { ...WORLD, now: () => now }, log: SILENT_LOG })
    if ('held' in prepared || prepared.rendered === undefined) throw new Error('it was not rendered')
    return prepared.rendered
  }
  const first = await attempted(after(RECEIVED, 2_000))
  expect(Buffer.from(first).toString('latin1')).toContain('Date: Mon, 23 Nov 2026 10:00:02 +0000\r\n')
  await desk.ledger.lease([{ id: entry.id, rendered: first }])
  expect(Buffer.compare(await attempted(after(RECEIVED, 3_600_000)), first)).toBe(0)
})

describe('T53 the team is told of a mail by the mail itself, never by a notice', () => {
  test('T53 every entry of a mail is the notice to its sender or the mail on its way to a mailbox', async () => {
    const desk = await openDesk(plain)
    const settled = await desk.receive(mail({ Cc: 'eleni@acme.example' }))
    expect(settled.entries.map((one) => one.cargo.kind).sort()).toEqual(['hand-on', 'notice'])
    expect(entryOf(settled, 'notice').cargo).toMatchObject({ notice: { to: 'ann@customer.example' } })
  })
  test('T53 what an agent writes to a mailbox is answered by no notice', async () => {
    const fields = { From: 'eleni@acme.example' }
    expect((await judged(plain, mail(fields), { mailFrom: 'eleni@acme.example' })).why).toEqual(['agent'])
  })
  test('T53 the mail that the team gets says nothing of being automatic that its sender did not say', async () => {
    const desk = await openDesk(plain)
    const settled = await desk.receive(mail({ To: 'sales@acme.example' }), { rcptTo: 'sales@acme.example' })
    const got = await sent(desk, entryOf(settled, 'hand-on'))
    expect(got?.rcpt).toEqual(['RCPT TO:<sales@acme.example>'])
    expect(got?.octets).not.toMatch(/^Auto-Submitted:/mu)
    expect(got?.octets).toContain('Subject: My printer does not print')
  })
  test('T53 a null sender stays null on the way to the team', async () => {
    const desk = await openDesk(plain)
    const around = { mailFrom: '<>', rcptTo: 'sales@acme.example' }
    const settled = await desk.receive(mail({ To: 'sales@acme.example' }), around)
    expect(settled.entries.map((one) => one.cargo.kind)).toEqual(['hand-on'])
    expect((await sent(desk, entryOf(settled, 'hand-on')))?.mail).toMatch(/^MAIL FROM:<>(?: |$)/u)
  })
  test('T53 a mail that was handed on and comes back is held, not submitted again', async () => {
    const desk = await openDesk(plain)
    const around = { rcptTo: 'sales@acme.example' }
    const first = await sent(desk, entryOf(await desk.receive(mail({ To: 'sales@acme.example' }), around), 'hand-on'))
    const again = await desk.receive(Uint8Array.from(Buffer.from(first?.octets ?? '', 'latin1')), around)
    expect(again.entries.map((one) => [one.cargo.kind, one.state])).toEqual([['hand-on', 'held']])
  })
})
