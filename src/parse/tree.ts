import type { Buffer } from 'node:buffer'
import type { MessageId } from '../mail/ids.ts'
import type { Part } from '../mail/message.ts'
import { MAX_DEPTH, MAX_PARTS, MAX_RETURNED, MAX_TEXT_PARTS } from './bounds.ts'
import type { DefectList } from './defect-list.ts'
import type { Entity } from './entity.ts'

/** A part without parts, and the octets of its body as far as they were seen. */
export type Leaf = {
  readonly part: Part
  readonly encoding: Entity['encoding']
  readonly octets: Buffer[]
}

/** The tree of parts while it grows; parts in document order, the first one is the message itself. */
export type Tree = {
  readonly parts: Part[]
  /** The message's own text parts, by type: not enclosed, no attachments; at most MAX_TEXT_PARTS each. */
  readonly plain: Leaf[]
  readonly html: Leaf[]
  /** Message-IDs of enclosed messages that stand in the tree with their parts. */
  readonly enclosedIds: MessageId[]
  /** Enclosed messages, header sections and delivery reports that were not taken apart. */
  readonly returned: Leaf[]
}

/** Where an entity stands in the tree. */
export type Place = {
  readonly part: Part
  /** Where the octets of its body go, if anybody wants them. */
  readonly leaf: Leaf | undefined
  children: number
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

export function emptyTree(): Tree {
  return { parts: [], plain: [], html: [], enclosedIds: [], returned: [] }
}

/**
 * Puts the next entity of the document into the tree.
 * @param parent undefined for the message itself
 * @param opened true where the entity is an enclosed message whose parts follow
 * @returns undefined where a bound is reached
 */
export function plant(
  tree: Tree,
  { entity, parent, opened }: { entity: Entity; parent: Place | undefined; opened: boolean },
  defects: DefectList,
): Place | undefined {
  const depth = parent === undefined ? 0 : parent.part.depth + 1
  if (tree.parts.length >= MAX_PARTS) defects.add('too-many-parts', `more than ${MAX_PARTS}`)
  else if (depth > MAX_DEPTH) defects.add('too-deep', `more than ${MAX_DEPTH} levels`)
  else {
    const { encoding, sound, ...described } = entity
    const enclosed = parent !== undefined && (parent.part.enclosed || RETURNING.includes(parent.part.type))
    const part: Part = { path: childPath(parent), depth, ...described, enclosed }
    if (!sound) defects.add('bad-mime', `Content-Type of ${naming(part)}`)
    tree.parts.push(part)
    const list = opened ? undefined : wanted(part, tree)
    const leaf = list === undefined ? undefined : { part, encoding, octets: [] }
    if (leaf !== undefined) list?.push(leaf)
    return { part, leaf, children: 0 }
  }
  return undefined
}

function childPath(parent: Place | undefined): string {
  if (parent === undefined) return ''
  parent.children += 1
  return parent.part.path === '' ? `${parent.children}` : `${parent.part.path}.${parent.children}`
}

/** The list that looks for leaves like this one, unless it has enough of them. */
function wanted(part: Part, tree: Tree): Leaf[] | undefined {
  if (part.enclosed) return undefined
  if (RETURNING.includes(part.type)) return tree.returned.length < MAX_RETURNED ? tree.returned : undefined
  if (part.disposition === 'attachment') return undefined
  const texts = part.type === 'text/plain' ? tree.plain : part.type === 'text/html' ? tree.html : undefined
  return texts !== undefined && texts.length < MAX_TEXT_PARTS ? texts : undefined
}

/** How a defect names a part. */
export function naming(part: Part): string {
  return part.path === '' ? 'the message' : `part ${part.path}`
}
