import { createHash } from 'node:crypto'
import mjml from 'mjml/package.json' with { type: 'json' }

/** Raised when the options of mjml-process.ts change, so that no older result is taken for a new one. */
const OPTIONS = 1

/**
 * Names the compiled form of an MJML source: the source whole (Markdown and includes already in it), MJML's version and
 * our options. Lower-case hex.
 */
export function mjmlCacheKey(source: string): string {
  return createHash('sha256').update(`mjml ${mjml.version} ${OPTIONS}\n`).update(source).digest('hex')
}
