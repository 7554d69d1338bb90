import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Trouble } from '../../../src/mail/trouble.ts'
import { type Client, introduced } from './client.ts'
import { type Door, MAIL, openDoor } from './fixture.ts'
import { memoryIntake } from './memory-intake.ts'

let door: Door
let client: Client

beforeAll(async () => {
  door = await openDoor()
  client = await introduced(door.listener.address)
})
afterAll(async () => {
  client.close()
  await door.listener.close(0)
})

const last = (): Door['intake']['kept'][number] => {
  const found = door.intake.kept.at(-1)
  if (found === undefined) throw new Error('nothing was kept')
  return found
}

describe('what is offered', () => {
  test('the extensions we keep, and none that we cannot', async () => {
    const offered = (await client.say('EHLO client.example')).split('\r\n').map((line) => line.slice(4))
    expect(offered.slice(1)).toEqual(['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES', 'SIZE 100000'])
  })
  test.each(['AUTH PLAIN AGEAYg==', 'XCLIENT ADDR=10.0.0.1', 'XFORWARD ADDR=10.0.0.1', 'STARTTLS', 'WIZ x'])(
    '%s is not understood',
    async (command) => {
      expect(await client.say(command)).toMatch(/^500 5\.5\.2 /u)
    },
  )
})

describe('a message', () => {
  test('is kept before the 250, with our trace field above it and not one octet changed', async () => {
    const mail = `${MAIL}.\r\n..\r\n.dots\r\n`
    expect(await client.send(mail)).toBe(`250 2.6.0 Accepted as ${last().incoming.id}`)
    const { incoming, text } = last()
    expect(text).toMatch(
      /^Received: from client\.example \(\[127\.0\.0\.1\]\)\r\n\tby mx\.acme\.example with ESMTP\r\n/u,
    )
    expect(text).toContain(`\tid ${incoming.id}\r\n\tfor <support@acme.example>;\r\n`)
    expect(text.slice(text.indexOf('From: '))).toBe(mail)
    expect(incoming).toMatchObject({
      source: 'smtp',
      envelope: { reversePath: 'maria@customer.example', recipients: ['support@acme.example'] },
      peer: { ip: '127.0.0.1', helo: 'client.example', tls: undefined },
      octets: Buffer.byteLength(text),
    })
    expect(door.accepted).toContainEqual(incoming)
  })
  test('for two of our mailboxes is one, with two recipients, and names neither in its trace', async () => {
    const before = door.intake.kept.length
    await client.send(MAIL, ['support@acme.example', 'Sales@ACME.example', 'SUPPORT@acme.example'])
    expect(door.intake.kept).toHaveLength(before + 1)
    expect(last().incoming.envelope.recipients).toEqual(['support@acme.example', 'Sales@acme.example'])
    expect(last().text).not.toContain('for <')
  })
  test('keeps the recipients that are ours when others of it are refused', async () => {
    const replies = await client.pipeline([
      'MAIL FROM:<maria@customer.example>',
      'RCPT TO:<nobody@acme.example>',
      'RCPT TO:<support@acme.example>',
      'DATA',
    ])
    expect(replies.map((one) => one.slice(0, 3))).toEqual(['250', '550', '250', '354'])
    expect(await client.say(`${MAIL}.`)).toMatch(/^250 /u)
    expect(last().incoming.envelope.recipients).toEqual(['support@acme.example'])
  })
  test('from the null sender has the null reverse-path', async () => {
    await client.send(MAIL, ['support@acme.example'], '')
    expect(last().incoming.envelope.reversePath).toBe('<>')
  })
  test('may come with all its commands and the next one in a single packet', async () => {
    const before = door.intake.kept.length
    const one = `MAIL FROM:<a@customer.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\n${MAIL}.\r\n`
    client.write(`${one}${one}`)
    const replies: string[] = []
    for (let i = 0; i < 8; i += 1) replies.push((await client.reply()).slice(0, 3))
    expect(replies).toEqual(['250', '250', '354', '250', '250', '250', '354', '250'])
    expect(door.intake.kept).toHaveLength(before + 2)
  })
  test('with a non-ASCII sender and recipient comes with SMTPUTF8, and its trace says so', async () => {
    await client.pipeline(['MAIL FROM:<jaan@näide.ee> SMTPUTF8 BODY=8BITMIME', 'RCPT TO:<jõgeva@näide.ee>', 'DATA'])
    expect(await client.say(`${MAIL}õ\r\n.`)).toMatch(/^250 /u)
    const { incoming, text } = last()
    expect(incoming.envelope).toEqual({ reversePath: 'jaan@näide.ee', recipients: ['jõgeva@näide.ee'] })
    expect(text).toContain('with UTF8SMTP\r\n')
    expect(text).toContain('for <jõgeva@näide.ee>;')
  })
  test('with an A-label domain keeps it for the sender and finds the mailbox that is configured in Unicode', async () => {
    await client.send(MAIL, ['info@xn--nide-loa.ee'], 'jaan@xn--nide-loa.ee')
    expect(last().incoming.envelope).toEqual({ reversePath: 'jaan@xn--nide-loa.ee', recipients: ['info@näide.ee'] })
    expect(last().text).not.toContain('for <')
  })
})

const codeOf = async (lines: readonly string[]): Promise<string> => {
  const replies = await client.pipeline(['RSET', ...lines, 'RSET'])
  return replies.at(-2) ?? ''
}

