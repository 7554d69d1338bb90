import type { Finding } from './cross/found.ts'
import type { ConfigDocument, Path } from './yaml/document.ts'

/** A step `*` stands for every entry of a list or every name of a mapping. */
type Key = {
  readonly path: readonly string[]
  /** Values that ask for nothing, so that nothing is missed. */
  readonly idle?: readonly unknown[]
  /** Only these values have no effect; without it, all. */
  readonly only?: readonly unknown[]
}

/**
 * Keys that are read and checked whole but change nothing in this version. Whoever gives a key its effect takes its line
 * out. Defaults are never reported, because only keys that stand in the file are looked at.
 */
const WITHOUT_EFFECT: readonly Key[] = [
  { path: ['storage', 'retention'] },
  { path: ['layout'], idle: ['default'] },
  { path: ['receive', 'imap'] },
  { path: ['send', 'auth', 'oauth2'] },
  { path: ['send', 'dkim'] },
  { path: ['tickets', 'reopen_window'] },
  { path: ['schedules'] },
  { path: ['high_volume'] },
  { path: ['quiet_period'] },
  { path: ['acknowledge_after'], idle: ['0s'] },
  { path: ['follow_up_absence'], idle: ['off'] },
  { path: ['agents', '*', 'skills'] },
  { path: ['agents', '*', 'languages'] },
  { path: ['agents', '*', 'mailbox'] },
  { path: ['rules'] },
  { path: ['routes'] },
  { path: ['admin', 'token'] },
  { path: ['mailboxes', '*', 'schedule'] },
  { path: ['mailboxes', '*', 'reply_within'], only: ['auto'] },
  { path: ['mailboxes', '*', 'layout'], idle: ['default'] },
  { path: ['mailboxes', '*', 'send', 'auth', 'oauth2'] },
  { path: ['mailboxes', '*', 'send', 'dkim'] },
  { path: ['mailboxes', '*', 'acknowledge_after'], idle: ['0s'] },
  { path: ['mailboxes', '*', 'reopen_window'] },
]

/** One finding for each key of the table that the file writes; of many mailboxes the first counts. */
export function withoutEffect(config: ConfigDocument): readonly Finding[] {
  return WITHOUT_EFFECT.flatMap((key): readonly Finding[] => {
    const [first] = written(config.value, key, [])
    if (first === undefined) return []
    return [{ path: first, at: 'key', message: 'is understood and checked, but has no effect in this version' }]
  })
}

function written(value: unknown, key: Key, path: Path): readonly Path[] {
  const step = key.path[path.length]
  if (step === undefined) return isIdle(value, key) ? [] : [path]
  if (typeof value !== 'object' || value === null) return []
  const entries: readonly [string, unknown][] = Object.entries(value)
  return entries
    .filter(([name]) => step === '*' || name === step)
    .flatMap(([name, inner]) => written(inner, key, [...path, Array.isArray(value) ? Number(name) : name]))
}

function isIdle(value: unknown, { idle, only }: Key): boolean {
  if (only !== undefined) return !only.includes(value)
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
  return isEmpty || value === null || (idle?.includes(value) ?? false)
}
