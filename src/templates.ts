/** Template folders to a compiled set: the built-in tree, one's own over it, MJML in a child process, its HTML cached. */
import { fileURLToPath } from 'node:url'
import type { Config } from './config/config.ts'
import { inputPath } from './config/paths.ts'
import { runInChild } from './ops/child.ts'
import { openFileCache } from './ops/file-cache.ts'
import { readFolder } from './ops/folder.ts'
import { moduleUrl } from './ops/module-url.ts'
import { QUIET_COLOURS } from './render/brand.ts'
import { cachedMjml, type TextCache } from './render/cached-mjml.ts'
import { compileTemplates, type TemplateSet } from './render/compile.ts'
import type { CompileMjml, MjmlRequest, MjmlResponse } from './render/mjml.ts'
import { formatFinding, type TemplateSource } from './render/template-source.ts'

const BUILT_IN = fileURLToPath(new URL('../templates', import.meta.url))
/** The layout that is used where the configuration names none. */
const DEFAULT_LAYOUT = 'plain'
/** A template tree: some hundred small texts. */
const FOLDER_LIMITS = { maxOctets: 512 * 1024, maxFiles: 2_000, extensions: ['.md', '.mjml'] }
/** Loading MJML takes a second, a template some milliseconds. */
const MJML_TIMEOUT_MS = 60_000

export type LoadedTemplates = {
  readonly set: TemplateSet
  /** A notice with an error is served from the built-in tree, or by the built-in plain text. */
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * @param cacheFolder where compiled HTML is kept by content; an unusable one only costs time
 * @throws Trouble where a template folder cannot be read
 */
export async function loadTemplates(
  config: Config,
  at: { configFile: string; cacheFolder: string; purpose: 'run' | 'look' },
): Promise<LoadedTemplates> {
  const own = config.templates === undefined ? [] : [inputPath(config.templates, at.configFile)]
  const sources: TemplateSource[] = []
  const errors: string[] = []
  for (const folder of [BUILT_IN, ...own]) {
    const { files, unread } = await readFolder(folder, FOLDER_LIMITS)
    sources.push(...files)
    errors.push(...unread.map(({ file, why }) => `${file}:1:1: error: ${why}`))
  }
  const options = {
    layout: config.layout === 'default' ? DEFAULT_LAYOUT : config.layout,
    brand: { ...QUIET_COLOURS, name: config.organization.name },
    allowedImageHosts: [],
    defaultLocale: config.organization.locale,
  }
  const { set, findings } = await compileTemplates(sources, options, cachedMjml(inChild, cacheOf(at)))
  for (const one of findings) if (one.severity === 'error') errors.push(formatFinding(one))
  return { set, errors, warnings: findings.filter((one) => one.severity === 'warning').map(formatFinding) }
}

/** Whoever only looks reads what a daemon has kept there, and keeps nothing. */
function cacheOf({ cacheFolder, purpose }: { cacheFolder: string; purpose: 'run' | 'look' }): TextCache {
  const cache = openFileCache(cacheFolder)
  return purpose === 'run' ? cache : { get: (key) => cache.get(key), put: async () => 'not-kept' }
}

const inChild: CompileMjml = async (sources) => {
  const input: MjmlRequest = { sources }
  const module = moduleUrl('./render/mjml-process', import.meta.url)
  return (await runInChild<MjmlResponse>(module, input, { timeoutMs: MJML_TIMEOUT_MS })).results
}
