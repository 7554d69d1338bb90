import { withoutComments } from './comments.ts'

const MAX_KEYWORD = 100 // characters; the longest registered one has 14

/**
 * The keyword of Auto-Submitted (RFC 3834 5), lower case, without comments and parameters.
 * @param values of all fields of that name: one that says anything but `no` is believed before one that says `no`
 * @returns undefined where no field holds a keyword
 */
export function autoSubmittedOf(values: readonly string[]): string | undefined {
  const keywords = values.map(keywordOf).filter((keyword) => keyword !== '')
  return keywords.find((keyword) => keyword !== 'no') ?? keywords[0]
}

function keywordOf(value: string): string {
  const [first = ''] = withoutComments(value).split(/[\s;,]/u, 1)
  return first.replaceAll('"', '').toLowerCase().slice(0, MAX_KEYWORD)
}
