import { Buffer, isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import type { ConfigProblem } from './problem.ts'

/** The largest configuration that is read, in octets: a thousand mailboxes fit ten times. */
const MAX_CONFIG_OCTETS = 1024 * 1024

const TROUBLES: Readonly<Record<string, { message: string; hint?: string }>> = {
  ENOENT: { message: 'there is no such file', hint: 'write one with `replyd init DIR`, or name it with --config FILE' },
  ENOTDIR: { message: 'a part of this path is not a folder' },
  EISDIR: { message: 'this is a folder', hint: 'name the file in it, e.g. replyd.yaml' },
  EACCES: { message: 'this user may not read it', hint: 'give the user that runs replyd the right to read it' },
  EPERM: { message: 'this user may not read it', hint: 'give the user that runs replyd the right to read it' },
}

/**
 * Reads the text of a configuration file.
 * @returns problems instead of throwing where it is missing, unreadable, no file, too large or not UTF-8
 */
export async function readSource(
  file: string,
): Promise<{ ok: true; text: string } | { ok: false; problem: ConfigProblem }> {
  const wrong = (message: string, hint?: string) => ({
    ok: false as const,
    problem: { file, line: 0, column: 0, message, ...(hint === undefined ? {} : { hint }) },
  })
  try {
    const octets = await firstOctets(file, MAX_CONFIG_OCTETS + 1)
    if (octets.length > MAX_CONFIG_OCTETS) {
      return wrong(`the file is larger than ${MAX_CONFIG_OCTETS} octets (1 MiB)`, 'a configuration is never that long')
    }
    if (!isUtf8(octets)) return { ok: false, problem: notUtf8(file, octets) }
    return { ok: true, text: octets.toString('utf8').replace(/^\uFEFF/u, '') }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const known = TROUBLES[code]
    return known === undefined ? wrong(`cannot be read: ${String(error)}`) : wrong(known.message, known.hint)
  }
}

/** Never more than asked for, whatever the path names: /dev/zero has no end. */
async function firstOctets(file: string, most: number): Promise<Buffer> {
  await using handle = await open(file, 'r')
  const buffer = Buffer.alloc(most)
  let filled = 0
  while (filled < most) {
    const { bytesRead } = await handle.read(buffer, filled, most - filled, null)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

/** Names the place of the first octet that is no UTF-8. */
function notUtf8(file: string, octets: Buffer): ConfigProblem {
  let line = 1
  let start = 0
  for (let end = octets.indexOf(10); end >= 0 && isUtf8(octets.subarray(start, end)); end = octets.indexOf(10, start)) {
    line += 1
    start = end + 1
  }
  const end = octets.indexOf(10, start)
  const text = octets.subarray(start, end < 0 ? octets.length : end).toString('utf8')
  return {
    file,
    line,
    column: text.indexOf('\uFFFD') + 1,
    message: 'the file is not UTF-8 from here on',
    hint: 'save it as UTF-8 in your editor',
  }
}
