/** What happens to mail on its way changes no verdict: mail servers and clients rewrite much that has no meaning. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Explained } from '../../src/cli/judge.ts'
import { NULL_PATH } from '../../src/mail/address.ts'
import { judgedNatures, mailsIn, NATURES_FOLDER, theJudge } from './judged.ts'

const MAILS = mailsIn(NATURES_FOLDER)

/** What a relay writes on top. */
const HOP =
  'Received: from relay.isp.example ([192.0.2.1]) by mx.acme.example; Mon, 23 Nov 2026 11:59:00 +0000\r\n' +
  'DKIM-Signature: v=1; a=rsa-sha256; d=isp.example; s=s1; h=from; bh=abc=; b=abc=\r\n'

let scratch: string
let plain: ReadonlyMap<string, Explained>
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'replyd-transit-'))
  plain = await judgedNatures()
})
afterAll(() => rmSync(scratch, { recursive: true }))

/** Judges every mail after something happened to its octets. */
async function judgedAfter(change: (header: string, body: string) => string): Promise<ReadonlyMap<string, Explained>> {
  const folder = mkdtempSync(join(scratch, 'mails-'))
  for (const mail of MAILS) {
    const octets = readFileSync(join(NATURES_FOLDER, mail), 'latin1')
    const end = octets.indexOf('\r\n\r\n') + 2
    mkdirSync(join(folder, dirname(mail)), { recursive: true })
    writeFileSync(join(folder, mail), change(octets.slice(0, end), octets.slice(end)), 'latin1')
  }
  return (await theJudge()).judged(folder, MAILS)
}

const verdicts = (of: ReadonlyMap<string, Explained>): readonly string[] =>
  [...of].map(([mail, { nature, decision }]) => `${mail}: ${nature.kind}, ${decision.reply}`)
const replies = (of: ReadonlyMap<string, Explained>): readonly string[] =>
  [...of].map(([mail, { decision }]) => `${mail}: ${decision.reply}`)

describe('no verdict changes', () => {
  test('where lines end in LF, the names of fields are in lower case, and every field is folded after its name', async () => {
    const judged = await judgedAfter((header, body) => {
      const folded = header.replaceAll(/^([!-9;-~]+:) (?=\S)/gmu, (name) => `${name.toLowerCase().trimEnd()}\r\n `)
      return (folded + body).replaceAll('\r\n', '\n')
    })
    expect(verdicts(judged)).toEqual(verdicts(plain))
  })
})

describe('the envelope sender', () => {
  test('is lost over IMAP, behind one more relay, and no machine is answered, nor a person passed over', async () => {
    const judged = await judgedAfter(
      (header, body) => `${HOP}${header.replace(/^Return-Path:.*(?:\r\n[ \t].*)*\r\n/imu, '')}${body}`,
    )
    expect(replies(judged)).toEqual(replies(plain))
  })

  test('is null, and nobody is answered, whoever seems to have written', async () => {
    const judged = await (await theJudge()).judged(NATURES_FOLDER, MAILS, { reversePath: NULL_PATH })
    expect([...judged.values()].filter(({ decision }) => decision.reply === 'send')).toEqual([])
  })
})
