import { readFileSync } from 'node:fs'
import process from 'node:process'
import { codeOf } from './trouble-of.ts'

/** A process, told apart from a later one with the same pid. */
export type Owner = {
  readonly pid: number
  /** Ticks from the start of the system to that of the process (proc_pid_stat(5), field 22); '' where nobody tells. */
  readonly started: string
  /** Which start of the system: ticks of another one mean nothing. '' where nobody tells. */
  readonly boot: string
}

/** Fields of /proc/PID/stat counted after the `)` that ends the name, which may hold blanks and brackets itself. */
const STATE = 0
const START_TIME = 19
/** Killed and waiting for its parent to notice (Z), or gone (X): it holds nothing open any more. */
const DEAD_STATES: readonly string[] = ['Z', 'X', 'x']

function contentsOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // no such process, or a system without /proc
  }
}

function statOf(pid: number): readonly string[] | undefined {
  const stat = contentsOf(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function bootId(): string {
  return contentsOf('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
}

export function thisProcess(): Owner {
  return { pid: process.pid, started: statOf(process.pid)?.[START_TIME] ?? '', boot: bootId() }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM' // it is there, and it is another user's
  }
}

/** True where that very process still runs. Where the system tells too little, a living pid counts as the process. */
export function isAlive(owner: Owner): boolean {
  const boot = bootId()
  if (owner.boot !== '' && boot !== '' && owner.boot !== boot) return false
  if (!answersSignals(owner.pid)) return false
  const stat = statOf(owner.pid)
  if (stat === undefined) return true
  if (DEAD_STATES.includes(stat[STATE] ?? '')) return false
  const started = stat[START_TIME] ?? ''
  return owner.started === '' || started === '' || owner.started === started
}

const WRITTEN = /^(\d{1,10}) (\d{0,20}) ([0-9a-f-]{0,36})\n$/u

export function writtenOwner(owner: Owner): string {
  return `${owner.pid} ${owner.started} ${owner.boot}\n`
}

/** @returns undefined for anything that `writtenOwner` did not write, such as a file cut off by a power failure */
export function readOwner(text: string): Owner | undefined {
  const [, pid, started, boot] = WRITTEN.exec(text) ?? []
  if (pid === undefined || Number(pid) < 1) return undefined
  return { pid: Number(pid), started: started ?? '', boot: boot ?? '' }
}
