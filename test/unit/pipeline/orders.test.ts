/** A person's orders about single messages, as the spine left them. */
import { beforeAll, expect, test } from 'vitest'
import { carryOut } from '../../../src/hand.ts'
import type { HandCommand } from '../../../src/mail/command.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { SILENT_LOG } from '../../../src/ops/events.ts'
import { parse, unreadableMessage } from '../../../src/parse/parse.ts'
import type { Parser } from '../../../src/parser.ts'
import type { Settings } from '../../../src/settings.ts'
import { accept, address, SUPPORT } from '../ledger/arrivals.ts'
import { type Line, openLine, settingsOf } from './fixture.ts'

let settings: Settings
beforeAll(async () => {
  settings = await settingsOf()
})

const broken = async (): Promise<never> => {
  throw new Error('the parser was lost')
}

const order = ({ ledger }: Line, command: HandCommand, parsing: Parser['parse'] = broken) =>
  carryOut(command, {
    ledger,
    parser: { parse: parsing, unreadable: unreadableMessage() },
    settings,
    world: WORLD,
    log: SILENT_LOG,
    onEntries: () => {},
  })

test('a message that no parser survives is marked all the same, and an answer to it is refused for a reason', async () => {
  const line = await openLine(settings, () => ({ parse: broken }))
  const incoming = await accept(line.ledger, 'From: maria@customer.example\r\n\r\nboom\r\n', {
    receivedAt: WORLD.now(),
    envelope: { reversePath: address('maria@customer.example'), recipients: [SUPPORT] },
  })
  line.pipeline.offer(incoming)
  await line.pipeline.idle()
  expect((await line.ledger.message(incoming.id))?.line.state).toBe('set-aside')
  const marked = await order(line, { kind: 'mark', message: incoming.id, nature: 'person' })
  expect(marked).toMatchObject({ ok: true, facts: { ticket: expect.stringMatching(/^[0-9A-Z]{7}$/u) } })
  const sent = await order(line, { kind: 'send', message: incoming.id, notice: 'acknowledgement' })
  expect(sent).toMatchObject({ ok: false, facts: { error: 'refused', reasons: [{ code: 'no-sender-address' }] } })
})

test('a notice that is held, because sending was switched off in between, is no answer: a person may order another', async () => {
  const line = await openLine(settings)
  const letter = 'From: maria@customer.example\r\nTo: support@acme.example\r\nSubject: E07\r\n\r\nHelp\r\n'
  const incoming = await accept(line.ledger, letter, {
    receivedAt: WORLD.now(),
    envelope: { reversePath: address('maria@customer.example'), recipients: [SUPPORT] },
  })
  line.pipeline.offer(incoming)
  await line.pipeline.idle()
  const notices = async () =>
    ((await line.ledger.message(incoming.id))?.entries ?? []).filter(({ cargo }) => cargo.kind === 'notice')
  const [first] = await notices()
  if (first === undefined) throw new Error('no notice')
  const held = { state: 'held', nextAttempt: WORLD.now(), unknown: 0, outcome: 'send.mode is off now' } as const
  await line.ledger.conclude(first.id, { ...held, hopMessageId: undefined })
  const send: HandCommand = { kind: 'send', message: incoming.id, notice: 'acknowledgement' }
  const parsing: Parser['parse'] = (octets, complete) => parse(octets, { complete })
  expect(await order(line, send, parsing)).toMatchObject({ ok: true })
  expect((await notices()).map((one) => one.state)).toEqual(['withdrawn', 'queued'])
  expect(await order(line, send, parsing)).toMatchObject({ ok: false })
})
