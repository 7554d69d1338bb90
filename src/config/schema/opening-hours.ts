import type * as z from 'zod'
import { type OpeningInterval, WEEKDAYS, type Weekday } from '../config.ts'
import { either, type IssueNote, Refused, text } from './leaf.ts'

const DAY_MINUTES = 1440
/** An interval across midnight that is longer was written the wrong way round: `18:00-09:00`. */
const MAX_ACROSS_MIDNIGHT = DAY_MINUTES / 2

const INTERVAL_PATTERN = '^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$'
const INTERVAL = /^(\d{2}):([0-5]\d)-(\d{2}):([0-5]\d)$/u

export const openingInterval = text<OpeningInterval>(
  'opening hours such as "09:00-18:00"',
  (value) => {
    const found = INTERVAL.exec(value)
    if (found === null) return undefined
    const [fromHour = 0, fromMinutes = 0, toHour = 0, toMinutes = 0] = found.slice(1).map(Number)
    const fromMinute = fromHour * 60 + fromMinutes
    const toMinute = toHour * 60 + toMinutes
    if (fromMinute >= DAY_MINUTES || toMinute > DAY_MINUTES) {
      return new Refused({ wanted: 'a clock from 00:00 to 24:00, where only the end may be 24:00' })
    }
    if (fromMinute < toMinute) return { fromMinute, toMinute }
    if (fromMinute === toMinute) return new Refused({ wanted: 'an end after the beginning', hint: ALL_DAY })
    const length = toMinute + DAY_MINUTES - fromMinute
    return length <= MAX_ACROSS_MIDNIGHT
      ? { fromMinute, toMinute: toMinute + DAY_MINUTES }
      : new Refused({ wanted: 'an end after the beginning, or at most 12 hours across midnight' })
  },
  { pattern: INTERVAL_PATTERN, examples: ['09:00-18:00', '22:00-06:00'] },
)

const ALL_DAY = '"00:00-24:00" is open all day'

type Spans = Readonly<Record<string, readonly OpeningInterval[]>>
type Placed = OpeningInterval & { readonly key: string }

/** Each weekday's intervals from keys such as `mon`, `mon-fri` and `sat-mon`; wrong keys and overlaps become issues. */
export function weekOf(spans: Spans, context: z.RefinementCtx): Readonly<Record<Weekday, readonly OpeningInterval[]>> {
  const week: Record<Weekday, Placed[]> = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] }
  for (const [key, intervals] of Object.entries(spans)) {
    const days = daysOf(key)
    if (days === undefined) wrongDay(key, context)
    for (const day of days ?? []) week[day].push(...intervals.map((one) => ({ ...one, key })))
  }
  reportOverlaps(week, context)
  const sorted = (day: Weekday): readonly OpeningInterval[] =>
    [...week[day]]
      .sort((a, b) => a.fromMinute - b.fromMinute)
      .map(({ fromMinute, toMinute }) => ({ fromMinute, toMinute }))
  return Object.fromEntries(WEEKDAYS.map((day) => [day, sorted(day)])) as Record<Weekday, readonly OpeningInterval[]>
}

/** @returns the days in order; undefined where the key names none. `sat-mon` goes over the end of the week. */
function daysOf(key: string): readonly Weekday[] | undefined {
  const [first, last, ...rest] = key.split('-').map((word) => WEEKDAYS.indexOf(word as Weekday))
  if (first === undefined || first < 0 || rest.length > 0) return undefined
  if (last === undefined) return WEEKDAYS.slice(first, first + 1)
  if (last < 0 || last === first) return undefined
  return first < last ? WEEKDAYS.slice(first, last + 1) : [...WEEKDAYS.slice(first), ...WEEKDAYS.slice(0, last + 1)]
}

function wrongDay(key: string, context: z.RefinementCtx): void {
  const params: IssueNote = { whole: true, hint: `wanted ${either(WEEKDAYS)}, or days such as mon-fri` }
  context.addIssue({ code: 'custom', message: `${JSON.stringify(key)} is no day`, params, path: [key] })
}

/** Two intervals that overlap say the same twice, or one is a slip; each day also meets the night before. */
function reportOverlaps(week: Readonly<Record<Weekday, readonly Placed[]>>, context: z.RefinementCtx): void {
  const reported = new Set<string>()
  for (const [index, day] of WEEKDAYS.entries()) {
    const before = week[WEEKDAYS[(index + 6) % 7] ?? 'sun'].map((one) => shifted(one, -DAY_MINUTES))
    const all = [...before.filter((one) => one.toMinute > 0), ...week[day]].sort((a, b) => a.fromMinute - b.fromMinute)
    for (const [at, one] of all.entries()) {
      const next = all[at + 1]
      if (next === undefined || next.fromMinute >= one.toMinute || reported.has(`${one.key} ${next.key}`)) continue
      reported.add(`${one.key} ${next.key}`)
      const params: IssueNote = { whole: true, hint: 'join them, or mend one' }
      const message = `on ${day} ${clock(one)} and ${clock(next)} overlap`
      context.addIssue({ code: 'custom', message, params, path: [next.key] })
    }
  }
}

function shifted(one: Placed, minutes: number): Placed {
  return { ...one, fromMinute: one.fromMinute + minutes, toMinute: one.toMinute + minutes }
}

function clock({ fromMinute, toMinute }: OpeningInterval): string {
  return `${clockFace(fromMinute)}-${clockFace(toMinute)}`
}

function clockFace(minute: number): string {
  const ofDay = minute === DAY_MINUTES ? minute : (minute + DAY_MINUTES) % DAY_MINUTES
  return `${String(Math.floor(ofDay / 60)).padStart(2, '0')}:${String(ofDay % 60).padStart(2, '0')}`
}
