import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { Trouble } from '../mail/trouble.ts'

export type FolderLimits = {
  /** Of one file, 1 or more. */
  readonly maxOctets: number
  /** Of all files read, 1 or more. */
  readonly maxFiles: number
  /** With the dot, e.g. `.md`; other files are passed over. */
  readonly extensions: readonly string[]
}

export type FolderFile = {
  /** Relative to the root, with slashes. */
  readonly path: string
  readonly text: string
  /** Where it lies, for messages. */
  readonly file: string
}

/** A file of a wanted kind that was not read, and why. */
export type Unread = { readonly path: string; readonly file: string; readonly why: string }
export type FolderTexts = { readonly files: readonly FolderFile[]; readonly unread: readonly Unread[] }

/** Folders inside folders; a template tree has two levels. */
const MAX_DEPTH = 8

/**
 * Reads the text files of a folder and its folders, in the order of their paths' code units. Names that begin with a dot
 * are passed over; a symbolic link is followed only where it ends inside the root.
 * @throws Trouble (permanent) where the root cannot be read, or holds too many files
 */
export async function readFolder(root: string, limits: FolderLimits): Promise<FolderTexts> {
  const inside = await realpath(root).catch((error: unknown) => {
    throw new Trouble(`read the folder ${root}`, 'permanent', error)
  })
  const found: string[] = []
  await list(inside, '', { limits, found, depth: 0, root })
  const files: FolderFile[] = []
  const unread: Unread[] = []
  for (const path of found.sort()) {
    const file = join(root, path)
    const read = await readText({ inside, path, maxOctets: limits.maxOctets }).catch((error: unknown) => ({
      why: error instanceof Error ? error.message : String(error),
    }))
    if ('text' in read) files.push({ path, file, text: read.text })
    else unread.push({ path, file, why: read.why })
  }
  return { files, unread }
}

type Listing = {
  readonly limits: FolderLimits
  readonly found: string[]
  readonly depth: number
  readonly root: string
}

async function list(inside: string, folder: string, listing: Listing): Promise<void> {
  const { limits, found, depth, root } = listing
  const names = await readdir(join(inside, folder), { withFileTypes: true }).catch((error: unknown) => {
    throw new Trouble(`read the folder ${join(root, folder)}`, 'permanent', error)
  })
  for (const entry of names) {
    if (entry.name.startsWith('.')) continue
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    const wanted = limits.extensions.some((extension) => entry.name.endsWith(extension))
    if (entry.isDirectory() || (entry.isSymbolicLink() && !wanted)) {
      const target = await realpath(join(inside, path)).catch(() => '')
      const stays = target.startsWith(inside + sep) && (entry.isDirectory() || (await isFolder(target)))
      if (stays && depth < MAX_DEPTH) await list(inside, path, { ...listing, depth: depth + 1 })
      continue
    }
    // a pipe or a socket of that name would be waited on for ever
    if (!wanted || !(entry.isFile() || (await isFile(join(inside, path))))) continue
    if (found.length >= limits.maxFiles) {
      throw new Trouble(
        `read the folder ${root}`,
        'permanent',
        new Error(`it holds more than ${limits.maxFiles} files`),
      )
    }
    found.push(path)
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => true, // a link to nothing: reading it says why
  )
}

async function isFolder(path: string): Promise<boolean> {
  return readdir(path).then(
    () => true,
    () => false,
  )
}

type Wanted = { readonly inside: string; readonly path: string; readonly maxOctets: number }

async function readText({ inside, path, maxOctets }: Wanted): Promise<{ text: string } | { why: string }> {
  const target = await realpath(join(inside, path))
  if (!target.startsWith(inside + sep)) return { why: 'it is a link that leads out of the folder' }
  const { size } = await stat(target)
  if (size > maxOctets) return { why: `it has ${size} octets, more than the ${maxOctets} allowed` }
  const octets = await readFile(target)
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(octets) }
  } catch {
    return { why: 'it is not UTF-8' }
  }
}
