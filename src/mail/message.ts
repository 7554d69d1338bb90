import type { Address, ReversePath } from './address.ts'
import type { MessageId } from './ids.ts'

/** A header field: name in lower case, value unfolded, not decoded, without leading and trailing blanks. */
export type Field = { readonly name: string; readonly value: string }

/** A mailbox as a letter writes it: display name decoded and stripped of controls ('' if none). */
export type Correspondent = { readonly address: Address; readonly name: string }

/** One MIME entity, in document order. */
export type Part = {
  /** Position in the tree, `1`, `1.2`, ...; the message itself is `''`. */
  readonly path: string
  readonly depth: number
  /** `type/subtype`, lower case; `text/plain` where the field is absent or unusable (RFC 2045 5.2). */
  readonly type: string
  /** Content-Type parameters, names in lower case, values as written: charset, method, report-type, name... */
  readonly parameters: Readonly<Record<string, string>>
  readonly disposition: 'inline' | 'attachment' | 'none'
  readonly filename: string | undefined
  /** True inside an attached message/rfc822 or its headers: what such a part says, it says about another mail. */
  readonly enclosed: boolean
}

/** What was wrong with the octets; a Message always comes out, its defects say at what price. */
export const DEFECT_CODES = [
  'empty', // no octets at all
  'unreadable', // the octets could not be got at (a file that cannot be opened)
  'no-header', // not one header field
  'bad-header-line', // a line in the header section that is no field and no continuation
  'header-too-large', // header section cut at its bound
  'raw-8bit-header', // octets over 127 in a header field that are not UTF-8
  'control-in-header', // NUL or another control character in a field
  'no-from',
  'several-from', // more than one From field, or more than one address in it
  'bad-from', // From is there, and holds no usable address
  'bad-message-id',
  'duplicate-field', // a field that may occur once occurs more often (RFC 5322 3.6)
  'bad-mime', // boundary missing, unclosed or unusable Content-Type
  'too-many-parts',
  'too-deep',
  'body-cut', // text or structure beyond the bound was not looked at
  'bad-charset',
  'parser-failed', // the library gave up; headers are ours, text may be missing
  'parser-timeout',
] as const
export type DefectCode = (typeof DEFECT_CODES)[number]
export type Defect = { readonly code: DefectCode; readonly detail?: string }

/** The parsed letter. Total: any octets give one. */
export type Message = {
  readonly fields: readonly Field[]
  /** All usable addresses of all From fields, read by our own strict reader; more than one is a defect. */
  readonly from: readonly Correspondent[]
  readonly sender: Correspondent | undefined
  readonly replyTo: readonly Correspondent[]
  readonly to: readonly Correspondent[]
  readonly cc: readonly Correspondent[]
  /** Bcc and Resent-To/Cc/Bcc: for RFC 3834 2's "is one of our addresses named". */
  readonly otherRecipients: readonly Correspondent[]
  /** The topmost Return-Path field; undefined where there is none (which is not null). */
  readonly returnPath: ReversePath | undefined
  readonly messageId: MessageId | undefined
  readonly inReplyTo: readonly MessageId[]
  /** Document order, capped: the first ones and the last ones are kept. */
  readonly references: readonly MessageId[]
  /** Decoded, one line, controls and U+FFFD removed; '' where there is none. */
  readonly subject: string
  /** The keyword of Auto-Submitted (RFC 3834 5), lower case, comments and parameters removed; undefined if absent. */
  readonly autoSubmitted: string | undefined
  readonly contentLanguage: string | undefined
  readonly parts: readonly Part[]
  /** What the person wrote as far as we looked: text/plain, or the text of text/html; capped, '' if none. */
  readonly text: string
  /** Message-IDs found inside a returned message (message/rfc822 or text/rfc822-headers in a report). */
  readonly returned: readonly MessageId[]
  /** BCP 47 tag of the text's language where it is beyond doubt, else undefined. */
  readonly language: string | undefined
  readonly defects: readonly Defect[]
}
