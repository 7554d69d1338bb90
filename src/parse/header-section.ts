import { type Buffer, isAscii, isUtf8 } from 'node:buffer'
import type { Field } from '../mail/message.ts'
import { HEADER_OCTETS, MAX_FIELDS } from './bounds.ts'
import type { DefectList } from './defect-list.ts'

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const TAB = 0x09

export type HeaderSection = {
  readonly fields: readonly Field[]
  /** Where the body begins; the length of the octets where there is none. */
  readonly bodyStart: number
}

/**
 * Reads the header section of a message or of a part (RFC 5322 2.2): fields in their order, unfolded, not decoded.
 * Octets over 127 are read as UTF-8 (RFC 6532); what is none becomes U+FFFD, so that no wrong letter stands for a right one.
 * A byte order mark, blank lines and an mbox `From ` line before the first field are passed over: exports and mailers that
 * attach a message leave them, and they are no part of it.
 */
export function readHeaderSection(octets: Buffer, defects: DefectList): HeaderSection {
  const start = startOf(octets)
  const extent = extentOf(octets, start)
  if (extent.cut) defects.add('header-too-large', `more than ${HEADER_OCTETS} octets`)
  const section = octets.subarray(start, extent.end)
  const ascii = isAscii(section)
  const utf8 = ascii || isUtf8(section)
  const fields = fieldsOf(section.toString(ascii ? 'latin1' : 'utf8'), defects)
  if (!utf8) {
    const spoilt = fields.find((field) => field.value.includes('\uFFFD'))
    defects.add('raw-8bit-header', spoilt?.name)
  }
  return { fields, bodyStart: extent.bodyStart }
}

function startOf(octets: Buffer): number {
  let start = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf ? 3 : 0
  for (let at = start; at < octets.length; at += 1) {
    const one = octets[at]
    if (one === LF) start = at + 1
    else if (one !== CR && one !== SPACE && one !== TAB) break
  }
  return start
}

type Extent = { readonly end: number; readonly bodyStart: number; readonly cut: boolean }

/** The section ends at the first line that holds nothing at all (RFC 5322 2.1). */
function extentOf(octets: Buffer, start: number): Extent {
  let line = start
  while (line < octets.length) {
    const end = octets.indexOf(LF, line)
    const last = end < 0 ? octets.length : end
    if (end >= 0 && (end === line || (end === line + 1 && octets[line] === CR))) {
      return { end: line, bodyStart: end + 1, cut: false }
    }
    // a line that begins within the bound and ends beyond it is dropped whole: half a field may say the opposite
    if (last - start > HEADER_OCTETS) return { end: line, bodyStart: bodyAfter(octets, line), cut: true }
    line = last + 1
  }
  return { end: octets.length, bodyStart: octets.length, cut: false }
}

function bodyAfter(octets: Buffer, from: number): number {
  const crlf = octets.indexOf('\n\r\n', from)
  const lf = octets.indexOf('\n\n', from)
  if (crlf < 0 && lf < 0) return octets.length
  return lf < 0 || (crlf >= 0 && crlf < lf) ? crlf + 3 : lf + 2
}

const NAME = /^[!-9;-~]+$/u // RFC 5322 2.2, ftext
const CONTROL = /[^\P{Cc}\t]/u // any control character but the tab

function fieldsOf(section: string, defects: DefectList): readonly Field[] {
  const fields: Field[] = []
  let lines: string[] = [] // of the field that is being read
  let name: string | undefined
  const close = (): void => {
    if (name === undefined) return
    const value = (lines.length === 1 ? (lines[0] ?? '') : lines.join('')).trim()
    if (CONTROL.test(value)) defects.add('control-in-header', name)
    fields.push({ name, value })
    name = undefined
  }
  for (const [index, raw] of section.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line === '') continue // behind the last line, or between two carriage returns
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (name !== undefined) lines.push(line)
      else if (fields.length === 0 && index === 0) defects.add('bad-header-line', line)
      continue
    }
    close()
    if (fields.length >= MAX_FIELDS) {
      defects.add('header-too-large', `more than ${MAX_FIELDS} fields`)
      return fields
    }
    const colon = line.indexOf(':')
    const written = colon < 0 ? '' : line.slice(0, colon).trimEnd()
    if (NAME.test(written)) {
      name = written.toLowerCase()
      lines = [line.slice(colon + 1)]
    } else if (index > 0 || !/^>?From /u.test(line)) defects.add('bad-header-line', line)
  }
  close()
  return fields
}

/** Values of all fields of a name, lower case, in their order. */
export function valuesOf(fields: readonly Field[], name: string): readonly string[] {
  return fields.filter((field) => field.name === name).map((field) => field.value)
}
