import { Liquid, type Template } from 'liquidjs'
import { safeUrl, urlPart } from './safe-url.ts'

/** Tags a template may use; none that reads another template, and none that switches escaping or parsing off. */
const TAGS: ReadonlySet<string> = new Set([
  'if',
  'unless',
  'case',
  'for',
  'break',
  'continue',
  'assign',
  'comment',
  '#',
])
/** Filters a template may use; `url` and `url_part` are ours. No `raw` (it switches escaping off) and no `date` (26 KB leak a call). */
const FILTERS: ReadonlySet<string> = new Set([
  'append',
  'capitalize',
  'default',
  'downcase',
  'first',
  'join',
  'last',
  'prepend',
  'replace',
  'size',
  'strip',
  'truncate',
  'upcase',
  'url',
  'url_part',
])
export const FILTER_NAMES: readonly string[] = [...FILTERS]
export const TAG_NAMES: readonly string[] = [...TAGS].filter((name) => name !== '#')

/** LiquidJS's own units (roughly characters allocated): a notice needs some thousands. */
const MEMORY_LIMIT = 1_000_000
/** Milliseconds: a notice renders in a fifth of one; the rest is for a machine that is out of breath. */
const RENDER_LIMIT_MS = 250
/** Characters parsed: four times the largest HTML that mail clients show whole. */
const PARSE_LIMIT = 400_000

const NO_FILES = {
  existsSync: () => false,
  exists: async () => false,
  contains: async () => false,
  containsSync: () => false,
  readFileSync: () => '',
  readFile: async () => '',
  resolve: (_root: string, file: string) => file,
}

function engine(escaping: 'html' | 'text'): Liquid {
  const liquid = new Liquid({
    ...(escaping === 'html' ? { outputEscape: 'escape' as const } : {}),
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    memoryLimit: MEMORY_LIMIT,
    renderLimit: RENDER_LIMIT_MS,
    parseLimit: PARSE_LIMIT,
    relativeReference: false,
    dynamicPartials: false,
    fs: NO_FILES,
  })
  liquid.registerFilter('url', safeUrl)
  liquid.registerFilter('url_part', urlPart)
  for (const name of Object.keys(liquid.tags)) if (!TAGS.has(name)) delete liquid.tags[name]
  // `escape` is what outputEscape calls; as a filter of a template it is refused by lint
  for (const name of Object.keys(liquid.filters)) if (!FILTERS.has(name)) delete liquid.filters[name]
  return liquid
}

const ENGINES = { html: engine('html'), text: engine('text') }

export type Scope = Readonly<Record<string, unknown>>

/** A parsed text with holes. */
export type LiquidText = {
  /** Fills the holes. Throws LiquidFailure. */
  render(scope: Scope): string
  /** Variables asked of the scope, with where each is asked, relative to the parsed text. */
  variables(): readonly AskedVariable[]
}
export type AskedVariable = { readonly path: string; readonly line: number; readonly column: number }

/** Why a text could not be parsed or filled, and where in it (from 1). */
export class LiquidFailure extends Error {
  override readonly name = 'LiquidFailure'
  readonly line: number
  readonly column: number

  constructor(why: string, at: { line: number; column: number }) {
    super(why)
    this.line = at.line
    this.column = at.column
  }
}

/**
 * Parses a template.
 * @param escaping html: every value is escaped for HTML text and quoted attributes; text: values stand as they are
 * @throws LiquidFailure
 */
export function parseLiquid(source: string, escaping: 'html' | 'text'): LiquidText {
  const liquid = ENGINES[escaping]
  const parsed = guarded((): Template[] => liquid.parse(source))
  return {
    render: (scope) => guarded(() => String(liquid.renderSync(parsed, scope))),
    variables: () =>
      Object.values(liquid.analyzeSync(parsed, { partials: false }).globals)
        .flat()
        .map((one) => ({
          path: one.segments.map((segment) => (typeof segment === 'string' ? segment : '*')).join('.'),
          line: one.location.row,
          column: one.location.col,
        })),
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new LiquidFailure(whyOf(error), placeOf(error))
  }
}

/** Of a complaint of the library, which may quote the template. */
const MAX_WHY_CHARACTERS = 200

/** The library's own sentence in one line, without its trailing position, which we tell ourselves. */
function whyOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/gu, ' ')
  return text.replace(/(?:, file:[^,]*)?, line:\d+, col:\d+$/u, '').slice(0, MAX_WHY_CHARACTERS)
}

function placeOf(error: unknown): { line: number; column: number } {
  const token = (error as { token?: { getPosition?: () => number[] } }).token
  const [line, column] = token?.getPosition?.() ?? []
  return { line: line ?? 1, column: column ?? 1 }
}
