/**
 * Mails written for this project, true to the form of the programs and people that they stand for. The folder says the
 * nature; everything is judged as `replyd explain` does it. Only a person is answered, and every person is.
 */
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Explained } from '../../src/cli/judge.ts'
import { NATURES } from '../../src/mail/nature.ts'
import { judgedMails, mailsIn } from './judged.ts'

const FOLDER = fileURLToPath(new URL('natures/', import.meta.url))
const MAILS = mailsIn(FOLDER)
const MACHINES = NATURES.filter((kind) => kind !== 'person')

let judged: ReadonlyMap<string, Explained>
beforeAll(async () => {
  judged = await judgedMails(FOLDER, MAILS)
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
