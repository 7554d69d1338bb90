/**
 * Mails written for this project, true to the form of the programs and people that they stand for. The folder says the
 * nature; everything is judged as `replyd explain` does it. Only a person is answered, and every person is.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Explained } from '../../src/cli/judge.ts'
import { NATURES } from '../../src/mail/nature.ts'
import type { ReasonCode } from '../../src/mail/reason.ts'
import { judgedNatures, mailsIn, NATURES_FOLDER } from './judged.ts'

const MAILS = mailsIn(NATURES_FOLDER)
const MACHINES = NATURES.filter((kind) => kind !== 'person')

let judged: ReadonlyMap<string, Explained>
beforeAll(async () => {
  judged = await judgedNatures()
})

function verdict(mail: string): Explained {
  const found = judged.get(mail)
  if (found === undefined) throw new Error(`${mail} was not judged`)
  return found
}

const of = (nature: string): readonly string[] => MAILS.filter((mail) => mail.startsWith(`${nature}/`))

describe.each(MACHINES)('%s', (nature) => {
  test.each(of(nature))('%s is recognised, and not answered', (mail) => {
    const { nature: found, decision } = verdict(mail)
    expect({ kind: found.kind, reply: decision.reply }, JSON.stringify(found.signs)).toEqual({
      kind: nature,
      reply: 'silence',
    })
  })
})

/** Persons who are not answered all the same, and why. */
const SILENT_PERSONS: Readonly<Record<string, readonly ReasonCode[]>> = {
  'person/suppress-all.eml': ['suppression-asked'],
  'person/suppress-autoreply-among-others.eml': ['suppression-asked'],
}

/** Persons whose notice does not go to From. */
const ANSWERED_ELSEWHERE: Readonly<Record<string, string>> = {
  'person/batv-envelope.eml': 'prvs=1234abcdef=otto@bank.example',
  'person/forwarded-by-a-server-srs.eml': 'SRS0=ab12=CD=customer.example=vera@forwarder.example',
  'person/contact-form-of-a-form-service.eml': 'yuki@kokyaku.example',
  'person/contact-form-with-reply-to.eml': 'hugo.blanc@customer.example',
  'person/reply-to-of-the-same-organisation.eml': 'einkauf@werk.example',
}

describe('person', () => {
  test.each(of('person').filter((mail) => !(mail in SILENT_PERSONS)))('%s is a person, and answered', (mail) => {
    const { nature, decision, notice, message } = verdict(mail)
    expect(
      { kind: nature.kind, reply: decision.reply, because: decision.reasons },
      JSON.stringify(nature.signs),
    ).toEqual({ kind: 'person', reply: 'send', because: [] })
    expect(notice?.to).toBe(ANSWERED_ELSEWHERE[mail] ?? message.from)
  })

  test.each(Object.entries(SILENT_PERSONS))('%s is a person who is not answered: %s', (mail, reasons) => {
    const { nature, decision } = verdict(mail)
    expect(nature.kind).toBe('person')
    expect(decision.disposition).toBe('new-ticket')
    expect(decision.reasons.map((reason) => reason.code)).toEqual(reasons)
  })
})

describe('the corpus', () => {
  test('every folder is named after a nature', () => {
    expect(MAILS.filter((mail) => !NATURES.some((kind) => mail.startsWith(`${kind}/`)))).toEqual([])
  })
  test('every nature but the team has mails, and persons are the most', () => {
    const counts = NATURES.filter((kind) => kind !== 'agent').map((kind) => of(kind).length)
    expect(Math.min(...counts)).toBeGreaterThan(0)
    expect(Math.max(...counts)).toBe(of('person').length)
  })
  test('mail is written to the ends of lines that SMTP has', () => {
    const bare = MAILS.filter((mail) => /(?<!\r)\n|\r(?!\n)/u.test(readFileSync(join(NATURES_FOLDER, mail), 'latin1')))
    expect(bare).toEqual([])
  })
})
