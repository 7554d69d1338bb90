/** A person's orders about single messages, as the spine left them. */
import { beforeAll, expect, test } from 'vitest'
import { carryOut } from '../../../src/hand.ts'
import type { HandCommand } from '../../../src/mail/command.ts'
import { WORLD } from '../../../src/ops/clock.ts'
import { SILENT_LOG } from '../../../src/ops/events.ts'
import { unreadableMessage } from '../../../src/parse/parse.ts'
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

const order = ({ ledger }: Line, command: HandCommand) =>
  carryOut(command, {
    ledger,
    parser: { parse: broken, unreadable: unreadableMessage() },
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
