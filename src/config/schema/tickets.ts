import * as z from 'zod'
import type { HighVolume, Tickets } from '../config.ts'
import { DEFAULTS } from '../defaults.ts'
import { count, type IssueNote, onOff, text } from './leaf.ts'
import { reopenWindow } from './mailboxes.ts'
import { duration } from './quantities.ts'

const { prefix, subject_tag, plus_address, reopen_window } = DEFAULTS.tickets

/** Characters that survive every mail program's handling of a subject. */
const ticketPrefix = text(
  'up to 10 letters and digits, or ""',
  (value) => (/^[A-Za-z0-9]{0,10}$/u.test(value) ? value.toUpperCase() : undefined),
  { pattern: '^[A-Za-z0-9]{0,10}$', examples: ['ACME'] },
)

export const tickets = z.strictObject({
  prefix: ticketPrefix.prefault(prefix).describe('Stands before the ticket in subjects: ACME gives [#ACME-K7M2Q9F].'),
  subject_tag: onOff.prefault(subject_tag).describe('Puts the ticket into the subject of notices.'),
  plus_address: onOff
    .prefault(plus_address)
    .describe('Notices ask for replies to support+TOKEN@; on only if such addresses arrive here.'),
  reopen_window: reopenWindow.prefault(reopen_window),
})

export function ticketsOf(parsed: z.output<typeof tickets>): Tickets {
  return {
    prefix: parsed.prefix,
    subjectTag: parsed.subject_tag,
    plusAddress: parsed.plus_address,
    reopenWindowMs: parsed.reopen_window,
  }
}

const THRESHOLD = { least: 1, most: 1_000_000 }
const AUTO = 'auto'
const enter = z.union([count(THRESHOLD), z.literal(AUTO)], {
  error: () => `a whole number from 1 to 1000000, or ${AUTO}`,
})

export const highVolume = z
  .strictObject({
    window: duration({ least: '1m', most: '1d' })
      .prefault(DEFAULTS.high_volume.window)
      .describe('The time in which new requests are counted.'),
    enter: enter.describe('So many new requests in the window are high volume; auto: learned from the past.'),
    leave: count({ least: 0, most: THRESHOLD.most })
      .optional()
      .describe('Below so many it is over; required with a number.'),
    hold: duration({ least: '0s', most: '7d' })
      .prefault(DEFAULTS.high_volume.hold)
      .describe('How long it lasts at least.'),
  })
  .transform((value, context): HighVolume => {
    const wrong = (message: string, hint: string): void => {
      const params: IssueNote = { whole: true, hint }
      context.addIssue({ code: 'custom', message, params, path: [value.leave === undefined ? 'enter' : 'leave'] })
    }
    if (value.enter !== AUTO && value.leave === undefined)
      wrong('a number for enter wants one for leave', 'about half of it')
    if (value.enter === AUTO && value.leave !== undefined)
      wrong('leave has no meaning with enter: auto', 'leave it out')
    if (value.enter !== AUTO && value.leave !== undefined && value.leave >= value.enter) {
      wrong(
        `leave (${value.leave}) must be less than enter (${value.enter})`,
        'about half of it keeps it from flapping',
      )
    }
    return { windowMs: value.window, enter: value.enter, leave: value.leave, holdMs: value.hold }
  })
