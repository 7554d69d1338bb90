import { spawnSync } from 'node:child_process'
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Events, LEVELS, type Level, type Log } from '../../../src/ops/events.ts'
import { formatOf, type LogFormat, openLog } from '../../../src/ops/log.ts'
import { prettyLine } from '../../../src/ops/pretty-line.ts'

let folder: string
let fd: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replyd-log-'))
  fd = openSync(join(folder, 'log'), 'w+')
})
afterEach(() => {
  closeSync(fd)
  rmSync(folder, { recursive: true })
})

function lines(format: LogFormat, level: Level, write: (log: Log) => void): readonly string[] {
  write(openLog({ format, level }, fd))
  return readFileSync(join(folder, 'log'), 'utf8').split('\n').slice(0, -1)
}

const HOSTILE = 'a\nb\r\u001b[2J\u202e"} <3>x'

describe('lines of JSON', () => {
  test('an event is one line with its level, name and fields, whatever a stranger wrote into them', () => {
    const [line = '', ...more] = lines('json', 'info', (log) => log('ledger.orphan', { file: HOSTILE }))
    expect(more).toEqual([])
    const { time, ...rest } = JSON.parse(line) as Record<string, unknown>
    expect(rest).toEqual({ level: 'warn', event: 'ledger.orphan', file: HOSTILE })
    expect(String(time)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u)
  })
  test('a thousand recipients are all there, and so is what looks like a secret by its name', () => {
    const recipients = Array.from({ length: 1000 }, (_, index) => `r${index}@acme.example`)
    const fields = { id: 'A', source: 'smtp', from: 'password@x.example', recipients, octets: 1, ip: '::1' }
    const [line = ''] = lines('json', 'info', (log) => log('message.accepted', fields))
    expect(JSON.parse(line)).toMatchObject(fields)
  })
  test('each event has the level of the table, and lower ones than asked for are left out', () => {
    const written = lines('json', 'warn', (log) => {
      for (const name of Object.keys(LEVELS) as (keyof Events)[]) log(name, {} as never)
    }).map((line) => JSON.parse(line) as { level: Level; event: keyof Events })
    const wanted = Object.entries(LEVELS).filter(([, level]) => ['warn', 'error', 'fatal'].includes(level))
    expect(written.map(({ event, level }) => [event, level])).toEqual(wanted)
  })
})

describe('lines for journald', () => {
  test('the priority of sd-daemon(3) stands before each line', () => {
    const written = lines('journal', 'debug', (log) => {
      log('daemon.failed', { error: 'x\ny' })
      log('template.broken', { file: 'a', error: 'b' })
      log('ledger.orphan', { file: 'a' })
      log('reload.done', { ms: 1 })
      log('control.call', { method: 'GET', path: '/', status: 200 })
    })
    expect(written.map((line) => line.slice(0, 4))).toEqual(['<2>{', '<3>{', '<4>{', '<6>{', '<7>{'])
    for (const line of written) JSON.parse(line.slice(3))
  })
  test('chosen where $JOURNAL_STREAM names this very stream, and only there', () => {
    const { dev, ino } = fstatSync(fd)
    expect(formatOf(fd, `${dev}:${ino}`)).toBe('journal')
    expect(formatOf(fd, `${dev}:${ino + 1}`)).toBe('json')
    expect(formatOf(fd, undefined)).toBe('json')
    expect(formatOf(999, undefined)).toBe('json')
  })
})

describe('lines for a person', () => {
  test('time, level, event and fields in one line', () => {
    const [line = ''] = lines('pretty', 'info', (log) =>
      log('daemon.ready', { smtp: '127.0.0.1:2525', lmtp: null, http: 'two words', ms: 12 }),
    )
    expect(line).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} info {2}daemon\.ready {7}smtp=127\.0\.0\.1:2525 lmtp=null http="two words" ms=12$/u,
    )
  })
  test('nothing a stranger wrote moves the cursor, ends the line or turns its direction', () => {
    const line = prettyLine(JSON.stringify({ level: 'info', time: '', event: 'x', file: `${HOSTILE}\u009b` }), false)
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(line).toContain('\\u{202e}')
  })
  test('the level is coloured where colours were asked for', () => {
    const json = JSON.stringify({ level: 'error', time: '', event: 'x' })
    expect(prettyLine(json, true)).toContain('\u001b[31merror')
    expect(prettyLine(json, false)).not.toContain('\u001b')
  })
})

describe('a log that cannot be written does not end the daemon', () => {
  const program = fileURLToPath(new URL('./programs/logger.ts', import.meta.url))
  /** Runs the logger with standard error as the shell says. */
  function run(args: string, redirection: string): { stdout: string; status: number | null } {
    const { stdout, status } = spawnSync(
      'bash',
      ['-c', `"$0" "$1" ${args} ${redirection}`, process.execPath, program],
      {
        encoding: 'utf8',
        timeout: 10_000,
      },
    )
    return { stdout, status }
  }
  test('nobody reads any more', () => {
    // the process substitution ends at once, so every write meets a closed pipe
    expect(run('json 200', '2> >(exec true)').stdout).toBe('still there\n')
  })
  test('the disk is full', () => {
    expect(run('json 2000', '2>/dev/full')).toEqual({ stdout: 'still there\n', status: 0 })
  })
  test('standard error is closed', () => {
    expect(run('json 3', '2>&-')).toEqual({ stdout: 'still there\n', status: 0 })
  })
  test('a reader that is stuck behind a pipe that does not block costs a moment, once', () => {
    const stuck = `
import fcntl, os, subprocess, sys
r, w = os.pipe()
fcntl.fcntl(w, fcntl.F_SETFL, os.O_NONBLOCK)
print(subprocess.run(sys.argv[1:], stderr=w, stdout=subprocess.PIPE, timeout=8).stdout.decode(), end='')`
    const { stdout } = spawnSync('python3', ['-c', stuck, process.execPath, program, 'json', '3000'], {
      encoding: 'utf8',
    })
    expect(stdout).toBe('still there\n')
  })
  test('the last line before an exit is there', () => {
    const { stderr, status } = spawnSync(process.execPath, [program, 'json', '500', 'exit'], { encoding: 'utf8' })
    expect(status).toBe(7)
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ file: 'last' })
  })
})
