/** The parser in worker threads of its own: bounded in time and memory, off the main loop. */
import type { Incoming } from './mail/incoming.ts'
import type { Octets } from './mail/ledger-port.ts'
import type { Message } from './mail/message.ts'
import { Trouble } from './mail/trouble.ts'
import type { Log } from './ops/events.ts'
import { moduleUrl } from './ops/module-url.ts'
import { openWorkers } from './ops/workers.ts'
import { PARSE_HEAD_OCTETS } from './parse/bounds.ts'
import { unreadableMessage } from './parse/parse.ts'

/** One worker keeps up with the listener, and each further one costs 40 MB; a hostile message delays the others by TIMEOUT_MS at most. */
const WORKERS = 1
/** A message that takes longer is hostile: the slowest of the bomb tests needs a tenth of it. */
const TIMEOUT_MS = 10_000
/** Old-generation heap of a worker; the input is at most PARSE_HEAD_OCTETS. */
const HEAP_MB = 128

export type Parser = {
  /** @param complete false where the octets are only the head of a longer message */
  parse(octets: Uint8Array, complete: boolean): Promise<Message>
  /** Stands for a message that could not be parsed at all. */
  readonly unreadable: Message
  [Symbol.asyncDispose](): Promise<void>
}

export function openParser(log: Log): Parser {
  const workers = openWorkers<{ octets: Uint8Array; complete: boolean }, Message>(
    moduleUrl('./parse/worker', import.meta.url),
    { size: WORKERS, timeoutMs: TIMEOUT_MS, maxOldGenerationMb: HEAP_MB, name: 'parse' },
    log,
  )
  return {
    parse: (octets, complete) => workers.run({ octets, complete }),
    unreadable: unreadableMessage(),
    [Symbol.asyncDispose]: () => workers[Symbol.asyncDispose](),
  }
}

/** The octets of this one message cannot be read, and waiting alone does not bring them back. */
export class OctetsLost extends Trouble {}

/**
 * The letter of a message that the ledger keeps; only its head is looked at.
 * @throws OctetsLost where its octets are gone for good, a Trouble where they cannot be read now, and what the parser throws
 */
export async function parseStored(
  incoming: Incoming,
  { octets, parser }: { readonly octets: Octets; readonly parser: Pick<Parser, 'parse'> },
): Promise<Message> {
  const head = await octets.head(incoming.id, PARSE_HEAD_OCTETS).catch((error: unknown) => {
    const isLost = error instanceof Trouble && error.kind === 'permanent'
    throw isLost ? new OctetsLost(`look at ${incoming.id}`, error.kind, error) : error
  })
  return parser.parse(head, head.length >= incoming.octets)
}
