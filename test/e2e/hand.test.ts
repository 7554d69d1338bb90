/** A person's hand: what the team does about single messages, addresses and the breaker, beside a running daemon and without. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { CONFIG, type Daemon, eventually, maildir, newFolder, removeFolder, runCli, startDaemon } from './daemon.ts'
import { letter, sendMail } from './smtp-dialogue.ts'

let daemon: Daemon | undefined
let folder = ''
afterEach(async () => {
  await daemon?.stop()
  daemon = undefined
  removeFolder(folder)
})

async function start(config: string = CONFIG): Promise<Daemon> {
  folder = newFolder(config)
  daemon = await startDaemon(folder)
  return daemon
}

type Line = {
  readonly id: string
  readonly ticket?: string
  readonly reasons: readonly string[]
  readonly marked?: string
}

/** Sends one mail and waits until it is settled. */
async function received(
  at: Daemon,
  from: string,
  head: Record<string, string> = {},
  reversePath = from,
): Promise<Line> {
  const subject = head.Subject ?? 'Inverter shows E07'
  const before = at.log.length
  const mail = letter({ From: from, To: 'support@acme.example', Subject: subject, ...head })
  expect(await sendMail(at.ready.smtp, { from: reversePath, to: ['support@acme.example'], mail })).toMatch(/^250/u)
  const settled = await at.logged((line) => line.event === 'message.settled' && at.log.indexOf(line) >= before)
  return shown(at, String(settled.id))
}

async function shown(at: Daemon, id: string): Promise<Line> {
  const lines = (await at.replyd(['messages', 'list', '--json'])).stdout.trim().split('\n')
  const found = lines.map((line) => JSON.parse(line) as Line).find((line) => line.id === id)
  if (found === undefined) throw new Error(`no message ${id}`)
  return found
}

const notices = (at: Daemon): readonly string[] => maildir(join(at.folder, 'outbox'))
/** Waits until so many notices lie in the outbox. */
const sent = (at: Daemon, count: number): Promise<true> =>
  eventually(() => (notices(at).length === count ? true : undefined), `${count} notices`)

describe('never', () => {
  test('stops notices to an address from the next mail on, lists it with its note, and lets go of it again', async () => {
    const at = await start()
    const added = await at.replyd(['never', 'add', '*@Partner.example', '--note', 'asked us not to'])
    expect(added).toMatchObject({ code: 0, stdout: 'never writing to *@partner.example from now on\n' })
    expect((await received(at, 'nikos@partner.example')).reasons).toEqual(['recipient-never-answered'])
    expect((await at.replyd(['never', 'list'])).stdout).toMatch(/\*@partner\.example .* asked us not to/u)
    expect((await at.replyd(['never', 'remove', '*@partner.example', '--json'])).stdout).toContain('"removed"')
    expect((await received(at, 'nikos@partner.example', { Subject: 'Another matter' })).reasons).toEqual([])
    expect(await at.replyd(['never', 'remove', '*@partner.example'])).toMatchObject({ code: 1 })
    expect(await at.replyd(['never', 'add', 'partner.example'])).toMatchObject({ code: 2 })
  })
})

describe('messages send', () => {
  test('answers what a sign silenced, once, and says so in the record', async () => {
    const at = await start()
    const line = await received(at, 'maria@customer.example', { Precedence: 'bulk' })
    expect(line.reasons).toEqual(['bulk'])
    expect(await at.replyd(['messages', 'send', line.id])).toMatchObject({ code: 0 })
    await sent(at, 1)
    expect(notices(at)[0]).toMatch(/^To: .*maria@customer\.example/mu)
    const again = await at.replyd(['messages', 'send', line.id, '--json'])
    expect(again.code).toBe(1)
    expect(again.stdout).toContain('answered-before')
    expect((await at.replyd(['messages', 'show', line.id])).stdout).toMatch(/^Order +.* send acknowledgement$/mu)
    expect(notices(at)).toHaveLength(1)
  })
  test.each([
    ['a hard sign', { 'Auto-Submitted': 'auto-replied' }, 'maria@customer.example', 'automatic'],
    ['the null sender', {}, '', 'null-sender'],
  ])('never answers in spite of %s', async (_what, head, reversePath, reason) => {
    const at = await start()
    const line = await received(at, 'maria@customer.example', head, reversePath)
    const refused = await at.replyd(['messages', 'send', line.id, '--json'])
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stdout).toContain(reason)
    expect(notices(at)).toEqual([])
  })
  test('of a message that was answered is refused', async () => {
    const at = await start()
    const line = await received(at, 'maria@customer.example')
    await sent(at, 1)
    expect(await at.replyd(['messages', 'send', line.id])).toMatchObject({ code: 1 })
    expect(await at.replyd(['messages', 'send', 'NOSUCHMESSAGE'])).toMatchObject({ code: 1 })
    expect(await at.replyd(['messages', 'send', line.id, '--notice', 'love-letter'])).toMatchObject({ code: 2 })
  })
  test('works without a daemon; the notice goes out when one starts', async () => {
    const at = await start()
    const line = await received(at, 'maria@customer.example', { Precedence: 'bulk' })
    await at.stop()
    expect(await at.replyd(['messages', 'send', line.id])).toMatchObject({ code: 0 })
    daemon = await startDaemon(folder)
    await sent(at, 1)
  })
})

