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
