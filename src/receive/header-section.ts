const CR = 13
const LF = 10
const SPACE = 32
const TAB = 9
const COLON = 58
const FIELD_NAME = new TextEncoder().encode('received')

export type HeaderSection = {
  /**
   * Reads on.
   * @returns index in `chunk` of the first octet of the body, undefined while the header section goes on
   */
  take(chunk: Uint8Array): number | undefined
  /** `Received:` fields so far, folded or not, in any case, with blanks before the colon (RFC 5322 4.5). */
  hops(): number
}

/** Walks a header section as it streams by, to its first empty line (RFC 5322 2.1). Line ends are CRLF. */
export function headerSection(): HeaderSection {
  let column = 0
  let matching = true
  let hops = 0

  /** One octet within a line: does the line begin with the field's name and a colon? */
  const step = (octet: number): void => {
    if (matching) {
      if (column < FIELD_NAME.length) matching = (octet | 0x20) === FIELD_NAME[column]
      else if (octet === COLON) {
        hops += 1
        matching = false
      } else matching = octet === SPACE || octet === TAB
    }
    column += 1
  }

  return {
    take(chunk) {
      let index = 0
      for (const octet of chunk) {
        index += 1
        if (octet === LF) {
          if (column === 0) return index
          column = 0
          matching = true
        } else if (octet !== CR) step(octet)
      }
      return undefined
    },
    hops: () => hops,
  }
}
