/** A hundred senders at once with 25 MB each: the process stays small, and every octet is handed on. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually, newFolder, removeFolder, startDaemon } from './daemon.ts'
import { dialogue } from './smtp-dialogue.ts'

/** All of it where there is time; a tenth of the senders elsewhere, which already is more than fits if it were kept in memory. */
const SENDERS = process.env.REPLYD_REQUIRE_PEERS === '1' ? 100 : 16
const OCTETS = 25_000_000
const LIMIT_MB = 300

const LINE = `${'x'.repeat(76)}\r\n`
const BLOCK = Buffer.from(LINE.repeat(1_000))

function residentMb(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024
}

async function sendLarge(address: string, serial: number): Promise<string> {
  const session = await dialogue(address)
  await session.reply()
  for (const line of [
    'EHLO c.example',
    `MAIL FROM:<big${serial}@customer.example>`,
    'RCPT TO:<support@acme.example>',
    'DATA',
  ]) {
    await session.say(line)
  }
  session.socket.write(
    `From: big${serial}@customer.example\r\nSubject: large\r\nMessage-ID: <big${serial}@customer.example>\r\n\r\n`,
  )
  for (let sent = 0; sent < OCTETS; sent += BLOCK.length) {
    if (!session.socket.write(BLOCK)) await new Promise((resolve) => session.socket.once('drain', resolve))
  }
  const reply = await session.say('.')
  session.close()
  return reply
}

describe('memory', () => {
  test(`${SENDERS} connections with ${OCTETS / 1e6} MB each stay under ${LIMIT_MB} MB resident`, async () => {
    const folder = newFolder()
    const daemon = await startDaemon(folder)
    const replies = await Promise.all(
      Array.from({ length: SENDERS }, (_, serial) => sendLarge(daemon.ready.smtp, serial)),
    )
    expect(replies.filter((one) => !one.startsWith('250'))).toEqual([])
    const inbox = join(folder, 'mail/support/new')
    await eventually(
      () => (count(inbox) === SENDERS ? true : undefined),
      'every mail in the mailbox of the team',
      100_000,
    )
    expect(residentMb(daemon.pid)).toBeLessThan(LIMIT_MB)
    expect(readdirSync(inbox).every((name) => statSync(join(inbox, name)).size > OCTETS)).toBe(true)
    await daemon.stop()
    removeFolder(folder)
  })
})

function count(folder: string): number {
  try {
    return readdirSync(folder).length
  } catch {
    return 0
  }
}
