import { Buffer } from 'node:buffer'
import type { HandOnEdit } from './hand-on.ts'

/** RFC 5322 2.1.1: octets of a line without its CRLF. */
const MAX_LINE_OCTETS = 998
const OURS = 'x-replyd-'
const RESULTS = 'authentication-results'

/**
 * Where the header section ends: after its first empty line (RFC 5322 2.1).
 * @param text octets as latin1; line ends CRLF or LF
 * @param isStart whether the text begins where the message does
 * @returns index after the empty line, undefined where there is none
 */
export function headerEnd(text: string, isStart: boolean): number | undefined {
  if (isStart && text.startsWith('\n')) return 1
  if (isStart && text.startsWith('\r\n')) return 2
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (text[at + 1] === '\n') return at + 2
    if (text[at + 1] === '\r' && text[at + 2] === '\n') return at + 3
  }
  return undefined
}

/** Index where the last line begins that is no continuation and of which a character is known; 0 if there is none. */
export function lastFieldStart(text: string): number {
  for (let at = text.lastIndexOf('\n', text.length - 2); at >= 0; at = text.lastIndexOf('\n', at - 1)) {
    if (text[at + 1] !== ' ' && text[at + 1] !== '\t') return at + 1
    if (at === 0) return 0
  }
  return 0
}

/**
 * The header section with our lines on top, forged ones removed and the subject tagged. Linear in its length.
 * @param section octets as latin1: all of it, with its empty line, or some whole lines of it
 */
export function editedHeader(section: string, edit: HandOnEdit): string {
  const kept: string[] = []
  let tag = edit.subjectTag
  for (const field of fieldsOf(section)) {
    const name = nameOf(field)
    if (name.startsWith(OURS)) continue
    if (name === RESULTS && authservIdOf(field) === edit.ownAuthservId.toLowerCase()) continue
    const isTagged = name === 'subject' && tag !== undefined
    kept.push(isTagged && tag !== undefined ? withTag(field, tag) : field)
    if (isTagged) tag = undefined
  }
  const lines = tag === undefined ? edit.prepend : [...edit.prepend, `Subject: ${tag}`]
  // a continuation at the very top would become part of our last line; it gets one of its own to continue
  const isStray = lines.length > 0 && /^[ \t]/u.test(kept[0] ?? '')
  const ours = isStray ? [...lines, 'X-Replyd-Note: the message began with a continuation line'] : lines
  return ours.map(asLine).join('') + kept.join('')
}

/** Pieces that end where a line begins that is no continuation; joined they give the section again. */
function fieldsOf(section: string): readonly string[] {
  const fields: string[] = []
  let from = 0
  for (let at = section.indexOf('\n'); at >= 0; at = section.indexOf('\n', at + 1)) {
    const next = section[at + 1]
    if (next === ' ' || next === '\t') continue
    fields.push(section.slice(from, at + 1))
    from = at + 1
  }
  if (from < section.length) fields.push(section.slice(from))
  return fields
}

/** In lower case; blanks before the colon are an obsolete form (RFC 5322 4.5). '' for what is no field. */
function nameOf(field: string): string {
  const colon = field.indexOf(':')
  if (colon < 0) return ''
  const name = field.slice(0, colon).trimEnd().toLowerCase()
  return /^[\x21-\x7e]+$/u.test(name) ? name : ''
}

/** What is looked at of a field to find the authserv-id, in characters: it stands first, after comments at most. */
const MAX_ID_SEARCH = 8_192

/** The authserv-id of an Authentication-Results field, lower case, comments and quotes removed (RFC 8601 2.2). */
function authservIdOf(field: string): string {
  const value = field.slice(field.indexOf(':') + 1, MAX_ID_SEARCH)
  let depth = 0
  let isQuoted = false
  let id = ''
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at] ?? ''
    if (character === '\\' && (isQuoted || depth > 0)) {
      at += 1
      if (depth === 0) id += value[at] ?? ''
    } else if (depth > 0) depth += character === '(' ? 1 : character === ')' ? -1 : 0
    else if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) id += character
    else if (character === '(') depth = 1
    else if (/[\s;]/u.test(character)) {
      if (id !== '' || character === ';') break
    } else id += character
  }
  return id.toLowerCase()
}

/** Puts the tag before the subject's text, on a line of its own only where the line would grow too long. */
function withTag(field: string, tag: string): string {
  if (field.includes(tag)) return field
  const colon = field.indexOf(':') + 1
  const text = field.slice(colon)
  if (text.trim() === '') return `${field.slice(0, colon)} ${tag}\r\n`
  const firstLine = field.indexOf('\n')
  const isLong = (firstLine < 0 ? field.length : firstLine) + tag.length + 1 > MAX_LINE_OCTETS
  const blank = /^[ \t\r]/u.test(text) ? '' : ' '
  return `${field.slice(0, colon)} ${tag}${isLong ? '\r\n' : ''}${blank}${text}`
}

/** One line and no more, whatever is in it: what it is made of comes from mail and configuration. */
function asLine(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
  return `${Buffer.from(plain, 'utf8').toString('latin1')}\r\n`
}
