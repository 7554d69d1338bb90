/**
 * What keeps a pattern from running in linear time, or from being one at all.
 * @param pattern without its slashes, at most a few hundred characters; it is compiled here and never run
 * @returns undefined where it is fine, else what was wanted, as words that follow "a /pattern/"
 */
export function beyondLinear(pattern: string): string | undefined {
  const why = syntaxError(pattern)
  if (why !== undefined) return `that can be read (${why})`
  let isInClass = false
  for (let at = 0; at < pattern.length; at += 1) {
    const rest = pattern.slice(at, at + 4)
    if (rest.startsWith('\\')) {
      if (!isInClass && /^\\(?:[1-9]|k)/u.test(rest)) return 'without back-references (\\1, \\k<name>)'
      at += 1
    } else if (isInClass) isInClass = !rest.startsWith(']')
    else if (rest.startsWith('[')) isInClass = true
    else if (/^\(\?<?[=!]/u.test(rest)) return 'without look-ahead or look-behind: (?=, (?!, (?<=, (?<!'
  }
  return undefined
}

function syntaxError(pattern: string): string | undefined {
  try {
    return RegExp(pattern, 'u') instanceof RegExp ? undefined : 'no pattern'
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^.*\/u?: /u, '') : String(error)
  }
}
