/** The rules of the house as functions over file texts, so that the rules themselves can be tried on a forbidden case. */

export type Source = { readonly path: string; readonly text: string }

/** Files beside the rooms that may join them. */
const JOINERS = [
  'main.ts',
  'daemon.ts',
  'pipeline.ts',
  'outbound.ts',
  'load.ts',
  'settings.ts',
  'consider.ts',
  'hand.ts',
  'rehearsal.ts',
  'templates.ts',
  'parser.ts',
  'listeners.ts',
  'cli',
]
const PURE = ['mail', 'parse', 'classify', 'thread', 'decide', 'schedule', 'render']
const IO = ['authenticate', 'receive', 'ledger', 'deliver', 'admin', 'config', 'ops']

/** Where each library is wrapped. More than one room needs a reason here. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  'smtp-server': ['receive'],
  mailparser: ['parse'],
  '@zone-eu/mailsplit': ['parse'],
  'html-to-text': ['parse'],
  libmime: ['parse'],
  // render composes octets with nodemailer's MIME writer, deliver sends octets with its SMTP client: two halves of one library
  nodemailer: ['render', 'deliver'],
  mjml: ['render'],
  liquidjs: ['render'],
  'markdown-it': ['render'],
  'better-sqlite3': ['ledger'],
  pino: ['ops'],
  'prom-client': ['ops'],
  hono: ['admin'],
  '@hono/node-server': ['admin'],
  zod: ['config'],
  // front matter of templates is YAML as well
  yaml: ['config', 'render'],
  commander: ['cli'],
  mailauth: ['authenticate'],
  // what an organisation is, is part of the vocabulary: addresses are compared by it everywhere
  tldts: ['mail'],
  'free-email-domains': ['decide'],
}

/** Built-in modules that pure rooms may use: they neither look at the world nor change it. */
const PURE_BUILTINS = ['node:buffer', 'node:stream', 'node:string_decoder', 'node:util']
/** Exceptions to the above, each with its reason. */
const BUILTIN_EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // HMAC and SHA-256 are functions of their arguments
  'node:crypto': ['thread', 'decide', 'render'],
  // the entries of a worker and of a child process: where the pure room meets its process
  'node:worker_threads': ['parse/worker.ts'],
  'node:process': ['render/mjml-process.ts'],
}

const IMPORT = /^\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gmu

export function importsOf(text: string): readonly string[] {
  return [...text.matchAll(IMPORT)].map((found) => found[1] ?? found[2] ?? '')
}

function roomOf(path: string): string {
  return path.split('/')[0] ?? ''
}

/** @param source path relative to src/, e.g. `decide/decide.ts` */
export function brokenImports(source: Source): readonly string[] {
  const room = roomOf(source.path)
  return importsOf(source.text).flatMap((target) => {
    const why = target.startsWith('.')
      ? relativeProblem(source.path, room, target)
      : packageProblem(source.path, room, target)
    return why === undefined ? [] : [`${source.path} imports ${target}: ${why}`]
  })
}

function relativeProblem(path: string, room: string, target: string): string | undefined {
  const resolved = new URL(target, `file:///src/${path}`).pathname.replace(/^\/src\//u, '')
  const to = roomOf(resolved)
  if (JOINERS.includes(room)) return undefined
  if (to === room || to === 'mail')
    return room === 'mail' && to !== 'mail' ? 'mail imports nothing of the house' : undefined
  if (to === 'ops' && IO.includes(room)) return undefined
  return 'a room imports mail/, itself and, if it does IO, ops/'
}

function packageProblem(path: string, room: string, target: string): string | undefined {
  if (target.startsWith('node:')) {
    if (!PURE.includes(room) || PURE_BUILTINS.includes(target)) return undefined
    const allowed = BUILTIN_EXCEPTIONS[target] ?? []
    return allowed.includes(room) || allowed.includes(path)
      ? undefined
      : 'a pure room looks at nothing outside its arguments'
  }
  const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? '')
  const rooms = LIBRARIES[name]
  if (rooms === undefined) return 'a library that no room wraps; name its room in test/house/law.ts'
  return rooms.includes(room) ? undefined : `this library is wrapped in ${rooms.join(' and ')}/`
}

const IMPURE =
  /\b(?:Date\.now|new Date\(\)|Math\.random|process\.env|performance\.now|setTimeout|setInterval|console\.)/u

/** Clock, chance, environment and console in a pure room. */
export function impurities(source: Source): readonly string[] {
  const room = roomOf(source.path)
  if (!PURE.includes(room) || IMPURITY_EXCEPTIONS.has(source.path)) return []
  return source.text
    .split('\n')
    .flatMap((line, index) =>
      IMPURE.test(line) && !/^\s*(?:\*|\/\/)/u.test(line) ? [`${source.path}:${index + 1}: ${line.trim()}`] : [],
    )
}

/** path -> why this file of a pure room may. */
const IMPURITY_EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['render/mjml-process.ts', 'the entry of a child process'],
])

const FORBIDDEN_WORDS = /(?:^|[^a-z])(?:manager|helper|helpers|utils?|common|misc|data|info)(?:[^a-z]|$)/iu

const spelled = (name: string): string => name.replace(/([a-z0-9])([A-Z])/gu, '$1-$2')

/** Names in a path, and names declared at top level, that say nothing. */
export function emptyNames(source: Source): readonly string[] {
  const declared = [
    ...source.text.matchAll(/^(?:export\s+)?(?:async\s+)?(?:function|const|let|class|type)\s+(\w+)/gmu),
  ].map((m) => m[1] ?? '')
  return [source.path, ...declared]
    .filter((name) => FORBIDDEN_WORDS.test(spelled(name)))
    .map((name) => `${source.path}: ${name}`)
}

export type Measured = {
  readonly path: string
  readonly lines: number
  readonly functions: readonly { name: string; line: number; lines: number }[]
}

/** Length of the file and of each top-level or method-like function, by indentation of its closing brace. */
export function measured(source: Source): Measured {
  const lines = source.text.split('\n')
  const functions: { name: string; line: number; lines: number }[] = []
  for (const [index, line] of lines.entries()) {
    const found =
      /^(\s*)(?:export\s+)?(?:async\s+)?(?:function\*?\s+(\w+)|(?:const\s+)?(\w+)(?:\s*[:=]\s*|\s*)(?:async\s*)?\([^)]*\)[^=]*(?:=>)?)\s*.*\{\s*$/u.exec(
        line,
      )
    if (found === null || /^\s*(?:if|for|while|switch|catch|return|else|do|try)\b/u.test(line)) continue
    const indent = found[1] ?? ''
    const end = lines.findIndex((other, at) => at > index && other.startsWith(`${indent}}`))
    if (end > 0) functions.push({ name: found[2] ?? found[3] ?? '?', line: index + 1, lines: end - index + 1 })
  }
  return { path: source.path, lines: lines.length - 1, functions }
}
