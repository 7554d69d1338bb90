import { AUTOMATIC_FIELDS } from './automatic-fields.ts'
import { LIST_FIELDS_TABLE } from './list-fields.ts'
import { PART_SIGNS } from './part-signs.ts'
import { PROVENANCE_SIGNS } from './provenance-signs.ts'
import { SENDER_SIGNS } from './sender-signs.ts'
import type { SignRow } from './sign-row.ts'
import { SUBJECT_SIGNS } from './subject-signs.ts'

/** Every sign there is. Which ones decide, and how, says `classify`. */
export const SIGNS: readonly SignRow[] = [
  ...PROVENANCE_SIGNS,
  ...AUTOMATIC_FIELDS,
  ...LIST_FIELDS_TABLE,
  ...PART_SIGNS,
  ...SENDER_SIGNS,
  ...SUBJECT_SIGNS,
]
