import { Buffer } from 'node:buffer'
import { type MimeNode, Splitter } from '@zone-eu/mailsplit'
import type { MessageId } from '../mail/ids.ts'
import type { Field, Part } from '../mail/message.ts'
import { MAX_DEPTH, MAX_PARTS, MAX_RETURNED, MAX_TEXT_PARTS, PART_HEADER_OCTETS } from './bounds.ts'
import type { DefectList } from './defect-list.ts'
import { type Entity, type EntityFields, entityOf } from './entity.ts'
import { ownMessageId } from './message-ids.ts'

/** A part without parts, and the octets of its body as far as they were seen. */
export type Leaf = {
  readonly part: Part
  readonly encoding: Entity['encoding']
  readonly octets: Buffer[]
}

export type Structure = {
  readonly parts: readonly Part[]
  /** The message's own text parts, by type: not enclosed, no attachments; at most MAX_TEXT_PARTS each. */
  readonly plain: readonly Leaf[]
  readonly html: readonly Leaf[]
  /** Message-IDs of enclosed messages that stand in the tree with their parts. */
  readonly enclosedIds: readonly MessageId[]
  /** Enclosed messages, header sections and delivery reports that were not taken apart. */
  readonly returned: readonly Leaf[]
}

export type StructureInput = {
  readonly fields: readonly Field[]
  readonly body: Buffer
  /** False where the body is cut: what is unclosed then is no fault of the message. */
  readonly complete: boolean
  readonly signal: AbortSignal | undefined
}

/** RFC 2046 5.2.1, RFC 3462, RFC 3464, and their SMTPUTF8 forms of RFC 6533. */
const RETURNING = [
  'message/rfc822',
  'message/global',
  'text/rfc822-headers',
  'message/global-headers',
  'message/delivery-status',
  'message/global-delivery-status',
]

type Place = {
  readonly path: string
  readonly depth: number
  /** Whether what stands inside belongs to another mail. */
  readonly encloses: boolean
  readonly leaf: Leaf | undefined
  children: number
}

type Tree = {
  readonly places: Map<MimeNode, Place>
  readonly parts: Part[]
  readonly plain: Leaf[]
  readonly html: Leaf[]
  readonly enclosedIds: MessageId[]
  readonly returned: Leaf[]
}

/**
 * Walks through the tree of parts (RFC 2046) as mailsplit finds it, and stops at the bounds. Whatever the octets are, the
 * parts seen so far come out; the first one is the message itself.
 */
export async function readStructure(input: StructureInput, defects: DefectList): Promise<Structure> {
  const tree: Tree = { places: new Map(), parts: [], plain: [], html: [], enclosedIds: [], returned: [] }
  const splitter = new Splitter({
    defaultInlineEmbedded: true,
    maxHeadSize: PART_HEADER_OCTETS,
    maxChildNodes: MAX_PARTS + 1,
  })
  splitter.write(rootHeader(input.fields))
  splitter.end(input.body)
  try {
    for await (const chunk of splitter) {
      if (input.signal?.aborted === true) {
        defects.add('parser-timeout', 'reading the parts')
        break
      }
      if (chunk.type === 'body') tree.places.get(chunk.node)?.leaf?.octets.push(chunk.value)
      else if (chunk.type === 'node' && !planted(chunk, tree, defects)) break
    }
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EMAXLEN') defects.add('bad-mime', 'the header of a part is too large')
    else defects.add('parser-failed', error instanceof Error ? error.message : String(error))
  }
  if (input.complete) unclosed(tree, input.body, defects)
  return tree
}

/** The message's own MIME fields and nothing else: what the library sees of the header section is bounded by ours. */
function rootHeader(fields: readonly Field[]): Buffer {
  const lines = ['content-type', 'content-disposition', 'content-transfer-encoding'].flatMap((name) => {
    const value = fields.find((field) => field.name === name)?.value
    return value === undefined || value === '' ? [] : [`${name}: ${value}\r\n`]
  })
  return Buffer.from(`${lines.join('')}\r\n`)
}

