/** Shadow mode: what would be sent is rendered and kept like what is sent, so that it can be read before going live. */
import type { Ledger } from './mail/ledger-port.ts'
import type { World } from './ops/clock.ts'
import type { Log } from './ops/events.ts'
import { rendered } from './outbound.ts'
import type { Settings } from './settings.ts'

/** Entries looked up at once; a bound on memory alone. */
const AT_ONCE = 50

export type RehearsalParts = {
  readonly ledger: Ledger
  readonly settings: () => Settings
  readonly world: World
  readonly log: Log
}

export type Rehearsal = {
  /** Renders what is not rendered yet, soon. Never waits, never throws. */
  poke(): void
  /** Resolves when nothing is being rendered and nothing more will be. Idempotent. */
  close(): Promise<void>
}

export function openRehearsal(parts: RehearsalParts): Rehearsal {
  let closed = false
  let asked = false
  let running: Promise<void> | undefined

  async function work(): Promise<void> {
    while (asked && !closed) {
      asked = false
      try {
        await renderAll()
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        parts.log('ledger.trouble', { doing: 'keep what shadow mode would send', error: why })
      }
    }
    running = undefined
  }

  /** An entry that cannot be kept ends the round: the next settlement, or the next start, tries again. */
  async function renderAll(): Promise<void> {
    for (;;) {
      const entries = await parts.ledger.unrendered(AT_ONCE)
      for (const entry of entries) {
        if (closed) return
        if (entry.cargo.kind !== 'notice') continue
        const octets = await rendered(entry, entry.cargo, { ...parts, settings: parts.settings() })
        await parts.ledger.keep(entry.id, octets)
        const { kind: notice, locale } = entry.cargo.notice
        parts.log('notice.rehearsed', { entry: entry.id, incoming: entry.incoming, notice, locale })
      }
      if (entries.length < AT_ONCE) return
    }
  }

  return {
    poke: () => {
      asked = true
      if (!closed) running ??= work()
    },
    close: async () => {
      closed = true
      await running
    },
  }
}
