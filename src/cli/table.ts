import { CommandError, EXIT } from './exit.ts'

/** Characters of a cell before it is cut: a long subject must not push the rest off the screen. */
const CELL = 60

/** Columns of text, each as wide as its widest cell; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const cut = rows.map((row) => row.map((cell) => (cell.length > CELL ? `${cell.slice(0, CELL - 1)}…` : cell)))
  const widths = (cut[0] ?? []).map((_, column) => Math.max(...cut.map((row) => row[column]?.length ?? 0)))
  return cut
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
    )
    .join('\n')
}

/** An instant as people read it in lists: UTC to the second. */
export function shown(at: number | undefined): string {
  return at === undefined ? '-' : new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}

/** Rows of a list at most: they are held in memory; whoever wants more pages with --before. */
const MAX_ROWS = 100_000

/**
 * What `--limit` says.
 * @throws CommandError (usage) for anything but a number of 1 to 100,000
 */
export function limitOf(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_ROWS) return limit
  throw new CommandError(EXIT.usage, `--limit: found ${text}, wanted a number of 1 to ${MAX_ROWS}`)
}
