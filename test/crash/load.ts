/** Customers who write all the time: what they were told 250 for is what must never be lost. */
import { type Dialogue, dialogue, letter, sendOver } from '../e2e/smtp-dialogue.ts'

export type Load = {
  /** Message-IDs of mails that were answered with 250, in order. */
  readonly accepted: readonly string[]
  /** Resolves when so many more were accepted. */
  more(count: number): Promise<void>
  /** Stops sending; resolves when every session has ended. */
  stop(): Promise<void>
}

const SESSIONS = 20

/** @param run makes the addresses of this round unique */
export function startLoad(address: string, run: string, sessions = SESSIONS): Load {
  const accepted: string[] = []
  const watchers = new Set<() => void>()
  const stopping = new AbortController()
  let serial = 0

  async function mailOn(session: Dialogue): Promise<boolean> {
    serial += 1
    const name = `${run}-${serial}`
    const sent = {
      from: `${name}@customer.example`,
      to: ['support@acme.example'],
      mail: letter({
        From: `${name}@customer.example`,
        'Message-ID': `<${name}@customer.example>`,
        Subject: `Question ${name}`,
      }),
    }
    const reply = await sendOver(session, sent)
    if (!reply.startsWith('250')) return false
    accepted.push(`<${name}@customer.example>`)
    for (const watch of watchers) watch()
    return true
  }

  async function customer(): Promise<void> {
    const session = await dialogue(address)
    await session.reply()
    await session.say('EHLO customer.example')
    while (!stopping.signal.aborted && (await mailOn(session)));
    session.close()
  }

  const all = Promise.all(Array.from({ length: sessions }, () => customer().catch(() => {})))
  return {
    accepted,
    more: (count) =>
      new Promise((resolve) => {
        const goal = accepted.length + count
        const watch = (): void => {
          if (accepted.length < goal) return
          watchers.delete(watch)
          resolve()
        }
        watchers.add(watch)
        watch()
      }),
    stop: async () => {
      stopping.abort()
      await all
    },
  }
}
