/** Mails of a folder judged end to end as `replyd explain` does it: real parser, real settings, real templates. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Explained, openExplainer, type Subject } from '../../src/cli/judge.ts'
import { load } from '../../src/load.ts'
import { parseAddress } from '../../src/mail/address.ts'
import { instant } from '../../src/mail/instant.ts'
import type { Settings } from '../../src/settings.ts'

/** The house that every mail of the corpus is written to. */
export const HOUSE = `organization: {name: Acme, timezone: Europe/Athens, locale: en, locales: [en, el, zh-Hant]}
receive:
  smtp: {listen: ["127.0.0.1:0"], hostname: mx.acme.example}
mailboxes:
  - {address: support@acme.example, name: Acme Support, aliases: [help@acme.example], hand_on: "maildir:mail/support"}
  - {address: sales@acme.example, name: Acme Sales, hand_on: "maildir:mail/sales"}
send: {mode: live, via: "maildir:outbox", return_path: bounces@acme.example}
agents:
  - {name: Eleni, address: eleni@acme.example}
forms:
  - {from: web@acme.example, client: reply-to}
  - {from: forms@formhost.example, client: reply-to}
storage: {ledger: ledger.db, spool: spool}
admin: {listen: "127.0.0.1:0"}
`

/** The mails of every nature; the folder of each is what it must be taken for. */
export const NATURES_FOLDER = fileURLToPath(new URL('natures/', import.meta.url))

/** Every `.eml` below a folder, as paths with `/`, in order. */
export function mailsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.eml'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort()
}

export type Judge = {
  /**
   * Judges mails as if each had just been received for support@acme.example.
   * @param given what is known beside the octets, e.g. the envelope sender; without it `Return-Path` tells, else nobody
   * @returns what was found, by the name it was given
   */
  judged(folder: string, mails: readonly string[], given?: Partial<Subject>): Promise<ReadonlyMap<string, Explained>>
}

async function openJudge(): Promise<Judge> {
  const state = mkdtempSync(join(tmpdir(), 'replyd-corpus-'))
  try {
    const config = join(state, 'replyd.yaml')
    writeFileSync(config, HOUSE)
    const loaded = await load(config, { STATE_DIRECTORY: state }, 'look')
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
    return { judged: (folder, mails, given = {}) => judgedMails(loaded.settings, { folder, mails }, given) }
  } finally {
    rmSync(state, { recursive: true })
  }
}

let opened: Promise<Judge> | undefined
let told: Promise<ReadonlyMap<string, Explained>> | undefined

/** One judge for all test files of a process: it holds nothing but settings that never change. */
export function theJudge(): Promise<Judge> {
  opened ??= openJudge()
  return opened
}

/** Every mail of every nature as it is, judged once for all test files of a process. */
export function judgedNatures(): Promise<ReadonlyMap<string, Explained>> {
  told ??= theJudge().then((judge) => judge.judged(NATURES_FOLDER, mailsIn(NATURES_FOLDER)))
  return told
}

async function judgedMails(
  settings: Settings,
  { folder, mails }: { folder: string; mails: readonly string[] },
  given: Partial<Subject>,
): Promise<ReadonlyMap<string, Explained>> {
  await using explainer = openExplainer(settings, {
    at: instant(Date.parse('2026-11-23T10:00:00Z')),
    reversePath: undefined,
    recipient: parseAddress('support@acme.example'),
    ip: undefined,
    ...given,
  })
  return new Map(
    await Promise.all(mails.map(async (mail) => [mail, await explainer.explain(join(folder, mail))] as const)),
  )
}
