/**
 * The entry of the child process that compiles MJML, so that nothing of it stays with the daemon. Reads an MjmlRequest
 * as JSON from standard input, writes an MjmlResponse to standard output. Called so (the module ends in .js once compiled):
 *
 *     const { results } = await runInChild<MjmlResponse>(new URL('./render/mjml-process.ts', import.meta.url),
 *       { sources } satisfies MjmlRequest, { timeoutMs: 30_000 })
 */
import process from 'node:process'
import type { CompiledMjml, MjmlRequest, MjmlResponse } from './mjml.ts'
import { compileWithMjml } from './mjml-compile.ts'

let input = ''
for await (const chunk of process.stdin.setEncoding('utf8')) input += String(chunk)
const request = JSON.parse(input) as MjmlRequest
const results: CompiledMjml[] = []
for (const source of request.sources) results.push(await compileWithMjml(source))
process.stdout.write(JSON.stringify({ results } satisfies MjmlResponse))