describe('a refusal', () => {
  test.each([
    ['an unknown recipient', 'RCPT TO:<nobody@acme.example>', /^550 5\.1\.1 There is no such mailbox here$/u],
    ['a relay attempt', 'RCPT TO:<victim@elsewhere.example>', /^550 5\.7\.1 We do not relay/u],
    ['a relay attempt by percent hack', 'RCPT TO:<victim%elsewhere.example@acme.example>', /^550 5\.1\.1 /u],
    ['a quoted recipient', 'RCPT TO:<"support@acme.example, x"@acme.example>', /^501 5\.1\.3 /u],
    ['a quoted local part', 'RCPT TO:<"support"@acme.example>', /^553 5\.1\.3 /u],
    ['a non-ASCII local part without SMTPUTF8', 'RCPT TO:<jõgeva@näide.ee>', /^553 5\.6\.7 /u],
  ])('%s', async (_, rcpt, reply) => {
    expect(await codeOf(['MAIL FROM:<maria@customer.example>', rcpt])).toMatch(reply)
  })
  test('postmaster without a domain is this host’s postmaster', async () => {
    expect(await codeOf(['MAIL FROM:<>', 'RCPT TO:<PostMaster>'])).toMatch(/^250 /u)
  })
  test.each([
    ['an IP literal', '<root@[10.0.0.1]>', /^553 5\.1\.7 /u],
    ['a quoted local part', '<"a,b"@customer.example>', /^553 5\.1\.7 /u],
    ['two addresses', '<a@b.example,c@d.example>', /^501 5\.1\.7 /u],
    ['no brackets', 'maria@customer.example', /^501 5\.1\.7 /u],
    ['no domain', '<maria>', /^501 5\.1\.7 /u],
    ['a non-ASCII local part without SMTPUTF8', '<jõgeva@näide.ee>', /^553 5\.6\.7 /u],
    ['a message announced as too large', '<maria@customer.example> SIZE=100001', /^552 5\.3\.4 /u],
  ])('a sender that is %s', async (_, path, reply) => {
    expect(await codeOf([`MAIL FROM:${path}`])).toMatch(reply)
  })
  test('a refused SMTPUTF8 sender leaves nothing behind for the next one', async () => {
    const lines = ['MAIL FROM:<x@[10.0.0.1]> SMTPUTF8', 'MAIL FROM:<a@xn--nide-loa.ee>', 'RCPT TO:<jõgeva@näide.ee>']
    expect(await codeOf(lines)).toMatch(/^553 5\.6\.7 /u)
  })
  test('a message that is too large is read to its end, and the next one is taken', async () => {
    const before = door.intake.kept.length
    expect(await client.send(`${MAIL}${'x'.repeat(98)}\r\n`.padEnd(200_000, 'y\r\n'))).toMatch(/^552 5\.3\.4 /u)
    expect(door.intake.kept).toHaveLength(before)
    expect(door.intake.open()).toBe(0)
    expect(await client.send(MAIL)).toMatch(/^250 /u)
  })
  test('a loop', async () => {
    expect(await client.send(`${'Received: by a; now\r\n'.repeat(101)}${MAIL}`)).toMatch(/^554 5\.4\.6 /u)
  })
  test('is written to the log with its reason', () => {
    const why = door.log.filter((one) => one.name === 'recipient.refused').map((one) => one.recipient)
    expect(why).toContain('victim@elsewhere.example')
    const codes = door.log.filter((one) => one.name === 'message.refused').map((one) => one.code)
    expect(codes).toEqual(expect.arrayContaining([552, 553, 554]))
  })
})

describe('trouble with the store', () => {
  test('a full disk is 452 4.3.1, and the session goes on', async () => {
    const full = await openDoor({ intake: memoryIntake({ roomOctets: 5_000 }) })
    const other = await introduced(full.listener.address)
    expect(await other.send(`${MAIL}${'x\r\n'.repeat(20_000)}`)).toMatch(/^452 4\.3\.1 /u)
    expect(await other.send(MAIL)).toMatch(/^250 /u)
    expect(full.intake.open()).toBe(0)
    other.close()
    await full.listener.close(0)
  })
  test('a commit that fails is 451 4.3.0, and nothing is told to the pipeline', async () => {
    const locked = new Trouble('store the message', 'temporary', new Error('database is locked'))
    const troubled = await openDoor({ intake: memoryIntake({ commitTrouble: locked }) })
    const other = await introduced(troubled.listener.address)
    const reply = await other.send(MAIL)
    expect(reply).toMatch(/^451 4\.3\.0 /u)
    expect(reply).not.toContain('database')
    expect(troubled.accepted).toEqual([])
    other.close()
    await troubled.listener.close(0)
  })
  test('a bug in the store is 451 as well: the sender keeps the mail', async () => {
    const broken = await openDoor({
      intake: {
        ...memoryIntake(),
        deposit: () => {
          throw new TypeError('bug')
        },
      },
    })
    const other = await introduced(broken.listener.address)
    expect(await other.send(`${MAIL}${'x\r\n'.repeat(30_000)}`)).toMatch(/^451 4\.3\.0 /u)
    expect(await other.say('NOOP')).toMatch(/^250 /u)
    other.close()
    await broken.listener.close(0)
  })
})
