import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair } from 'yaml'
import type { ConfigProblem } from '../problem.ts'
import { type ConfigDocument, type Path, place } from './document.ts'

type Found = { readonly key: Node | undefined; readonly value: Node | undefined }

/** Position of the value at `path`, else of the nearest thing around it that exists. */
export function placeOfValue(config: ConfigDocument, path: Path): Omit<ConfigProblem, 'message'> {
  const found = find(config.document, path)
  const isEmpty = isScalar(found.value) && found.value.source === ''
  return placeOf(config, isEmpty ? (found.key ?? found.value) : (found.value ?? found.key))
}

/** Position of the key that ends `path`; of the value where a list position ends it. */
export function placeOfKey(config: ConfigDocument, path: Path): Omit<ConfigProblem, 'message'> {
  const found = find(config.document, path)
  return placeOf(config, found.key ?? found.value)
}

/** True where the file itself writes a value at `path` (so it is no default). */
export function isWritten(config: ConfigDocument, path: Path): boolean {
  let at: unknown = config.value
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return false
    at = (at as Record<PropertyKey, unknown>)[step]
  }
  return true
}

/** The plain value at `path`; undefined where there is none. */
export function valueAt(config: Pick<ConfigDocument, 'value'>, path: Path): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, step)
        ? (at as Record<PropertyKey, unknown>)[step]
        : undefined,
    config.value,
  )
}

function placeOf(config: ConfigDocument, node: Node | undefined): Omit<ConfigProblem, 'message'> {
  return place(config.file, config.lines, node?.range?.[0] ?? config.document.contents?.range[0] ?? 0)
}

/** Walks as far as the document goes; an alias stands for what it refers to, but has the place where it stands. */
function find(document: Document.Parsed, path: Path): Found {
  let at: Found = { key: undefined, value: document.contents ?? undefined }
  for (const step of path) {
    const parent = isAlias(at.value) ? at.value.resolve(document) : at.value
    const next = isMap(parent) ? inMap(parent.items, step) : isSeq(parent) ? inList(parent.items, step) : undefined
    if (next === undefined) return at
    at = next
  }
  return at
}

function inMap(items: readonly Pair[], step: PropertyKey): Found | undefined {
  const pair = items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
  if (pair === undefined) return undefined
  return { key: nodeOf(pair.key), value: nodeOf(pair.value) }
}

function inList(items: readonly unknown[], step: PropertyKey): Found | undefined {
  const value = nodeOf(items[Number(step)])
  return value === undefined ? undefined : { key: undefined, value }
}

function nodeOf(value: unknown): Node | undefined {
  return isNode(value) ? value : undefined
}
