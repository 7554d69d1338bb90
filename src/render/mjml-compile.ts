import mjml2html from 'mjml'
import type { CompiledMjml, MjmlError } from './mjml.ts'

/**
 * Compiles one source with MJML itself. Importing this module costs 650 ms and 80 MB that never come back: the daemon
 * does so only in the child process of mjml-process.ts.
 */
export async function compileWithMjml(source: string): Promise<CompiledMjml> {
  try {
    // no fonts: MJML's defaults load from Google; no includes: those are resolved before; no minify: it needs more packages
    const { html } = await mjml2html(source, { validationLevel: 'strict', fonts: {}, ignoreIncludes: true })
    return { html, errors: [] }
  } catch (error) {
    return { html: '', errors: errorsOf(error) }
  }
}

function errorsOf(error: unknown): readonly MjmlError[] {
  const found = (error as { errors?: readonly { line?: number; message?: string; tagName?: string }[] }).errors ?? []
  if (found.length > 0) {
    return found.map((one) => ({ line: one.line ?? 0, message: one.message ?? 'invalid', tagName: one.tagName ?? '' }))
  }
  return [{ line: 0, message: error instanceof Error ? error.message : String(error), tagName: '' }]
}
