import type { World } from '../ops/clock.ts'
import { dnsCode, dnsError, type Resolve, saysNothing } from './resolve.ts'

export type CacheBounds = {
  /** Answers remembered at once, 1 or more; the oldest makes room. */
  readonly entries: number
  /** Characters of an answer that is remembered at all. */
  readonly answerCharacters: number
  /** How long an answer is good: Node tells no TTL of TXT records. */
  readonly keepMs: number
  /** How long it is remembered that there is no such record (RFC 2308 asks for the zone's own figure, which Node does not tell). */
  readonly keepNothingMs: number
  /** How long a question that failed is not asked again (RFC 9520 3.2: 1 second to 5 minutes). */
  readonly keepTroubleMs: number
  /** After this a question counts as failed, and the next one who asks does not wait for it. */
  readonly questionMs: number
}

/**
 * Five minutes is what large senders publish for what they change often, and nobody takes back a key sooner; a record put
 * right must count soon. The worst cache holds 8 Mi characters.
 */
export const CACHE_BOUNDS: CacheBounds = {
  entries: 4_000,
  answerCharacters: 2_048,
  keepMs: 5 * 60_000,
  keepNothingMs: 60_000,
  keepTroubleMs: 5_000,
  questionMs: 10_000,
}

const MAX_NAME = 255 // RFC 1035 2.3.4

type Remembered = { readonly until: number; answer(): readonly unknown[] }

/** Remembers what the DNS said, also that it said no, and asks the same question once for all who wait for the answer. */
export function cached(ask: Resolve, bounds: CacheBounds, world: World): Resolve {
  const remembered = new Map<string, Remembered>()
  const open = new Map<string, Promise<readonly unknown[]>>()

  function remember(key: string, keepMs: number, answer: Remembered['answer']): void {
    remembered.delete(key)
    const oldest = remembered.size >= bounds.entries ? remembered.keys().next() : undefined
    if (oldest?.done === false) remembered.delete(oldest.value)
    remembered.set(key, { until: world.now() + keepMs, answer })
  }

  async function question(key: string, name: string, type: string): Promise<readonly unknown[]> {
    try {
      const answer = await inTime(ask(name, type), bounds.questionMs)
      const isSmall = JSON.stringify(answer).length <= bounds.answerCharacters
      // a list of its own for everybody who asks: mailauth sorts MX records where they lie
      if (isSmall) remember(key, bounds.keepMs, () => [...answer])
      return answer
    } catch (error) {
      const code = dnsCode(error)
      const message = error instanceof Error ? error.message : String(error)
      // an Error of its own as well: mailauth writes its findings onto it
      remember(key, saysNothing(error) ? bounds.keepNothingMs : bounds.keepTroubleMs, () => {
        throw dnsError(code, message)
      })
      throw dnsError(code, message)
    }
  }

  function begin(key: string, name: string, type: string): Promise<readonly unknown[]> {
    const running = question(key, name, type).finally(() => open.delete(key))
    open.set(key, running)
    return running
  }

  return async (name, type) => {
    if (name.length > MAX_NAME) throw dnsError('EBADNAME', `${name.length} characters are no name`)
    const key = `${type} ${name.toLowerCase()}`
    const known = remembered.get(key)
    if (known !== undefined && world.now() < known.until) return known.answer()
    return (await (open.get(key) ?? begin(key, name, type))).slice()
  }
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(dnsError('ETIMEOUT', `no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
