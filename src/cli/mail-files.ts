import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandError, EXIT } from './exit.ts'

/**
 * The files that the paths name: a file itself, the files below a folder in byte order, `-` for standard input.
 * Every named path is looked at before the first is given out, so that a misspelt one ends the command at once.
 * @throws CommandError (usage) where a named path does not exist
 */
export async function mailFiles(paths: readonly string[]): Promise<AsyncIterable<string>> {
  const roots: { path: string; folder: boolean }[] = []
  for (const path of paths) {
    if (path === '-') roots.push({ path, folder: false })
    else {
      const found = await stat(path).catch((error: unknown) => {
        throw new CommandError(
          EXIT.usage,
          `cannot explain ${path}: ${error instanceof Error ? error.message : 'not readable'}`,
        )
      })
      roots.push({ path, folder: found.isDirectory() })
    }
  }
  return walk(roots)
}

async function* walk(roots: readonly { path: string; folder: boolean }[]): AsyncIterable<string> {
  for (const root of roots) {
    if (root.folder) yield* below(root.path)
    else yield root.path
  }
}

/** Folders below this depth are not entered: a loop of links has no end. */
const DEPTH = 32

async function* below(folder: string, depth = 0): AsyncIterable<string> {
  if (depth > DEPTH) return
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined)
  if (entries === undefined) {
    yield folder // told of as unreadable; the rest is judged all the same
    return
  }
  const sorted = entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  for (const entry of sorted) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* below(path, depth + 1)
    // a pipe or a device that somebody left in an archive is no message, and may never end
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) yield path
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => true, // a dangling link is told of as an unreadable message rather than passed over
  )
}
