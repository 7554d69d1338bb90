import { describe, expect, test } from 'vitest'
import { beyondLinear } from '../../../src/config/schema/pattern.ts'
import { addressGlob, listenTargetOrOff, network } from '../../../src/config/schema/places.ts'
import { duration, durationOr, rate, size } from '../../../src/config/schema/quantities.ts'
import { schedules } from '../../../src/config/schema/schedules.ts'
import { locale, timeZone } from '../../../src/config/schema/zones-and-locales.ts'

type Schema = { safeParse(value: unknown): { success: boolean; data?: unknown } }
const read = (schema: Schema, value: unknown): unknown => schema.safeParse(value).data

describe('quantities', () => {
  const span = duration({ least: '1s', most: '100w' })
  test.each([
    ['30s', 30_000],
    ['60m', 3_600_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1.5h', 5_400_000],
  ])('%s is %d ms', (text, ms) => expect(read(span, text)).toBe(ms))
  test.each(['', '24', '24 h', '-1h', '1e3s', '1h30m', 'h', '0s', '101w', '1H', '1.s', 24, null, '9'.repeat(400)])(
    '%j is no such duration',
    (text) => expect(read(span, text)).toBeUndefined(),
  )
  test('a word may stand for it', () => {
    expect(read(durationOr('auto', { least: '1m', most: '1d' }), 'auto')).toBe('auto')
    expect(read(durationOr('auto', { least: '1m', most: '1d' }), 'never')).toBeUndefined()
  })
  test.each([
    ['50MiB', 52_428_800],
    ['50MB', 50_000_000],
    ['0.5GiB', 536_870_912],
    ['64kB', 64_000],
  ])('%s is %d octets', (text, octets) => expect(read(size({ least: '1kB', most: '1GiB' }), text)).toBe(octets))
  test.each(['50', '50M', '50mb', '1B', '2GiB', ''])('%j is no such size', (text) =>
    expect(read(size({ least: '1kB', most: '1GiB' }), text)).toBeUndefined(),
  )
  test('rates', () => {
    expect(read(rate, '10/24h')).toEqual({ count: 10, windowMs: 86_400_000 })
    expect(read(rate, 'off')).toBe('off')
    for (const bad of ['10', '10/', '/1h', '0/1h', '1/1s', '1/h', '1/2/3h']) expect(read(rate, bad)).toBeUndefined()
  })
})

describe('zones and languages', () => {
  test.each(['Europe/Athens', 'America/Argentina/Buenos_Aires', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'])(
    '%s is a zone',
    (zone) => expect(read(timeZone, zone)).toBe(zone),
  )
  test.each(['EST', 'CET', '+02:00', 'GMT+2', 'Etc/GMT+2', 'Athens', 'Europe/Nowhere', '', 'Z'])('%s is none', (zone) =>
    expect(read(timeZone, zone)).toBeUndefined(),
  )
  test.each([
    ['en', 'en'],
    ['zh-hant', 'zh-Hant'],
    ['EL-gr', 'el-GR'],
    ['pt-BR', 'pt-BR'],
  ])('%s is the language %s', (text, tag) => expect(read(locale, text)).toBe(tag))
  test.each(['english', 'en_US', 'xx', '', 'e', 'el gr', '42'])('%j is none', (text) =>
    expect(read(locale, text)).toBeUndefined(),
  )
})

describe('places', () => {
  test.each(['127.0.0.1', '10.0.0.0/8', '::1/128', 'fc00::/7', '0.0.0.0/0'])('%s is a network', (text) =>
    expect(read(network, text)).toBe(text),
  )
  test.each(['10.0.0.0/33', '::/129', '10.0.0/8', '10.0.0.0/', '10.0.0.0/8/8', 'acme.example', '', '1.2.3.4/-1'])(
    '%s is none',
    (text) => expect(read(network, text)).toBeUndefined(),
  )
  test.each(['*@partner.example', 'no-reply*@*', '*', 'a@b.example', '*.example'])('%s is an address pattern', (text) =>
    expect(read(addressGlob, text)).toBe(text),
  )
  test.each(['partner.example', 'a@b@c', '**@x', 'a b@c', '', 'A <a@b>', 'x'.repeat(400)])('%s is none', (text) =>
    expect(read(addressGlob, text)).toBeUndefined(),
  )
  test('the admin listener can be switched off', () => {
    expect(read(listenTargetOrOff, 'off')).toBe('off')
    expect(read(listenTargetOrOff, '[::1]:8025')).toEqual({ kind: 'tcp', host: '::1', port: 8025 })
    expect(read(listenTargetOrOff, 'on')).toBeUndefined()
  })
})

const week = (hours: Record<string, readonly string[]>): unknown => read(schedules, { office: { hours } })

const days = (hours: Record<string, readonly string[]>) =>
  (week(hours) as { office: { hours: Record<string, unknown> } } | undefined)?.office.hours

describe('opening hours', () => {
  test('a range of days, several intervals, in the order of the clock', () => {
    expect(days({ 'mon-tue': ['14:00-18:00', '09:00-13:00'] })).toMatchObject({
      mon: [
        { fromMinute: 540, toMinute: 780 },
        { fromMinute: 840, toMinute: 1080 },
      ],
      tue: [{}, {}],
      wed: [],
    })
  })
  test('a range over the end of the week', () => {
    expect(days({ 'sat-mon': ['00:00-24:00'] })).toMatchObject({ sat: [{}], sun: [{}], mon: [{}], tue: [] })
  })
  test('always open touches but does not overlap', () => {
    expect(days({ 'mon-sun': ['00:00-24:00'] })).toMatchObject({ mon: [{ fromMinute: 0, toMinute: 1440 }] })
  })
  test('across midnight ends in the next day', () => {
    expect(days({ 'mon-sun': ['22:00-06:00'] })).toMatchObject({ sun: [{ fromMinute: 1320, toMinute: 1800 }] })
  })
  test.each([
    [{ mon: ['22:00-06:00'], tue: ['05:00-08:00'] }],
    [{ sun: ['22:00-06:00'], mon: ['00:00-01:00'] }],
    [{ 'mon-fri': ['09:00-18:00'], fri: ['17:00-20:00'] }],
    [{ mon: ['09:00-12:00', '09:00-12:00'] }],
    [{ mon: ['18:00-09:00'] }],
    [{ mon: ['24:00-24:00'] }],
    [{ mon: ['09:60-10:00'] }],
    [{ monday: ['09:00-10:00'] }],
    [{ 'mon-mon': ['09:00-10:00'] }],
    [{ 'mon-': ['09:00-10:00'] }],
    [{ '': ['09:00-10:00'] }],
  ])('%j is refused', (hours) => expect(week(hours)).toBeUndefined())
})

describe('patterns for the linear-time engine', () => {
  test.each(['refund(s|ed)?', '\\bcancel\\b', '[(?=]', '\\(\\?=', '(?:a|b)+', '(?<name>a)', 'a{1,3}', '\\p{L}+'])(
    '%s is taken',
    (pattern) => expect(beyondLinear(pattern)).toBeUndefined(),
  )
  test.each(['(?=a)', '(?!a)', 'x(?<=a)', '(?<!a)', '(a)\\1', '(?<n>a)\\k<n>', '(', '[', '*', '[a\\]](?=b)'])(
    '%s is refused',
    (pattern) => expect(beyondLinear(pattern)).toBeTypeOf('string'),
  )
})
