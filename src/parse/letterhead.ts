import type { Correspondent, Field, Message } from '../mail/message.ts'
import { autoSubmittedOf } from './auto-submitted.ts'
import { MAX_MAILBOXES } from './bounds.ts'
import { withoutComments } from './comments.ts'
import { correspondentsOf } from './correspondents.ts'
import type { DefectList } from './defect-list.ts'
import { valuesOf } from './header-section.ts'
import { messageIdsOf, ownMessageId } from './message-ids.ts'
import { returnPathOf } from './return-path.ts'
import { subjectOf } from './subject.ts'

/** What a Message takes from its header section alone. */
export type Letterhead = Omit<Message, 'parts' | 'text' | 'returned' | 'language' | 'defects'>

/** RFC 5322 3.6: these occur once at most. From has a defect of its own. */
const ONCE = ['date', 'sender', 'reply-to', 'to', 'cc', 'bcc', 'message-id', 'in-reply-to', 'references', 'subject']
const OTHER_RECIPIENTS = ['bcc', 'resent-to', 'resent-cc', 'resent-bcc']
const MAX_LANGUAGES = 200 // characters of Content-Language

/** Reads the fields that the rooms ask for by name. Repeated fields: addresses add up, of all else the first one counts. */
export function letterhead(fields: readonly Field[], defects: DefectList): Letterhead {
  for (const name of ONCE) {
    if (valuesOf(fields, name).length > 1) defects.add('duplicate-field', name)
  }
  const first = (name: string): string | undefined => fields.find((field) => field.name === name)?.value
  const people = (...names: readonly string[]): readonly Correspondent[] => peopleIn(fields, names)
  return {
    fields,
    from: fromOf(fields, defects),
    sender: people('sender')[0],
    replyTo: people('reply-to'),
    to: people('to'),
    cc: people('cc'),
    otherRecipients: people(...OTHER_RECIPIENTS),
    returnPath: returnPathOf(first('return-path')),
    messageId: messageIdOf(first('message-id'), defects),
    inReplyTo: messageIdsOf(valuesOf(fields, 'in-reply-to')),
    references: messageIdsOf(valuesOf(fields, 'references')),
    subject: subjectOf(first('subject'), defects),
    autoSubmitted: autoSubmittedOf(valuesOf(fields, 'auto-submitted')),
    contentLanguage: languagesOf(first('content-language')),
  }
}

function peopleIn(fields: readonly Field[], names: readonly string[]): readonly Correspondent[] {
  return fields
    .filter((field) => names.includes(field.name))
    .flatMap((field) => correspondentsOf(field.value).correspondents)
    .slice(0, MAX_MAILBOXES)
}

function fromOf(fields: readonly Field[], defects: DefectList): readonly Correspondent[] {
  const lists = valuesOf(fields, 'from').map(correspondentsOf)
  const from = lists.flatMap((list) => list.correspondents).slice(0, MAX_MAILBOXES)
  const mailboxes = lists.reduce((sum, list) => sum + list.mailboxes, 0)
  if (lists.length === 0) defects.add('no-from')
  else if (from.length === 0) defects.add('bad-from', valuesOf(fields, 'from')[0])
  if (lists.length > 1) defects.add('several-from', `${lists.length} From fields`)
  else if (mailboxes > 1) defects.add('several-from', `${mailboxes} addresses in From`)
  return from
}

function messageIdOf(value: string | undefined, defects: DefectList): Message['messageId'] {
  if (value === undefined) return undefined
  const { id, sound } = ownMessageId(value)
  if (!sound) defects.add('bad-message-id', value)
  return id
}

function languagesOf(value: string | undefined): string | undefined {
  const plain = withoutComments((value ?? '').slice(0, MAX_LANGUAGES))
  return plain === '' ? undefined : plain
}
