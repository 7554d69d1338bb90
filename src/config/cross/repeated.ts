import { dotted } from '../explain-issue.ts'
import type { Path } from '../yaml/document.ts'
import type { Finding } from './found.ts'

/** Something that may stand in the file only once: `key` is what is compared, `shown` how the admin wrote it. */
export type Once = { readonly key: string; readonly shown: string; readonly path: Path }

/** A finding for every repetition, naming the place of the first. */
export function repeated(all: readonly Once[]): readonly Finding[] {
  const first = new Map<string, Path>()
  return all.flatMap(({ key, shown, path }): readonly Finding[] => {
    const earlier = first.get(key)
    if (earlier !== undefined) {
      return [{ path, message: `${shown} stands at ${dotted(earlier)} already`, hint: 'name each only once' }]
    }
    first.set(key, path)
    return []
  })
}