describe('messages mark', () => {
  test('as a person gives the message a ticket, and sends nothing by itself', async () => {
    const at = await start()
    const line = await received(at, 'maria@customer.example', { Precedence: 'bulk' })
    expect(line.ticket).toBeUndefined()
    expect(await at.replyd(['messages', 'mark', line.id, 'person'])).toMatchObject({ code: 0 })
    const marked = await shown(at, line.id)
    expect(marked).toMatchObject({ marked: 'person' })
    expect(marked.ticket).toMatch(/^[0-9A-Z]{7}$/u)
    expect(notices(at)).toEqual([])
    expect((await at.replyd(['messages', 'list'])).stdout).toContain('person (marked)')
  })
})

describe('shadow mode', () => {
  test('renders what it would send, sends nothing, and going live flushes nothing', async () => {
    const at = await start(CONFIG.replace('send: {', 'send: {mode: shadow, '))
    const line = await received(at, 'maria@customer.example')
    const kept = await at.logged((one) => one.event === 'notice.rehearsed')
    const shown = await at.replyd(['queue', 'show', String(kept.entry)])
    expect(shown.stdout).toMatch(/would-send[\s\S]*Subject: Automatic reply: Re: Inverter shows E07/u)
    expect(line.reasons).toEqual([])
    expect(notices(at)).toEqual([])
    await at.stop()
    const config = readFileSync(at.config, 'utf8').replace('mode: shadow, ', '')
    writeFileSync(at.config, config)
    daemon = await startDaemon(folder)
    const next = await received(daemon, 'nikos@customer.example', { Subject: 'A question' })
    expect(next.reasons).toEqual([])
    await sent(daemon, 1)
    expect(notices(daemon).map((text) => /^To: (.*)$/mu.exec(text)?.[1]?.trim())).toEqual(['nikos@customer.example'])
  })
})

describe('the global breaker', () => {
  test('trips once, stops notices, keeps accepting, and is armed again by a person', async () => {
    const at = await start(`${CONFIG}limits: {global: 2/1h}\n`)
    for (const who of ['a', 'b']) expect((await received(at, `${who}@one.example`)).reasons).toEqual([])
    expect((await received(at, 'c@one.example')).reasons).toEqual(['limit-global'])
    expect((await received(at, 'd@one.example')).reasons).toContain('breaker-open')
    expect(at.log.filter((line) => line.event === 'breaker.tripped')).toHaveLength(1)
    expect((await at.replyd(['queue', 'list'])).stdout).toContain('The breaker is open')
    expect(await at.replyd(['queue', 'arm'])).toMatchObject({ code: 0 })
    expect((await received(at, 'e@one.example')).reasons).toEqual([])
    await sent(at, 3)
  })
})

describe('where the password of the relay is there for the service alone', () => {
  const secret = 'send: {auth: {user: replyd, password: {credential: smtp}}, '
  const run = (...args: string[]) => runCli([...args, '--config', `${folder}/replyd.yaml`], folder)
  test('orders are carried out and mail is explained all the same, and check tells of it', async () => {
    folder = newFolder(CONFIG.replace('send: {', secret).replace('"maildir:outbox"', '"smtp://smtp.acme.example:587"'))
    writeFileSync(join(folder, 'mail.eml'), letter({ From: 'maria@customer.example', To: 'support@acme.example' }))
    expect(await run('never', 'add', '*@partner.example')).toMatchObject({ code: 0 })
    expect(await run('explain', join(folder, 'mail.eml'))).toMatchObject({ code: 0, stderr: '' })
    const checked = await run('check')
    expect(checked.code).toBe(2)
    expect(checked.stderr).toContain('Cannot read the secret {credential: smtp}')
  })
})

test('nobody is muted at first, and lifting a mute that is not there says so', async () => {
  folder = newFolder()
  const config = `${folder}/replyd.yaml`
  expect(await runCli(['mute', 'lift', 'maria@customer.example', '--config', config], folder)).toMatchObject({
    code: 1,
  })
  expect((await runCli(['mute', 'list', '--config', config], folder)).stdout).toBe('Nobody is muted.\n')
})
