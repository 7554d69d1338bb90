import type { Facts } from '../mail/facts.ts'
import type { Recent } from '../mail/limits.ts'
import { alike, fingerprintOf, isLong, similar } from './fingerprint.ts'
import { growsFrom, stemOf } from './subject-stem.ts'

/**
 * Loops and storms as the last mails of one correspondent show them (findings.recent: 24 hours, twenty mails), whatever
 * their header fields say. The harm that is weighed: a loop that goes on fills two mailboxes, while a person who is not
 * answered here has a ticket and at least one acknowledgement of the same day.
 */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** FreeScout stops where two notices went out for the same subject (SendAutoReply); a third mail about it is silence. */
const NOTICES_FOR_ONE_SUBJECT = 2
const NOTICES_FOR_ONE_TEXT = 2
/** A stretch in which a person writes two or three mails; Zammad's narrowest window. */
const BURST_MS = 10 * MINUTE_MS
/** In that time: Zammad's 10 for one recipient in ten minutes. A person who asks ten things at once has ten answers. */
const BURST_NOTICES = 10
/** And where the mails look alike, as much as one subject gets. */
const BURST_NOTICES_ALIKE = 2
/** So many mails with one text or subject within an hour are no conversation; HelpSpot's example refuses the fifth. */
const STORM_MAILS = 6
const STORM_MS = HOUR_MS

export type Storm = {
  /** Why the text is one of a loop, in a few words; undefined where it is not. */
  readonly text: string | undefined
  readonly subject: string | undefined
  /** Why the pace is none of a person. */
  readonly pace: string | undefined
  /** Mails with the same text or subject within the hour, this one among them, where they are a storm. */
  readonly mails: number | undefined
}

const CALM: Storm = { text: undefined, subject: undefined, pace: undefined, mails: undefined }

/** What the recent mails of the correspondent say of this one. One more recent mail can only add to it. */
export function stormOf({ findings, message, now }: Pick<Facts, 'findings' | 'message' | 'now'>): Storm {
  const { recent } = findings
  if (recent.length === 0) return CALM
  const fingerprint = fingerprintOf(message)
  const stem = stemOf(message.subject)
  const seen = recent.map((one) => ({
    ...one,
    isSame: similar(fingerprint, one.fingerprint),
    isAlike: alike(fingerprint, one.fingerprint),
    grew: growsFrom(stem, stemOf(one.subject)),
  }))
  const answered = seen.filter((one) => one.answer === 'notice')
  const mails = 1 + within(seen, now, STORM_MS).filter((one) => one.isSame || one.grew).length
  return {
    text: sameText({ seen, answered, fingerprint }),
    subject: sameSubject(answered),
    pace: paceOf(answered, now),
    mails: mails >= STORM_MAILS ? mails : undefined,
  }
}

type Seen = Recent & { readonly isSame: boolean; readonly isAlike: boolean; readonly grew: boolean }

/**
 * A long text that had a notice is not answered again: a machine that answers our notice with its own text shows itself
 * with the second one, and that is how two of them get no further than two notices. Short ones are written twice by
 * people, unless the subject is the same as well. A storm of which nothing was answered is one all the same.
 */
function sameText(of: {
  readonly seen: readonly Seen[]
  readonly answered: readonly Seen[]
  readonly fingerprint: string
}): string | undefined {
  const had = of.answered.filter((one) => one.isSame)
  const isOneEnough = isLong(of.fingerprint) || had.some((one) => one.grew)
  if (had.length >= (isOneEnough ? 1 : NOTICES_FOR_ONE_TEXT)) return `had ${notices(had)} for this text`
  const mails = of.seen.filter((one) => one.isSame).length
  return mails + 1 >= STORM_MAILS ? `mail ${mails + 1} with this text` : undefined
}

function sameSubject(answered: readonly Seen[]): string | undefined {
  const grown = answered.filter((one) => one.grew)
  if (grown.length < NOTICES_FOR_ONE_SUBJECT) return undefined
  return `had ${notices(grown)} for ${JSON.stringify(grown.at(-1)?.subject.slice(0, 100))}`
}

function paceOf(answered: readonly Seen[], now: Facts['now']): string | undefined {
  const lately = within(answered, now, BURST_MS)
  const same = lately.filter((one) => one.isAlike)
  if (lately.length < BURST_NOTICES && same.length < BURST_NOTICES_ALIKE) return undefined
  return `had ${notices(lately)} within ${BURST_MS / MINUTE_MS} minutes`
}

function notices(had: readonly unknown[]): string {
  return had.length === 1 ? 'a notice' : `${had.length} notices`
}

function within<T extends Recent>(mails: readonly T[], now: Facts['now'], ms: number): readonly T[] {
  return mails.filter((one) => one.at > now - ms)
}
