import { Buffer } from 'node:buffer'
import type { Message } from '../mail/message.ts'
import { PARSE_HEAD_OCTETS } from './bounds.ts'
import { type DefectList, defectList } from './defect-list.ts'
import { readHeaderSection } from './header-section.ts'
import { languageOf } from './language.ts'
import { type Letterhead, letterhead } from './letterhead.ts'
import { returnedIds } from './returned.ts'
import { readStructure } from './structure.ts'
import { textOf } from './text.ts'

export type ParseOptions = {
  /** False where the octets are only the head of a longer message. */
  readonly complete: boolean
  /** Ends the reading of parts and text when it aborts: what was read by then comes out, with the defect parser-timeout. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Octets to Message. Total: any octets give one, in bounded time and memory; what is wrong with them stands in `defects`,
 * and nothing is ever thrown.
 * @param octets the message from its first octet; what lies beyond PARSE_HEAD_OCTETS is not looked at. Not changed; not
 * kept after the promise is fulfilled
 */
export async function parse(octets: Uint8Array, options: ParseOptions): Promise<Message> {
  const defects = defectList()
  const head = withLines(Buffer.from(octets.buffer, octets.byteOffset, Math.min(octets.byteLength, PARSE_HEAD_OCTETS)))
  const complete = options.complete && head.length === octets.length
  if (octets.length === 0) defects.add('empty')
  else if (!complete) defects.add('body-cut', `only the first ${head.length} octets were looked at`)
  const { fields, bodyStart } = readHeaderSection(head, defects)
  if (fields.length === 0 && octets.length > 0) defects.add('no-header')
  const top = letterhead(fields, defects)
  return withBody(top, head.subarray(bodyStart), { complete, signal: options.signal, defects })
}

const CR = 0x0d
const LF = 0x0a

/** Mail from archives of old Macintosh programs has carriage returns for line ends, and no line feed at all. */
function withLines(head: Buffer): Buffer {
  return head.includes(LF) || !head.includes(CR) ? head : (head.map((octet) => (octet === CR ? LF : octet)) as Buffer)
}

type Rest = { readonly complete: boolean; readonly signal: AbortSignal | undefined; readonly defects: DefectList }

async function withBody(top: Letterhead, body: Buffer, { complete, signal, defects }: Rest): Promise<Message> {
  try {
    const tree = await readStructure({ fields: top.fields, body, complete, signal }, defects)
    const text = await textOf(tree, { defects, signal })
    const returned = await returnedIds(tree, signal)
    return { ...top, parts: tree.parts, text, returned, language: languageOf(text), defects: defects.all() }
  } catch (error) {
    // a body that a library stumbles over must not cost what the header says
    defects.add('parser-failed', error instanceof Error ? error.message : String(error))
    return { ...top, parts: [], text: '', returned: [], language: undefined, defects: defects.all() }
  }
}

/** Stands for a message whose octets could not be got at: nothing is known of it. */
export function unreadableMessage(): Message {
  const defects = defectList()
  defects.add('unreadable')
  return {
    ...letterhead([], defectList()),
    parts: [],
    text: '',
    returned: [],
    language: undefined,
    defects: defects.all(),
  }
}
