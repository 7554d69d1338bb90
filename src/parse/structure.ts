import { Buffer } from 'node:buffer'
import { type MimeNode, Splitter } from '@zone-eu/mailsplit'
import type { Field } from '../mail/message.ts'
import { MAX_DEPTH, MAX_PARTS, MAX_RETURNED, PART_HEADER_OCTETS } from './bounds.ts'
import type { DefectList } from './defect-list.ts'
import { type EntityFields, entityOf } from './entity.ts'
import { ownMessageId } from './message-ids.ts'
import { emptyTree, naming, type Place, plant, type Tree } from './tree.ts'

export type StructureInput = {
  readonly fields: readonly Field[]
  readonly body: Buffer
  /** False where the body is cut: what is unclosed then is no fault of the message. */
  readonly complete: boolean
  readonly signal: AbortSignal | undefined
}

/**
 * The tree of parts (RFC 2046). Whatever the octets are, the parts seen until a bound was reached come out.
 * The library is asked only where there can be more than one part.
 */
export async function readStructure(input: StructureInput, defects: DefectList): Promise<Tree> {
  const tree = emptyTree()
  const root = rootFields(input.fields)
  const entity = entityOf(root)
  if (!/^(?:multipart|message)\//u.test(entity.type)) {
    plant(tree, { entity, parent: undefined, opened: false }, defects)?.leaf?.octets.push(input.body)
    return tree
  }
  const places = new Map<MimeNode, Place>()
  try {
    await walk({ root, places, tree }, input, defects)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EMAXLEN') defects.add('bad-mime', 'the header of a part is too large')
    else defects.add('parser-failed', error instanceof Error ? error.message : String(error))
  }
  if (input.complete) unclosed(places, input.body, defects)
  return tree
}

type Walk = { readonly root: EntityFields; readonly places: Map<MimeNode, Place>; readonly tree: Tree }

async function walk(
  { root, places, tree }: Walk,
  { body, signal }: StructureInput,
  defects: DefectList,
): Promise<void> {
  const splitter = new Splitter({
    defaultInlineEmbedded: true,
    maxHeadSize: PART_HEADER_OCTETS,
    maxChildNodes: MAX_PARTS + 1,
  })
  splitter.write(headerOf(root))
  splitter.end(body)
  for await (const chunk of splitter) {
    if (signal?.aborted === true) {
      defects.add('parser-timeout', 'reading the parts')
      return
    }
    if (chunk.type === 'body') places.get(chunk.node)?.leaf?.octets.push(chunk.value)
    else if (chunk.type === 'node') {
      const place = planted(chunk, { places, tree }, defects)
      if (place === undefined) return
      places.set(chunk, place)
    }
  }
}

function planted(node: MimeNode, { places, tree }: Omit<Walk, 'root'>, defects: DefectList): Place | undefined {
  const parent = node.parentNode === false ? undefined : places.get(node.parentNode)
  const entity = entityOf(fieldsOf(node))
  const bounded = node.multipart === false || node._boundary !== false
  const opened = node.messageNode === true
  const place = plant(tree, { entity: { ...entity, sound: entity.sound && bounded }, parent, opened }, defects)
  // the header of an enclosed message is that of the one child of its part
  if (node.parentNode !== false && node.parentNode.messageNode === true) enclosedId(node, tree)
  return place
}

function enclosedId({ headers }: MimeNode, tree: Tree): void {
  if (headers === false || tree.enclosedIds.length >= MAX_RETURNED) return
  const { id } = ownMessageId(headers.getFirst('message-id'))
  if (id !== undefined) tree.enclosedIds.push(id)
}

function fieldsOf({ headers }: MimeNode): EntityFields {
  const value = (name: string): string | undefined =>
    headers === false || !headers.hasHeader(name) ? undefined : headers.getFirst(name)
  return {
    contentType: value('content-type'),
    disposition: value('content-disposition'),
    encoding: value('content-transfer-encoding'),
  }
}

function rootFields(fields: readonly Field[]): EntityFields {
  const value = (name: string): string | undefined => fields.find((field) => field.name === name)?.value
  return {
    contentType: value('content-type'),
    disposition: value('content-disposition'),
    encoding: value('content-transfer-encoding'),
  }
}

/** The message's own MIME fields and nothing else: what the library sees of the header section is bounded by ours. */
function headerOf({ contentType, disposition, encoding }: EntityFields): Buffer {
  const lines = [
    ['Content-Type', contentType],
    ['Content-Disposition', disposition],
    ['Content-Transfer-Encoding', encoding],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\r\n`]))
  return Buffer.from(`${lines.join('')}\r\n`)
}

/** A multipart ends with its closing delimiter (RFC 2046 5.1.1); without it, parts may have been lost on the way. */
function unclosed(places: ReadonlyMap<MimeNode, Place>, body: Buffer, defects: DefectList): void {
  for (const [node, { part }] of [...places].slice(0, MAX_DEPTH)) {
    const boundary = node._boundary
    if (boundary === false || node.multipart === false || part.enclosed) continue
    const closing = Buffer.concat([Buffer.from('--'), boundary, Buffer.from('--')])
    if (!body.includes(closing)) defects.add('bad-mime', `${naming(part)} is unclosed`)
  }
}
