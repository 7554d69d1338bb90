/**
 * How much of a message is looked at. Every figure is far above what people's mail needs, and small enough that the
 * worst message costs a fraction of a second and some megabytes; what lies beyond becomes a defect.
 */

/** Octets from the beginning of a message that are parsed at all; callers read no more than this. */
export const PARSE_HEAD_OCTETS = 512 * 1024

/** Octets of the header section. Large ones in use (ARC, hundreds of recipients) reach some 60 KiB. */
export const HEADER_OCTETS = 256 * 1024
/** Fields of the header section; long-travelled mail has some 150. */
export const MAX_FIELDS = 2_000
/** Octets of the header section of one body part. */
export const PART_HEADER_OCTETS = 64 * 1024

/** Entities in the tree of parts; digests of mailing lists reach some 200. */
export const MAX_PARTS = 1_000
/** Levels below the message itself; forwards of forwards reach some 10. */
export const MAX_DEPTH = 32
/** Parameters of one Content-Type; RFC 2231 continuations are joined before they are counted. */
export const MAX_PARAMETERS = 50
/** Characters of one parameter or file name. */
export const MAX_PARAMETER = 1_000

/** Octets of an encoded text part that are decoded: base 64 and quoted-printable triple a text at most. */
export const TEXT_OCTETS = 256 * 1024
/** Characters of text that a Message carries. */
export const TEXT_CHARACTERS = 64 * 1024
/** Characters of HTML, styles and comments taken out, that are turned into text. */
export const HTML_CHARACTERS = 64 * 1024
/** Nested elements of HTML that are followed; browsers flatten at 512. */
export const HTML_DEPTH = 200
/** Text parts of one type that are tried until one holds text. */
export const MAX_TEXT_PARTS = 4
/** Returned messages in which a Message-ID is looked for. */
export const MAX_RETURNED = 20

/** Mailboxes of one field that a Message carries. */
export const MAX_MAILBOXES = 1_000
/** Characters of a display name, decoded. */
export const NAME_CHARACTERS = 256
/** Characters of an encoded display name or subject that are decoded. */
export const ENCODED_CHARACTERS = 8 * 1024
/** Characters of a subject: the longest line that RFC 5322 2.1.1 allows. */
export const SUBJECT_CHARACTERS = 998

/** Message-IDs kept of a field: the beginning of a thread and its latest letters (RFC 5322 3.6.4). */
export const FIRST_MESSAGE_IDS = 5
export const LAST_MESSAGE_IDS = 45
