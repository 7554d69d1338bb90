import { styleText } from 'node:util'
import type { Level } from './events.ts'

const COLOURS: Readonly<Record<Level, 'gray' | 'green' | 'yellow' | 'red'>> = {
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
}
const NAME_WIDTH = 18
// Strangers write some of what is logged: nothing of it may move the cursor, colour a line or turn its direction.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * One line of JSON as one line for a person at a terminal: time of day, level, event, `name=value`.
 * @param json a line of the log
 * @param coloured whether the level is coloured
 */
export function prettyLine(json: string, coloured: boolean): string {
  const { level, time, event, ...fields } = JSON.parse(json) as Record<string, unknown>
  const label = String(level).padEnd(5)
  const shown = coloured ? styleText(COLOURS[level as Level] ?? 'gray', label, { validateStream: false }) : label
  const clock = String(time).slice('2026-11-23T'.length, -1)
  const said = Object.entries(fields).map(([name, value]) => `${name}=${spelled(value)}`)
  return `${[clock, shown, String(event).padEnd(NAME_WIDTH), ...said].join(' ').trimEnd()}\n`
}

function spelled(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spelled).join(', ')}]`
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const plain = /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(text) && !/["=]/u.test(text)
  return (plain ? text : JSON.stringify(text)).replace(
    INVISIBLE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
