import type { Part } from '../mail/message.ts'
import type { NatureKind } from '../mail/nature.ts'
import type { Letter, Sighting, SignRow } from './sign-row.ts'

/**
 * What the tree of parts shows. Enclosed parts (inside a forwarded message) and attachments never count: a person who
 * forwards a bounce, or attaches an invitation, is a person.
 */

/** A report is the message itself, or what a gateway wrapped with a footer of its own: then it comes first. */
function isTop(part: Part): boolean {
  return !part.enclosed && (part.path === '' || (part.path === '1' && part.disposition !== 'attachment'))
}

/** The message itself or one of its own parts; a person's own text never comes as one of these types. */
function isOwnPart(part: Part): boolean {
  return !part.enclosed && (part.path === '' || (part.depth <= 1 && part.disposition !== 'attachment'))
}

function seen(part: Part): Sighting {
  const parameters = ['report-type', 'method'].flatMap((name) => {
    const value = part.parameters[name]
    return value === undefined ? [] : [`; ${name}=${value}`]
  })
  return { where: part.path === '' ? 'content-type' : `part ${part.path}`, value: part.type + parameters.join('') }
}

function reportOf(type: string | undefined): (letter: Letter) => Sighting | undefined {
  return ({ message }) => {
    const part = message.parts.find(
      (one) =>
        isTop(one) &&
        one.type === 'multipart/report' &&
        (type === undefined || one.parameters['report-type']?.toLowerCase() === type),
    )
    return part === undefined ? undefined : seen(part)
  }
}

function partOf(types: readonly string[]): (letter: Letter) => Sighting | undefined {
  return ({ message }) => {
    const part = message.parts.find((one) => isOwnPart(one) && types.includes(one.type))
    return part === undefined ? undefined : seen(part)
  }
}

/** iTIP methods by which calendars talk to calendars (RFC 5546 1.4); PUBLISH is for readers. */
const METHODS = ['request', 'reply', 'counter', 'cancel', 'declinecounter', 'refresh', 'add']

/**
 * As the message itself or as one of its alternatives (RFC 6047 2.4), or all that the message holds, attached or not.
 * Beside a person's words it is an enclosure.
 */
function invitation({ message }: Letter): Sighting | undefined {
  const own = message.parts.filter((part) => !part.enclosed)
  const part = own.find(
    (one) =>
      one.type === 'text/calendar' &&
      METHODS.includes(one.parameters.method?.toLowerCase() ?? '') &&
      (one.path === '' || isAlternative(one, own) || (message.text.trim() === '' && isAlone('', own))),
  )
  return part === undefined ? undefined : seen(part)
}

const CALENDAR_TYPES = ['text/calendar', 'application/ics']

/** True where the part, or the branch with nothing but calendars that it stands in, is one of several alternatives. */
function isAlternative(part: Part, parts: readonly Part[]): boolean {
  for (let path = part.path; path !== ''; path = parentOf(path)) {
    const above = parts.find((one) => one.path === parentOf(path))
    if (above?.type === 'multipart/alternative') return part.disposition !== 'attachment' || path !== part.path
    if (above === undefined || !isAlone(above.path, parts)) return false
  }
  return false
}

/** True where no leaf at or below this place is anything but a calendar. */
function isAlone(path: string, parts: readonly Part[]): boolean {
  const below = parts.filter((part) => path === '' || part.path === path || part.path.startsWith(`${path}.`))
  return below.every((part) => part.type.startsWith('multipart/') || CALENDAR_TYPES.includes(part.type))
}

function parentOf(path: string): string {
  const dot = path.lastIndexOf('.')
  return dot < 0 ? '' : path.slice(0, dot)
}

function row(code: string, shows: NatureKind, source: string, find: (letter: Letter) => Sighting | undefined): SignRow {
  return { code, class: 'hard', family: 'structure', look: { kind: 'letter', find }, source, shows }
}

const DELIVERY = ['message/delivery-status', 'message/global-delivery-status']
const DISPOSITION = ['message/disposition-notification', 'message/global-disposition-notification']

export const PART_SIGNS: readonly SignRow[] = [
  row('report-delivery-status', 'delivery-status', 'RFC 3464', reportOf('delivery-status')),
  row('report-disposition', 'disposition-notification', 'RFC 8098', reportOf('disposition-notification')),
  row('report-feedback', 'feedback-report', 'RFC 5965', reportOf('feedback-report')),
  row('report', 'automatic', 'RFC 6522', reportOf(undefined)),
  row('part-delivery-status', 'delivery-status', 'RFC 3464 2.1', partOf(DELIVERY)),
  row('part-disposition', 'disposition-notification', 'RFC 8098 3.1', partOf(DISPOSITION)),
  row('part-feedback-report', 'feedback-report', 'RFC 5965 3.1', partOf(['message/feedback-report'])),
  { ...row('calendar-method', 'calendar', 'RFC 6047 2.4', invitation), class: 'strong' },
  {
    code: 'calendar-content-class',
    class: 'strong',
    family: 'structure',
    look: {
      kind: 'field',
      names: ['content-class'],
      test: { kind: 'token', oneOf: ['urn:content-classes:calendarmessage'] },
    },
    source: 'Exchange',
    shows: 'calendar',
  },
  {
    code: 'x-failed-recipients',
    class: 'hard',
    family: 'field',
    look: { kind: 'field', names: ['x-failed-recipients'], test: { kind: 'pattern', pattern: /@/u } },
    source: 'Exim, Gmail',
    shows: 'delivery-status',
  },
]
