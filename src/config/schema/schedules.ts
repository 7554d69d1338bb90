import * as z from 'zod'
import type { Holiday, ScheduleConfig } from '../config.ts'
import { DEFAULTS } from '../defaults.ts'
import { type IssueNote, line, named, text } from './leaf.ts'
import { openingInterval, weekOf } from './opening-hours.ts'
import { path } from './places.ts'
import { timeZone } from './zones-and-locales.ts'

const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isDayOfYear(month: number, day: number): boolean {
  return day >= 1 && day <= (DAYS_OF_MONTH[month - 1] ?? 0)
}

const DATE_PATTERN = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
const date = text(
  'a date that exists, YYYY-MM-DD',
  (value) => {
    const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(value) ?? []
    const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
    const exists = Number(year) >= 1970 && at.toISOString().startsWith(value)
    return month !== undefined && isDayOfYear(Number(month), Number(day)) && exists ? value : undefined
  },
  { pattern: DATE_PATTERN, examples: ['2026-12-25'] },
)

const everyYear = text(
  'a day of the year that exists, MM-DD',
  (value) => {
    const [, month, day] = /^(\d{2})-(\d{2})$/u.exec(value) ?? []
    return isDayOfYear(Number(month), Number(day)) ? value : undefined
  },
  { pattern: '^[0-9]{2}-[0-9]{2}$', examples: ['05-01'] },
)

const ONE_OF_TWO: IssueNote = { whole: true }

const holiday = z
  .strictObject({
    date: date.optional().describe('One day.'),
    every: everyYear.optional().describe('The same day of every year.'),
    name: line('the name of the holiday', 100).describe('What customers read.'),
  })
  .transform((value, context): Holiday => {
    if (value.date !== undefined && value.every === undefined)
      return { kind: 'date', date: value.date, name: value.name }
    if (value.every !== undefined && value.date === undefined)
      return { kind: 'every', every: value.every, name: value.name }
    context.addIssue({ code: 'custom', message: 'wanted exactly one of date and every', params: ONE_OF_TWO })
    return z.NEVER
  })

const hours = z
  .record(z.string(), z.array(openingInterval))
  .transform((value, context): ScheduleConfig['hours'] => weekOf(value, context))

const schedule = z.strictObject({
  timezone: timeZone.optional().describe("Zone of these hours; without it, the organization's."),
  hours: hours
    .prefault({ ...DEFAULTS.schedules.hours } as Record<string, string[]>)
    .describe('Opening hours by day (mon) or days (mon-fri): "09:00-18:00", across midnight "22:00-06:00".'),
  holidays: z
    .array(holiday)
    .prefault([...DEFAULTS.schedules.holidays])
    .describe('Days on which it is closed.'),
  calendars: z
    .array(path)
    .prefault([...DEFAULTS.schedules.calendars])
    .describe('iCalendar files with more such days.'),
})

export const schedules = named(schedule)

export function schedulesOf(
  parsed: z.output<typeof schedules>,
  zone: string,
): Readonly<Record<string, ScheduleConfig>> {
  return Object.fromEntries(
    Object.entries(parsed).map(([name, one]) => [name, { ...one, timezone: one.timezone ?? zone }]),
  )
}
