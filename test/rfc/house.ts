/** The house that the mails of these tests are written to: files loaded as `replyd run` loads them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load } from '../../src/load.ts'
import type { Settings } from '../../src/settings.ts'

const PLAIN = `organization: {name: Acme, timezone: Europe/Athens, locale: en, locales: [en, el, zh-Hant]}
receive:
  smtp: {listen: ["127.0.0.1:0"], hostname: mx.acme.example}
mailboxes:
  - {address: support@acme.example, name: Acme Support, aliases: [help@acme.example, postmaster@acme.example],
     hand_on: "maildir:mail/support"}
  - {address: sales@acme.example, name: Acme Sales, hand_on: "smtp://team.acme.example", hand_on_sender: original}
send: {via: "maildir:outbox"}
agents:
  - {name: Eleni, address: eleni@acme.example}
forms:
  - {from: web@formhost.example}
never_answer: ["*@partner.example"]
storage: {ledger: ledger.db, spool: spool}
admin: {listen: "127.0.0.1:0"}
`

/** The same house where replies and bounces have addresses of their own. */
const PLUS = `${PLAIN.replace('send: {', 'send: {return_path: bounces@acme.example, ')}tickets: {plus_address: on}\n`

export type House = {
  readonly plain: Settings
  /** With plus addresses, and an envelope sender that is not null. */
  readonly plus: Settings
}

async function loaded(folder: string, text: string): Promise<Settings> {
  const file = join(folder, 'replyd.yaml')
  writeFileSync(file, text)
  const result = await load(file, { STATE_DIRECTORY: folder }, 'run')
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.settings
}

async function open(): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'replyd-rfc-'))
  try {
    return { plain: await loaded(folder, PLAIN), plus: await loaded(folder, PLUS) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

let opened: Promise<House> | undefined
/** Loaded once for all tests of a thread. */
export function house(): Promise<House> {
  opened ??= open()
  return opened
}
