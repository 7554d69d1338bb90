/**
 * The entry of the child process that compiles MJML: importing MJML costs 650 ms and 80 MB that never come back, so
 * it happens where nothing of it stays. Reads an MjmlRequest as JSON from standard input, writes an MjmlResponse.
 */
import process from 'node:process'
import { text } from 'node:stream/consumers'
import mjml2html from 'mjml'
import type { CompiledMjml, MjmlError, MjmlRequest, MjmlResponse } from './mjml.ts'

async function compile(source: string): Promise<CompiledMjml> {
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

const request = JSON.parse(await text(process.stdin)) as MjmlRequest
const results: CompiledMjml[] = []
for (const source of request.sources) results.push(await compile(source))
process.stdout.write(JSON.stringify({ results } satisfies MjmlResponse))
