import { type Address, parseAddress } from './address.ts'
import { readGlob } from './address-glob.ts'
import { NATURES, type NatureKind } from './nature.ts'
import { NOTICES, type NoticeKind } from './notice.ts'

/** What a person has the daemon do. A message is named as for `messages show`. */
export type HandCommand =
  | { readonly kind: 'send'; readonly message: string; readonly notice: NoticeKind }
  | { readonly kind: 'mark'; readonly message: string; readonly nature: NatureKind }
  | { readonly kind: 'never-add'; readonly pattern: string; readonly note: string }
  | { readonly kind: 'never-remove'; readonly pattern: string }
  | { readonly kind: 'mute-lift'; readonly address: Address }
  | { readonly kind: 'arm' }

/** How it ended. `text` is one line for a person; `facts` the same for a program, keys stable. */
export type HandResult = {
  readonly ok: boolean
  readonly text: string
  readonly facts: Readonly<Record<string, unknown>>
}

const MAX_NOTE = 200 // characters; a remark, not a file
const MAX_NAME = 1_000 // characters; a Message-ID is the longest name of a message (RFC 5322 2.1.1)

/**
 * Reads a command that came over a socket.
 * @returns in words what was found and what was wanted, where it is none
 */
export function readCommand(value: unknown): HandCommand | string {
  if (typeof value !== 'object' || value === null) return 'wanted an object with a kind'
  const { kind, message, notice, nature, pattern, note, address } = value as Readonly<Record<string, unknown>>
  switch (kind) {
    case 'send': {
      const known = NOTICES.find((one) => one === notice)
      if (known === undefined) return wanted('notice', notice, `one of ${NOTICES.join(', ')}`)
      return isName(message) ? { kind, message, notice: known } : wanted('message', message, 'the id of a message')
    }
    case 'mark': {
      const known = NATURES.find((one) => one === nature)
      if (known === undefined) return wanted('nature', nature, `one of ${NATURES.join(', ')}`)
      return isName(message) ? { kind, message, nature: known } : wanted('message', message, 'the id of a message')
    }
    case 'never-add':
    case 'never-remove': {
      const read = typeof pattern === 'string' ? readGlob(pattern) : undefined
      if (read?.kind !== 'glob') {
        const example = 'an address in which * stands for anything, such as *@partner.example'
        return wanted('pattern', pattern, read?.hint === undefined ? example : `${example}; ${read.hint}`)
      }
      if (/^[*@]+$/u.test(read.glob) && kind === 'never-add') {
        return wanted(
          'pattern',
          pattern,
          'a pattern that does not mean everybody; to send nothing at all, set send.mode: off',
        )
      }
      if (kind === 'never-remove') return { kind, pattern: read.glob.toLowerCase() }
      const isNote = typeof note === 'string' && note.length <= MAX_NOTE && !/\p{Cc}/u.test(note)
      if (!isNote) return wanted('note', note, `one line of at most ${MAX_NOTE} characters`)
      return { kind, pattern: read.glob.toLowerCase(), note }
    }
    case 'mute-lift': {
      const parsed = typeof address === 'string' ? parseAddress(address) : undefined
      return parsed === undefined
        ? wanted('address', address, 'one address such as maria@customer.example')
        : { kind, address: parsed }
    }
    case 'arm':
      return { kind }
    default:
      return wanted('kind', kind, 'send, mark, never-add, never-remove, mute-lift or arm')
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME
}

function wanted(name: string, found: unknown, what: string): string {
  return `${name}: found ${JSON.stringify(found) ?? 'nothing'}, wanted ${what}`
}
