/** One file of the template tree. Later sources with the same path overlay earlier ones. */
export type TemplateSource = {
  /** Relative to the tree, with slashes: `en/acknowledgement.md`, `layouts/plain.mjml`. */
  readonly path: string
  readonly text: string
  /** Where it lies, for messages; `path` where the caller does not say. */
  readonly file?: string
}

/** Something that is wrong with a template: an error keeps it from being used, a warning does not. */
export type TemplateFinding = {
  readonly severity: 'error' | 'warning'
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly message: string
  /** What to do, where that can be said. */
  readonly hint?: string
}

export function fileOf(source: TemplateSource): string {
  return source.file ?? source.path
}

/** `en/acknowledgement.md:3:7: error: unknown variable custmer.name; did you mean customer.name?` */
export function formatFinding(finding: TemplateFinding): string {
  const hint = finding.hint === undefined ? '' : `; ${finding.hint}`
  return `${finding.file}:${finding.line}:${finding.column}: ${finding.severity}: ${finding.message}${hint}`
}

/** Line and column, from 1, of an offset in a text. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}
