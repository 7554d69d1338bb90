import { fstatSync } from 'node:fs'
import { isatty } from 'node:tty'
import { type DestinationStream, destination, pino } from 'pino'
import { LEVELS, type Level, type Log } from './events.ts'
import { prettyLine } from './pretty-line.ts'

/** auto: journal where standard error goes to journald, pretty on a terminal, else json. */
export type LogFormat = 'auto' | 'json' | 'journal' | 'pretty'
export type LogOptions = { readonly format: LogFormat; readonly level: Level }

const STDERR = 2
/** Lines that cannot be written now (a full disk behind standard error) are kept up to this, newer ones are dropped. */
const MAX_KEPT_OCTETS = 1024 * 1024
/** A stuck reader is waited for this often, a tenth of a second each; after that, lines are kept until it reads again. */
const MAX_WAITS = 5
/** sd-daemon(3): journald reads the priority from the start of the line, whatever the stream. */
const PRIORITY: Readonly<Record<Level, number>> = { fatal: 2, error: 3, warn: 4, info: 6, debug: 7 }

/**
 * Opens the log on standard error. Lines are written before the call returns, so that the last one before a crash is there.
 * A log that cannot be written never stops the daemon: a closed pipe ends the log, a full disk costs lines.
 * @param fd file descriptor to write to instead
 */
export function openLog(options: LogOptions, fd: number = STDERR): Log {
  const format = options.format === 'auto' ? formatOf(fd, process.env.JOURNAL_STREAM) : options.format
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    formatted(format, patient(fd), isatty(fd)),
  )
  return (event, fields) => {
    logger[LEVELS[event]]({ event, ...fields })
  }
}

/** @param journalStream $JOURNAL_STREAM: `device:inode` of the stream that systemd connected to journald (systemd.exec(5)) */
export function formatOf(fd: number, journalStream: string | undefined): Exclude<LogFormat, 'auto'> {
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true })
    if (journalStream === `${dev}:${ino}`) return 'journal'
  } catch {
    return 'json' // closed: nobody reads it anyway
  }
  return isatty(fd) ? 'pretty' : 'json'
}

/** pino's synchronous destination, but without an end of the process in its errors. */
function patient(fd: number): DestinationStream {
  let waits = 0
  const stream = destination({
    dest: fd,
    sync: true,
    maxLength: MAX_KEPT_OCTETS,
    retryEAGAIN: () => {
      waits += 1
      return waits <= MAX_WAITS
    },
  })
  // pino's own listener mutes the stream on EPIPE and raises everything else, which would end the process
  stream.removeAllListeners('error')
  let ended = false
  stream.on('write', (octets: number) => {
    if (octets > 0) waits = 0
  })
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'EBADF') ended = true
  })
  return {
    write: (line) => {
      if (!ended) stream.write(line)
    },
  }
}

/** pino leaves the level of the line in `lastLevel` of a stream that asks for it by this symbol. */
const METADATA = Symbol.for('pino.metadata')
type LevelledStream = DestinationStream & { lastLevel: number }

function formatted(format: Exclude<LogFormat, 'auto'>, to: DestinationStream, coloured: boolean): DestinationStream {
  switch (format) {
    case 'json':
      return to
    case 'journal': {
      const stream: LevelledStream = {
        lastLevel: 0,
        write: (line) => {
          const label = pino.levels.labels[stream.lastLevel] as Level | undefined
          to.write(`<${label === undefined ? PRIORITY.info : PRIORITY[label]}>${line}`)
        },
      }
      return Object.assign(stream, { [METADATA]: true })
    }
    case 'pretty':
      return { write: (line) => to.write(prettyLine(line, coloured)) }
    default:
      return format satisfies never
  }
}
