import { AUTOMATIC_FIELDS } from './automatic-fields.ts'
import { LIST_FIELDS_TABLE } from './list-fields.ts'
import { PART_SIGNS } from './part-signs.ts'
import { PROGRAM_SENDERS } from './program-senders.ts'
import { PROVENANCE_SIGNS } from './provenance-signs.ts'
import { RELAY_SIGNS } from './relay-signs.ts'
import { SENDER_SIGNS } from './sender-signs.ts'
import type { SignRow } from './sign-row.ts'
import { SPAM_FIELDS } from './spam-fields.ts'
import { SUBJECT_SIGNS } from './subject-signs.ts'
import { TEXT_SIGNS } from './text-signs.ts'

/** Every sign there is. Which ones decide, and how, says `classify`. */
export const SIGNS: readonly SignRow[] = [
  ...PROVENANCE_SIGNS,
  ...AUTOMATIC_FIELDS,
  ...LIST_FIELDS_TABLE,
  ...SPAM_FIELDS,
  ...PART_SIGNS,
  ...SENDER_SIGNS,
  ...PROGRAM_SENDERS,
  ...RELAY_SIGNS,
  ...SUBJECT_SIGNS,
  ...TEXT_SIGNS,
]