/** @returns false where a bound is reached and the walk ends */
function planted(node: MimeNode, tree: Tree, defects: DefectList): boolean {
  if (tree.parts.length >= MAX_PARTS) {
    defects.add('too-many-parts', `more than ${MAX_PARTS}`)
    return false
  }
  const parent = node.parentNode === false ? undefined : tree.places.get(node.parentNode)
  const depth = parent === undefined ? 0 : parent.depth + 1
  if (depth > MAX_DEPTH) {
    defects.add('too-deep', `more than ${MAX_DEPTH} levels`)
    return false
  }
  if (parent !== undefined) parent.children += 1
  const path = parent === undefined ? '' : `${parent.path}${parent.path === '' ? '' : '.'}${parent.children}`
  const entity = entityOf(entityFields(node))
  const part: Part = {
    path,
    depth,
    type: entity.type,
    parameters: entity.parameters,
    disposition: entity.disposition,
    filename: entity.filename,
    enclosed: parent?.encloses === true,
  }
  if (!entity.sound || (node.multipart !== false && node._boundary === false)) {
    defects.add('bad-mime', `Content-Type of part ${path === '' ? 'the message' : path}`)
  }
  tree.parts.push(part)
  const encloses = part.enclosed || RETURNING.includes(part.type)
  if (node.parentNode !== false && node.parentNode.messageNode === true) enclosedId(node, tree)
  tree.places.set(node, { path, depth, encloses, leaf: leafOf(part, entity, { node, tree }), children: 0 })
  return true
}

function entityFields({ headers }: MimeNode): EntityFields {
  const value = (name: string): string | undefined =>
    headers === false || !headers.hasHeader(name) ? undefined : headers.getFirst(name)
  return {
    contentType: value('content-type'),
    disposition: value('content-disposition'),
    encoding: value('content-transfer-encoding'),
  }
}

/** The Message-ID of an enclosed message: it stands in the header of the one child of a message part. */
function enclosedId(node: MimeNode, tree: Tree): void {
  if (node.headers === false || tree.enclosedIds.length >= MAX_RETURNED) return
  const id = ownMessageId(node.headers.getFirst('message-id')).id
  if (id !== undefined) tree.enclosedIds.push(id)
}

/** A leaf whose octets are wanted, put where they will be looked for. */
function leafOf(part: Part, entity: Entity, { node, tree }: { node: MimeNode; tree: Tree }): Leaf | undefined {
  if (node.messageNode === true || part.enclosed) return undefined
  const list = RETURNING.includes(part.type)
    ? { leaves: tree.returned, most: MAX_RETURNED }
    : part.disposition === 'attachment'
      ? undefined
      : part.type === 'text/plain'
        ? { leaves: tree.plain, most: MAX_TEXT_PARTS }
        : part.type === 'text/html'
          ? { leaves: tree.html, most: MAX_TEXT_PARTS }
          : undefined
  if (list === undefined || list.leaves.length >= list.most) return undefined
  const leaf: Leaf = { part, encoding: entity.encoding, octets: [] }
  list.leaves.push(leaf)
  return leaf
}

/** A multipart ends with its closing delimiter (RFC 2046 5.1.1); without it, parts may have been lost on the way. */
function unclosed(tree: Tree, body: Buffer, defects: DefectList): void {
  for (const [node, place] of [...tree.places].slice(0, MAX_DEPTH)) {
    const boundary = node._boundary
    if (boundary === false || node.multipart === false || place.encloses) continue
    const closing = Buffer.concat([Buffer.from('--'), boundary, Buffer.from('--')])
    if (!body.includes(closing))
      defects.add('bad-mime', `part ${place.path === '' ? 'the message' : place.path} is unclosed`)
  }
}
