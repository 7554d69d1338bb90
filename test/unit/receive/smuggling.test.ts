import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, introduced } from './client.ts'
import { type Door, openDoor } from './fixture.ts'

let door: Door
let client: Client

beforeAll(async () => {
  door = await openDoor({ recipient: () => 'ours' })
  client = await introduced(door.listener.address)
})
afterAll(async () => {
  client.close()
  await door.listener.close(0)
})

/** Ends of a line with a dot alone that some server takes for the end of a message (field names: SMTP smuggling, 2023). */
const FALSE_ENDS: readonly (readonly [string, string])[] = [
  ['LF . LF', '\n.\n'],
  ['LF . CR LF', '\n.\r\n'],
  ['CR LF . LF', '\r\n.\n'],
  ['CR . CR', '\r.\r'],
  ['CR LF . CR', '\r\n.\r'],
  ['LF . CR', '\n.\r'],
  ['CR . CR LF', '\r.\r\n'],
  ['CR LF NUL . CR LF', '\r\n\0.\r\n'],
  ['CR LF . NUL CR LF', '\r\n.\0\r\n'],
]

const SMUGGLED = [
  'MAIL FROM:<ceo@acme.example>',
  'RCPT TO:<support@acme.example>',
  'DATA',
  'From: ceo@acme.example\r\n\r\nsmuggled',
].join('\r\n')

/** Each octet in a packet of its own, as far as the kernel lets us. */
async function oneByOne(mail: string): Promise<void> {
  client.socket.setNoDelay(true)
  for (const octet of mail) {
    client.write(octet)
    await setImmediate()
  }
}

const attempt = async (falseEnd: string, octetByOctet: boolean): Promise<string> => {
  await client.pipeline(['MAIL FROM:<mallory@evil.example>', 'RCPT TO:<support@acme.example>', 'DATA'])
  const mail = `Subject: first\r\n\r\nHello${falseEnd}${SMUGGLED}\r\n.\r\n`
  if (octetByOctet) await oneByOne(mail)
  else client.write(mail)
  return client.reply()
}

describe('a false end of a message never makes two messages', () => {
  test.each(FALSE_ENDS)('%s, in one packet and octet by octet', async (_, falseEnd) => {
    for (const octetByOctet of [false, true]) {
      const before = door.intake.kept.length
      const reply = await attempt(falseEnd, octetByOctet)
      expect(await client.say('NOOP')).toBe('250 2.0.0 OK') // and no reply to a smuggled command before it
      const kept = door.intake.kept.slice(before)
      if (/\0/u.test(falseEnd)) {
        expect(reply).toMatch(/^250 /u)
        expect(kept).toHaveLength(1)
        expect(kept[0]?.text).toContain('smuggled')
      } else {
        expect(reply).toMatch(/^554 5\.6\.0 /u)
        expect(kept).toEqual([])
      }
      expect(door.intake.kept.every((one) => one.incoming.envelope.reversePath === 'mallory@evil.example')).toBe(true)
    }
  })

  test('the true end does make two, so that this test can fail', async () => {
    const before = door.intake.kept.length
    expect(await attempt('\r\n.\r\n', false)).toMatch(/^250 /u)
    for (const expected of [/^250 /u, /^250 /u, /^354 /u, /^250 /u]) expect(await client.reply()).toMatch(expected)
    expect(door.intake.kept).toHaveLength(before + 2)
  })
})
