import { type Brand, checkedBrand } from './brand.ts'
import { type Draft, draftNotice } from './draft.ts'
import { finishNotice } from './finish.ts'
import { layoutFiles, type Tree } from './layout.ts'
import { wordFindings } from './lint.ts'
import type { CompiledMjml, CompileMjml } from './mjml.ts'
import { didYouMean } from './nearest.ts'
import { placeOf } from './place.ts'
import { type Template, type TemplateSet, templateKey } from './template-set.ts'
import { fileOf, type TemplateFinding, type TemplateSource } from './template-source.ts'
import { nestingFindings } from './well-formed.ts'

export type { TemplateSet } from './template-set.ts'

export type CompileOptions = {
  /** Name of the layout: `plain` is `layouts/plain.mjml`. */
  readonly layout: string
  readonly brand: Brand
  /** Hosts that letters may load images from, lower case; others are refused. */
  readonly allowedImageHosts: readonly string[]
  /** For customers whose language a notice lacks. */
  readonly defaultLocale: string
}

export type Compiled = {
  readonly set: TemplateSet
  readonly findings: readonly TemplateFinding[]
}

/**
 * Compiles a template tree. A notice with an error is not in the set; where an earlier source of the same path is good,
 * that one is, so that a broken file of one's own never replaces the built-in one.
 * @param sources built-in files first, one's own after them: the later one of a path counts
 * @param compileMjml called at most twice here, and never while rendering; where it rejects, that is a finding
 * @throws RangeError for a brand colour that is no colour
 */
export async function compileTemplates(
  sources: readonly TemplateSource[],
  options: CompileOptions,
  compileMjml: CompileMjml,
): Promise<Compiled> {
  checkedBrand(options.brand)
  const top = await compileTree(treeOf(sources), options, compileMjml)
  const seen = new Set<string>()
  const lower = sources.filter(({ path }) => !seen.has(path) && seen.add(path) !== undefined)
  if (lower.length === sources.length || !top.findings.some(isError)) return top
  const base = await compileTree(treeOf(lower), options, compileMjml)
  const templates = new Map([...base.set.templates, ...top.set.templates])
  return { set: { ...top.set, templates }, findings: top.findings }
}

function isError({ severity }: TemplateFinding): boolean {
  return severity === 'error'
}

function treeOf(sources: readonly TemplateSource[]): Tree {
  return new Map(sources.map((source) => [source.path, source]))
}

async function compileTree(tree: Tree, options: CompileOptions, compileMjml: CompileMjml): Promise<Compiled> {
  const findings: TemplateFinding[] = []
  const drafts = draftsOf(tree, options, findings)
  const results = await compiledOrFound(drafts, compileMjml, findings)
  const texts = new Map([...tree.values()].map((source) => [fileOf(source), source.text]))
  const templates = new Map<string, Template>()
  for (const [index, draft] of drafts.entries()) {
    const result = results[index]
    if (result === undefined) continue
    const finished = finishNotice(draft, result, { texts, allowedImageHosts: options.allowedImageHosts })
    findings.push(...finished.findings)
    if (finished.template !== undefined) templates.set(templateKey(draft.kind, draft.locale), finished.template)
  }
  return { set: { defaultLocale: options.defaultLocale, templates }, findings: eachOnce(findings) }
}

/** Every notice whose own words and layout are sound enough to be compiled. */
function draftsOf(tree: Tree, options: CompileOptions, findings: TemplateFinding[]): readonly Draft[] {
  const layoutPath = `layouts/${options.layout}.mjml`
  const broken = layoutFindings(tree, layoutPath)
  findings.push(...broken)
  const drafts: Draft[] = []
  for (const source of tree.values()) {
    const place = placeOf(source)
    if (place === undefined) continue
    if ('severity' in place) {
      findings.push(place)
      continue
    }
    const { draft, findings: found } = draftNotice(source, place, { tree, layoutPath, brand: options.brand })
    const all = draft === undefined ? found : [...found, ...wordFindings(draft)]
    findings.push(...all)
    if (draft !== undefined && ![...broken, ...all].some(isError)) drafts.push(draft)
  }
  return drafts
}

function layoutFindings(tree: Tree, layoutPath: string): readonly TemplateFinding[] {
  const files = layoutFiles(tree, layoutPath)
  if (files.length > 0) return files.flatMap((source) => nestingFindings(fileOf(source), source.text))
  const known = [...tree.keys()].filter((path) => /^layouts\/[^/]+\.mjml$/u.test(path))
  const hint = didYouMean(layoutPath, known)
  return [{ severity: 'error', file: layoutPath, line: 1, column: 1, message: 'the layout does not exist', hint }]
}

async function compiledOrFound(
  drafts: readonly Draft[],
  compileMjml: CompileMjml,
  findings: TemplateFinding[],
): Promise<readonly CompiledMjml[]> {
  if (drafts.length === 0) return []
  try {
    return await compileMjml(drafts.map(({ mjml }) => mjml))
  } catch (error) {
    const message = `MJML could not be run: ${error instanceof Error ? error.message : String(error)}`
    const file = drafts[0] === undefined ? '' : fileOf(drafts[0].source)
    findings.push({ severity: 'error', file, line: 1, column: 1, message })
    return []
  }
}

/** A mistake in the layout is found by every notice, and told once. */
function eachOnce(findings: readonly TemplateFinding[]): readonly TemplateFinding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()]
}
