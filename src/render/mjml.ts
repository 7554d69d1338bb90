/** What MJML says about one source. */
export type MjmlError = {
  /** Line of the source, from 1; 0 where it does not say. */
  readonly line: number
  readonly message: string
  /** The element it complains of, '' where it names none. */
  readonly tagName: string
}

/** `html` is '' where the source has errors. */
export type CompiledMjml = { readonly html: string; readonly errors: readonly MjmlError[] }

/**
 * Compiles MJML sources, one result for each in the same order. Given as an argument, because it takes a process of
 * its own and a cache. Rejects only when the process itself fails.
 */
export type CompileMjml = (sources: readonly string[]) => Promise<readonly CompiledMjml[]>

/** What the child process reads from standard input, and what it writes. */
export type MjmlRequest = { readonly sources: readonly string[] }
export type MjmlResponse = { readonly results: readonly CompiledMjml[] }
