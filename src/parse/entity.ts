import libmime from 'libmime'
import type { Part } from '../mail/message.ts'
import { MAX_PARAMETER, MAX_PARAMETERS } from './bounds.ts'
import { oneLine, readable } from './encoded-words.ts'

/** What the MIME fields of one entity say (RFC 2045, 2183, 2231). */
export type Entity = Pick<Part, 'type' | 'parameters' | 'disposition' | 'filename'> & {
  readonly encoding: 'base64' | 'quoted-printable' | '8bit'
  /** False where a Content-Type stands there and is none: the part is taken as text/plain then (RFC 2045 5.2). */
  readonly sound: boolean
}

/** The MIME fields as text, undefined where there is none. */
export type EntityFields = {
  readonly contentType: string | undefined
  readonly disposition: string | undefined
  readonly encoding: string | undefined
}

const TYPE = /^[\w!#$&^.+*'`{|}~%-]{1,127}\/[\w!#$&^.+*'`{|}~%-]{1,127}$/u // RFC 2045 5.1 token, lengths of RFC 6838 4.2

export function entityOf(fields: EntityFields): Entity {
  const content = structured(fields.contentType)
  const type = content.value.toLowerCase().trim()
  const disposition = structured(fields.disposition)
  const sound = fields.contentType === undefined || TYPE.test(type)
  return {
    type: fields.contentType !== undefined && TYPE.test(type) ? type : 'text/plain',
    parameters: parametersOf(content.params),
    disposition: dispositionOf(disposition.value),
    filename: nameIn(disposition, 'filename') ?? nameIn(content, 'name'),
    encoding: encodingOf(fields.encoding),
    sound,
  }
}

type Structured = {
  readonly value: string
  readonly params: Readonly<Record<string, string>>
  readonly decodedParams: readonly string[]
}

function structured(value: string | undefined): Structured {
  if (value === undefined) return { value: '', params: {}, decodedParams: [] }
  return libmime.parseHeaderValue(value, { stripComments: true })
}

/** A file name in either encoding: RFC 2231, which must not be decoded again, or encoded words, which many write. */
function nameIn({ params, decodedParams }: Structured, parameter: string): string | undefined {
  const value = Object.hasOwn(params, parameter) ? params[parameter] : undefined
  if (value === undefined) return undefined
  const name = decodedParams.includes(parameter) ? oneLine(value, MAX_PARAMETER) : readable(value, MAX_PARAMETER).text
  return name === '' ? undefined : name
}

function parametersOf(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(params).slice(0, MAX_PARAMETERS)
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value.slice(0, MAX_PARAMETER)]))
}

/** Unknown dispositions are attachments (RFC 2183 2.8). */
function dispositionOf(value: string): Part['disposition'] {
  const word = value.toLowerCase().trim()
  return word === '' ? 'none' : word === 'inline' ? 'inline' : 'attachment'
}

function encodingOf(value: string | undefined): Entity['encoding'] {
  const word = (value ?? '').toLowerCase().trim()
  return word.startsWith('base64') ? 'base64' : word.startsWith('quoted-printable') ? 'quoted-printable' : '8bit'
}
