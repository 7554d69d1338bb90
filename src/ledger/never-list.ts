import type { NeverRule } from '../mail/limits.ts'
import type { Store } from './store.ts'

/** The operator's list in memory: it is asked for every message and changes hardly ever. */
export type NeverList = {
  /** In byte order of the patterns. Inside a transaction: as the transaction sees it. */
  rules(): readonly NeverRule[]
  add(rule: NeverRule): 'added' | 'there'
  remove(pattern: string): 'removed' | 'absent'
  /** To be called whenever something is rolled back: what is in memory may be what was just undone. */
  forget(): void
}

export function neverRules(store: Store): readonly NeverRule[] {
  return store.all<NeverRule>('SELECT pattern, since, note FROM never ORDER BY pattern')
}

export function openNeverList(store: Store): NeverList {
  let known: readonly NeverRule[] | undefined
  const forget = (): void => {
    known = undefined
  }
  return {
    rules: () => {
      known ??= neverRules(store)
      return known
    },
    add: ({ pattern, since, note }) => {
      forget()
      const there = store.run(
        "UPDATE never SET note = iif(? = '', note, ?) WHERE pattern = ?",
        note,
        note,
        pattern.toLowerCase(),
      )
      if (there > 0) return 'there'
      store.run('INSERT INTO never (pattern, since, note) VALUES (?, ?, ?)', pattern.toLowerCase(), since, note)
      return 'added'
    },
    remove: (pattern) => {
      forget()
      return store.run('DELETE FROM never WHERE pattern = ?', pattern.toLowerCase()) > 0 ? 'removed' : 'absent'
    },
    forget,
  }
}
