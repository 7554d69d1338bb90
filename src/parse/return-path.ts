import { NULL_PATH, parseReversePath, type ReversePath, UNKNOWN_PATH } from '../mail/address.ts'
import { withoutComments } from './comments.ts'

/** As sendmail writes the null path on delivery; it names nobody whom one could answer. */
const NULL_BY_CUSTOM = /^mailer-daemon$/iu

/**
 * The reverse-path that a Return-Path field tells (RFC 5321 4.4).
 * @param value of the topmost field; undefined where there is none
 * @returns undefined without a field; UNKNOWN_PATH where it holds nothing that we can read
 */
export function returnPathOf(value: string | undefined): ReversePath | undefined {
  if (value === undefined) return undefined
  const plain = withoutComments(value)
  const bracketed = plain.startsWith('<') && plain.endsWith('>')
  const path = (bracketed ? plain.slice(1, -1) : plain).trim()
  if (bracketed && path === '') return NULL_PATH
  if (NULL_BY_CUSTOM.test(path)) return NULL_PATH
  if (path === '') return UNKNOWN_PATH
  const colon = path.indexOf(':')
  return parseReversePath(path.startsWith('@') && colon > 0 ? path.slice(colon + 1) : path) ?? UNKNOWN_PATH
}
