import { dotted } from '../explain-issue.ts'
import type { Readable } from '../parse-sections.ts'
import type { ConfigProblem } from '../problem.ts'
import type { ConfigDocument, Path } from '../yaml/document.ts'
import { placeOfKey, placeOfValue } from '../yaml/locate.ts'

/** Something wrong between two places of the file. */
export type Finding = {
  readonly path: Path
  /** Where the caret stands; the value unless told otherwise. */
  readonly at?: 'key'
  readonly message: string
  readonly hint?: string
}

/** A check of what one place of the file says against another. Pure. */
export type CrossCheck = (readable: Readable, file: Readonly<Record<string, unknown>>) => readonly Finding[]

/** A finding at its place. */
export function placed(finding: Finding, config: ConfigDocument): ConfigProblem {
  const { path, at, message, hint } = finding
  return {
    ...(at === 'key' ? placeOfKey : placeOfValue)(config, path),
    message: path.length === 0 ? message : `${dotted(path)}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  }
}
