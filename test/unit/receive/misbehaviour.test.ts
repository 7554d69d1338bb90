import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Client, connectTo, introduced } from './client.ts'
import { type Door, type DoorOptions, MAIL, openDoor } from './fixture.ts'

const open: { door: Door; clients: Client[] }[] = []
afterEach(async () => {
  for (const { door, clients } of open.splice(0)) {
    for (const client of clients) client.close()
    await door.listener.close(0)
  }
})

async function doorWith(
  options: DoorOptions,
): Promise<{ door: Door; greet: () => Promise<Client>; meet: () => Promise<Client> }> {
  const door = await openDoor(options)
  const clients: Client[] = []
  open.push({ door, clients })
  const kept = async (opening: Promise<Client>): Promise<Client> => {
    const client = await opening
    clients.push(client)
    return client
  }
  return {
    door,
    greet: () => kept(connectTo(door.listener.address)),
    meet: () => kept(introduced(door.listener.address)),
  }
}

describe('a client that leaves with an RST', () => {
  let door: Door
  const surprises: unknown[] = []
  const note = (error: unknown): void => void surprises.push(error)
  beforeAll(async () => {
    door = await openDoor()
    process.on('uncaughtException', note).on('unhandledRejection', note)
  })
  afterAll(async () => {
    process.off('uncaughtException', note).off('unhandledRejection', note)
    await door.listener.close(0)
  })

  const STATES: Readonly<Record<string, readonly string[]>> = {
    'after EHLO': [],
    'after MAIL': ['MAIL FROM:<a@customer.example>'],
    'after RCPT': ['MAIL FROM:<a@customer.example>', 'RCPT TO:<support@acme.example>'],
    'after DATA': ['MAIL FROM:<a@customer.example>', 'RCPT TO:<support@acme.example>', 'DATA'],
  }

  test('in any state harms nobody and leaves nothing open', async () => {
    const early = await connectTo(door.listener.address)
    early.reset()
    const greeted = await connectTo(door.listener.address)
    await greeted.reply()
    greeted.reset()
    await Promise.all(
      Object.values(STATES).flatMap((lines) =>
        ['', `${MAIL}half a line`, `${MAIL}${'x'.repeat(70_000)}`].map(async (more) => {
          const client = await introduced(door.listener.address)
          await client.pipeline(lines)
          if (more !== '') client.write(more)
          client.reset()
        }),
      ),
    )
    await vi.waitFor(() => expect(door.listener.sessions()).toBe(0))
    await vi.waitFor(() => expect(door.intake.open()).toBe(0))
    expect(door.intake.kept).toEqual([])
    expect(surprises).toEqual([])
    const polite = await introduced(door.listener.address)
    expect(await polite.send(MAIL)).toMatch(/^250 /u)
    polite.close()
  })
  test('in the middle of a message is told to the log', () => {
    const why = door.log.filter((one) => one.name === 'message.refused').map((one) => one.why)
    expect(why).toContain('the client went away')
  })
})

describe('a client that does not keep to the protocol', () => {
  test('by talking before the greeting gets 421', async () => {
    const { greet, door } = await doorWith({})
    const client = await greet()
    client.write('EHLO client.example\r\n')
    expect(await client.reply()).toMatch(/^421 .*talk too soon/u)
    expect(await client.reply()).toBe('closed')
    expect(door.log).toContainEqual(expect.objectContaining({ name: 'session.refused', code: 421 }))
  })
  test('by speaking HTTP gets 421', async () => {
    const { greet } = await doorWith({})
    const client = await greet()
    await client.reply()
    expect(await client.say('POST / HTTP/1.1')).toMatch(/^421 /u)
  })
  test('by a command line without end gets 421', async () => {
    const { meet } = await doorWith({})
    const client = await meet()
    client.write('X'.repeat(20_000))
    expect(await client.reply()).toMatch(/^421 .*too long/u)
  })
  test('by silence is closed', async () => {
    const { meet } = await doorWith({ limits: { idleMs: 150 } })
    const client = await meet()
    expect(await client.reply()).toMatch(/^421 4\.4\.2 Timeout/u)
    expect(await client.reply()).toBe('closed')
  })
})

