import { hostname } from 'node:os'
import process from 'node:process'
import { assemble } from './assemble.ts'
import type { Config } from './config.ts'
import { CROSS_CHECKS } from './cross/checks.ts'
import { placed } from './cross/found.ts'
import { signsExist } from './cross/names.ts'
import { exposedSecrets, missingFiles } from './named-files.ts'
import { withoutEffect } from './not-yet.ts'
import { parseSections } from './parse-sections.ts'
import type { Environment } from './paths.ts'
import { type ConfigProblem, inOrder } from './problem.ts'
import { isHostname } from './schema/places.ts'
import type { Parsed } from './schema/replyd.ts'
import { readSource } from './source.ts'
import { type ConfigDocument, readYaml } from './yaml/document.ts'

/** `text` is the file as read ('' if it was not), for `formatProblem`. */
export type Loaded =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly ConfigProblem[]; readonly text: string }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[]; readonly text: string }

/**
 * Reads and checks a configuration file whole.
 * @param path of the YAML file; problems name it as it is given
 * @param env `STATE_DIRECTORY` counts, for secrets that lie there
 * @param signCodes the signs there are, for `signs.off`; without it those codes are not compared with anything
 * @returns either a Config in which nothing is wrong, with warnings, or everything that is wrong, in the order of the file.
 *   Never rejects for what a file may hold or a path may name.
 */
export async function loadConfig(path: string, env: Environment, signCodes?: readonly string[]): Promise<Loaded> {
  const source = await readSource(path)
  if (!source.ok) return { ok: false, problems: [source.problem], text: '' }
  const { text } = source
  const { document, problems: malformed } = readYaml(path, text)
  if (document === undefined) return { ok: false, problems: inOrder(hushed(malformed, text)), text }
  const { readable, problems: wrong } = parseSections(document)
  const checks = signCodes === undefined ? CROSS_CHECKS : [...CROSS_CHECKS, signsExist(signCodes)]
  const crossed = checks.flatMap((check) => check(readable, document.value))
  const missing = await missingFiles(readable, path)
  const problems = [...malformed, ...wrong, ...[...crossed, ...missing].map((one) => placed(one, document))]
  if (problems.length > 0) return { ok: false, problems: inOrder(hushed(problems, text)), text }
  const config = assemble(readable.sections as Parsed, machineName())
  return { ok: true, config, warnings: inOrder(await warningsOf(document, env)), text }
}

async function warningsOf(document: ConfigDocument, env: Environment): Promise<readonly ConfigProblem[]> {
  const where = { env, configFile: document.file, cwd: process.cwd() }
  const findings = [...withoutEffect(document), ...(await exposedSecrets(document, where))]
  return findings.map((one) => placed(one, document))
}

/** `password: hunter2`, whatever the exact key: such a line is not quoted in any message. */
const PLAIN_SECRET = /(?:pass?\w{0,9}|secret|token)["']?:[ \t]*["']?[^\s{"'&*]/iu

function hushed(problems: readonly ConfigProblem[], text: string): readonly ConfigProblem[] {
  const lines = text.split('\n')
  const secret = new Set(problems.filter((one) => one.secret === true).map((one) => one.line))
  return problems.map((one) =>
    secret.has(one.line) || PLAIN_SECRET.test(lines[one.line - 1] ?? '') ? { ...one, secret: true } : one,
  )
}

/** What the machine calls itself; `localhost` where that is no host name. */
function machineName(): string {
  const name = hostname().toLowerCase()
  return isHostname(name) ? name : 'localhost'
}
