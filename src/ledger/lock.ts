import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'
import { threadId } from 'node:worker_threads'
import { Trouble } from '../mail/trouble.ts'
import { isAlive, type Owner, readOwner, thisProcess, writtenOwner } from './owner.ts'
import { codeOf, troubleOf } from './trouble-of.ts'

/** Tries to take a lock that dead processes keep leaving behind, or that others keep taking and giving back. */
const TRIES = 10

export type Lock = {
  /** Gives the lock back. Idempotent; never takes another owner's file away. */
  release(): void
}

/** Another process works on this ledger: a command ends with 75 (EX_TEMPFAIL). */
export class LockHeld extends Trouble {
  /** The process that has it. */
  readonly pid: number

  constructor(path: string, pid: number) {
    const why = `process ${pid} has it; stop that one first, or use another ledger`
    super(`take the lock ${path}`, 'temporary', new Error(why))
    this.pid = pid
  }
}

function contents(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** Makes `path` with its text in it in one step: link(2) refuses where it is there, and nobody ever sees half a file. */
function linked(path: string, text: string): 'made' | 'there' {
  const own = `${path}.${process.pid}.${threadId}`
  writeFileSync(own, text, { mode: 0o600 })
  try {
    linkSync(own, path)
    return 'made'
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'there'
    throw error
  } finally {
    remove(own)
  }
}

function livingOwner(text: string): Owner | undefined {
  const owner = readOwner(text)
  return owner !== undefined && isAlive(owner) ? owner : undefined
}

/**
 * Removes a lock file left by a dead process. Only the one that makes the guard file may remove it: without the guard, the
 * slower one of two would remove the lock that the faster one has just taken.
 */
function removeStale(path: string, text: string): void {
  const guard = `${path}.takeover`
  if (linked(guard, text) === 'there') {
    const other = contents(guard)
    if (other !== undefined && livingOwner(other) === undefined) remove(guard) // its maker died in these few instants
    return
  }
  try {
    const found = contents(path)
    if (found !== undefined && livingOwner(found) === undefined) remove(path)
  } finally {
    remove(guard)
  }
}

function take(path: string): Lock {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const text = writtenOwner(thisProcess())
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (linked(path, text) === 'made') return lockOn(path, text)
    const found = contents(path)
    if (found === undefined) continue // given back in between
    const owner = livingOwner(found)
    if (owner !== undefined) throw new LockHeld(path, owner.pid)
    removeStale(path, text)
  }
  throw new Trouble(`take the lock ${path}`, 'temporary', new Error(`found it taken ${TRIES} times; try again`))
}

function lockOn(path: string, text: string): Lock {
  let held = true
  return {
    release: () => {
      if (!held) return
      held = false
      if (contents(path) === text) remove(path)
    },
  }
}

/**
 * Takes the lock file, which then holds our pid. A file left by a process that is no more (kill -9, power cut), even where
 * its pid is another process's by now, is taken over. The folder is made where it is missing.
 * @throws LockHeld where a living process has it, this one included; Trouble where the folder cannot be written to
 */
export function takeLock(path: string): Lock {
  try {
    return take(path)
  } catch (error) {
    throw troubleOf(`take the lock ${path}`, error)
  }
}