describe('caps', () => {
  test('on sessions in all and from one address, given back when a session ends', async () => {
    const { greet, door } = await doorWith({ limits: { sessions: 3, sessionsPerIp: 2 } })
    const [first] = await Promise.all([greet(), greet()])
    expect(await first.reply()).toMatch(/^220 /u)
    const third = await greet()
    expect(await third.reply()).toMatch(/^421 4\.7\.0 .*your address/u)
    expect(await third.reply()).toBe('closed')
    await first.say('QUIT')
    first.close()
    await vi.waitFor(() => expect(door.listener.sessions()).toBe(1))
    expect(await (await greet()).reply()).toMatch(/^220 /u)
  })
  test('on sessions from one address do not bind networks that are trusted; the one on all does', async () => {
    const { greet } = await doorWith({ limits: { sessions: 2, sessionsPerIp: 1 }, unlimitedFrom: ['127.0.0.0/8'] })
    const both = await Promise.all([greet(), greet()])
    expect(await both[1].reply()).toMatch(/^220 /u)
    expect(await (await greet()).reply()).toMatch(/^421 4\.3\.2 /u)
  })
  test('on recipients of a message: 452, and the others get it', async () => {
    const { meet } = await doorWith({ recipient: () => 'ours', limits: { recipientsPerMessage: 2 } })
    const client = await meet()
    const to = ['a', 'b', 'c'].map((one) => `RCPT TO:<${one}@acme.example>`)
    const replies = await client.pipeline(['MAIL FROM:<>', ...to, 'DATA'])
    expect(replies[3]).toMatch(/^452 4\.5\.3 /u)
    expect(await client.say(`${MAIL}.`)).toMatch(/^250 /u)
  })
  test('on refused recipients: whoever guesses addresses is dropped', async () => {
    const { meet, door } = await doorWith({ limits: { refusedRecipientsPerSession: 3 } })
    const client = await meet()
    await client.say('MAIL FROM:<>')
    for (const guess of ['a', 'b', 'c']) expect(await client.say(`RCPT TO:<${guess}@acme.example>`)).toMatch(/^550 /u)
    expect(await client.say('RCPT TO:<support@acme.example>')).toMatch(/^421 4\.7\.0 /u)
    expect(await client.reply()).toBe('closed')
    expect(door.log.filter((one) => one.name === 'recipient.refused')).toHaveLength(3)
  })
  test('on messages of a session', async () => {
    const { meet, door } = await doorWith({ limits: { messagesPerSession: 2 } })
    const client = await meet()
    expect(await client.send(MAIL)).toMatch(/^250 /u)
    expect(await client.send(MAIL)).toMatch(/^250 /u)
    expect(await client.say('MAIL FROM:<>')).toMatch(/^421 4\.7\.0 Enough messages/u)
    expect(door.intake.kept).toHaveLength(2)
  })
  test('on commands between two messages; a message begins a new count', async () => {
    const { meet } = await doorWith({ limits: { commandsPerMessage: 12 } })
    const client = await meet()
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 6; i += 1) expect(await client.say('NOOP')).toMatch(/^250 /u)
      expect(await client.send(MAIL)).toMatch(/^250 /u)
    }
    const noops = Array.from({ length: 11 }, () => 'NOOP')
    expect((await client.pipeline(noops)).every((one) => one.startsWith('250'))).toBe(true)
    expect(await client.say('NOOP')).toMatch(/^421 4\.7\.0 Too many commands/u)
    expect(await client.reply()).toBe('closed')
  })
})

describe('the PROXY line', () => {
  const LINE = 'PROXY TCP4 203.0.113.9 127.0.0.1 4711 25\r\n'

  test('from a listed network names the client, for trace, caps and log', async () => {
    const { door } = await doorWith({ proxyFrom: ['127.0.0.0/8'], limits: { sessionsPerIp: 1 } })
    const client = await connectTo(door.listener.address, LINE)
    open[0]?.clients.push(client)
    expect(await client.reply()).toMatch(/^220 /u)
    await client.say('HELO client.example')
    expect(await client.send(MAIL)).toMatch(/^250 /u)
    expect(door.intake.kept[0]?.incoming.peer.ip).toBe('203.0.113.9')
    expect(door.intake.kept[0]?.text).toMatch(
      /^Received: from client\.example \(\[203\.0\.113\.9\]\)\r\n\tby \S+ with SMTP\r\n/u,
    )
    const again = await connectTo(door.listener.address, LINE)
    expect(await again.reply()).toMatch(/^421 4\.7\.0 /u)
    const other = await connectTo(door.listener.address, LINE.replace('TCP4 203.0.113.9', 'TCP6 2001:db8::9'))
    expect(await other.reply()).toMatch(/^220 /u)
    again.close()
    other.close()
  })
  test('from anybody else is refused, and believed in nothing', async () => {
    const { door } = await doorWith({ proxyFrom: ['10.0.0.0/8', '192.0.2.1'] })
    const client = await connectTo(door.listener.address, LINE)
    open[0]?.clients.push(client)
    expect(await client.reply()).toMatch(/^421 /u)
    const later = await connectTo(door.listener.address)
    open[0]?.clients.push(later)
    await later.reply()
    expect(await later.say(LINE.trimEnd())).toMatch(/^500 /u)
    expect(door.log.some((one) => 'ip' in one && one.ip === '203.0.113.9')).toBe(false)
  })
  test('that is missing from a listed network ends the connection', async () => {
    const { door } = await doorWith({ proxyFrom: ['127.0.0.1'] })
    const client = await connectTo(door.listener.address, 'EHLO client.example\r\n')
    open[0]?.clients.push(client)
    expect(await client.reply()).toBe('closed')
    expect(door.log).toContainEqual(expect.objectContaining({ name: 'listener.error', error: 'Invalid PROXY header' }))
  })
  test('list with something that is no network is an error that names it', async () => {
    await expect(openDoor({ proxyFrom: ['proxy.acme.example'] })).rejects.toThrow(/proxy\.acme\.example, wanted an IP/u)
  })
})
