import type { ErrorCode, YAMLParseError } from 'yaml'

type Words = { readonly message: string; readonly hint?: string }

const WORDS: Readonly<Partial<Record<ErrorCode, Words>>> = {
  DUPLICATE_KEY: { message: 'this key stands here a second time', hint: 'keep one of the two' },
  TAB_AS_INDENT: { message: 'a tab indents this line', hint: 'indent with blanks' },
  MULTIPLE_DOCS: { message: 'a second document begins here', hint: 'remove the line of three dashes' },
  BAD_ALIAS: { message: 'an alias (*name) cannot stand here', hint: 'for the text itself, write it in quotes' },
  BAD_DQ_ESCAPE: {
    message: 'unknown escape in double quotes',
    hint: "write \\\\ for a backslash, or use 'single quotes'",
  },
  BAD_SCALAR_START: { message: 'a value cannot begin with this character', hint: 'write the value in quotes' },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second "key: value" begins inside a value',
    hint: 'write a value that holds ": " in quotes, or mend the indentation',
  },
  MULTILINE_IMPLICIT_KEY: { message: 'a key goes over several lines', hint: 'is a colon or a quote missing?' },
  BAD_INDENT: {
    message: 'the indentation does not fit the lines above',
    hint: 'entries of one level begin in one column',
  },
  KEY_OVER_1024_CHARS: { message: 'a key is longer than 1024 characters', hint: 'is a quote missing?' },
}

const BRACKETS = /^Flow (?<what>sequence|map)/u

/** True for an error that a `#` inside brackets causes further down. */
export function isUnclosed(error: YAMLParseError): boolean {
  return BRACKETS.test(error.message)
}

/** A parse error of the yaml library in words for somebody who does not know its terms. */
export function plainWords(error: YAMLParseError): Words {
  const flow = BRACKETS.exec(error.message)?.groups?.what
  if (flow !== undefined) {
    const bracket = flow === 'map' ? '}' : ']'
    return { message: `a bracket that was opened is never closed with ${bracket}`, hint: `add the ${bracket}` }
  }
  if (error.code === 'MISSING_CHAR' && error.message.includes('quote')) {
    return { message: 'a quote that was opened is never closed', hint: 'add the closing quote' }
  }
  if (error.code === 'UNEXPECTED_TOKEN' && error.message.includes('node end')) {
    return {
      message: 'something follows where the value has ended already',
      hint: 'write a value that begins with [ or { or a quote, and goes on after it, in quotes as a whole',
    }
  }
  return WORDS[error.code] ?? { message: `not valid YAML: ${error.message}` }
}
