import { SUBJECT_CHARACTERS } from './bounds.ts'
import type { DefectList } from './defect-list.ts'
import { readable } from './encoded-words.ts'

/** The subject as a person reads it, on one line; '' without one. */
export function subjectOf(value: string | undefined, defects: DefectList): string {
  if (value === undefined) return ''
  const { text, spoilt } = readable(value, SUBJECT_CHARACTERS)
  if (spoilt && !value.includes('\uFFFD')) defects.add('bad-charset', 'subject')
  return text
}
