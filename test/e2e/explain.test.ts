/** `replyd explain`: the object that others rely on, for a file, a folder and standard input; it writes nothing. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONFIG, type Ended, removeFolder, runCli } from './daemon.ts'
import { letter } from './smtp-dialogue.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'replyd-explain-'))
  writeFileSync(join(folder, 'replyd.yaml'), CONFIG)
  mkdirSync(join(folder, 'mail/b'), { recursive: true })
  const crlf = (text: string): string => text.replaceAll('\n', '\r\n')
  writeFileSync(join(folder, 'mail/b/2.eml'), crlf(letter({ To: 'info@elsewhere.example' })))
  writeFileSync(
    join(folder, 'mail/Z.eml'),
    crlf(letter({ 'Auto-Submitted': 'auto-replied; owner-email="x@y.example"' })),
  )
  writeFileSync(join(folder, 'mail/a.eml'), '')
  writeFileSync(join(folder, 'mail/noise.eml'), Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 256)))
})
afterAll(() => removeFolder(folder))

const explain = (args: readonly string[], input?: string): Promise<Ended> =>
  runCli(['explain', ...args, '--config', join(folder, 'replyd.yaml')], folder, input)
const objects = (ended: Ended): Record<string, never>[] =>
  ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, never>)

describe('explain', () => {
  test('a folder: one object a line, in byte order, whatever the files hold', async () => {
    const ended = await explain(['mail', '--json'])
    expect(ended.code).toBe(0)
    expect(objects(ended).map((one) => one.file)).toEqual([
      'mail/Z.eml',
      'mail/a.eml',
      'mail/b/2.eml',
      'mail/noise.eml',
    ])
  })

  test('a person: the whole object, with the notice as it would be sent', async () => {
    const [one] = objects(await explain(['mail/b/2.eml', '--json', '--at', '2026-11-23T10:00:00Z']))
    expect(one).toMatchObject({
      file: 'mail/b/2.eml',
      message: { from: 'maria@customer.example', subject: 'Inverter shows E07', defects: [] },
      authentication: { dmarc: 'unknown', spf: 'unknown', dkim: 'unknown', source: 'none' },
      nature: { kind: 'person' },
      thread: { kind: 'new', ticket: null, claims: [] },
      decision: { disposition: 'new-ticket', reply: 'send', notice: 'acknowledgement', locale: 'en', reasons: [] },
      notice: { kind: 'acknowledgement', to: 'maria@customer.example', envelopeFrom: '' },
    })
    const notice = (one as unknown as { notice: { headers: [string, string][]; text: string; html: string } }).notice
    expect(Object.fromEntries(notice.headers)).toMatchObject({
      'Auto-Submitted': 'auto-replied',
      'X-Auto-Response-Suppress': 'All',
    })
    expect(notice.text).toMatch(/\[#[0-9A-Z]{7}\]/u)
    expect(notice.html).toMatch(/^<!doctype html>/iu)
    expect(Object.keys(one ?? {})).toEqual([
      'file',
      'message',
      'authentication',
      'nature',
      'thread',
      'decision',
      'notice',
    ])
  })

  test('a machine: silence, the sign and its source, the reason and its sentence', async () => {
    const [one] = objects(await explain(['mail/Z.eml', '--json']))
    expect(one).toMatchObject({
      nature: {
        kind: 'automatic',
        signs: [{ code: 'auto-submitted', class: 'hard', source: expect.stringContaining('RFC 3834') }],
      },
      decision: {
        disposition: 'file-only',
        reply: 'silence',
        notice: null,
        locale: null,
        reasons: [{ code: 'automatic', text: expect.stringContaining('program') }],
      },
      notice: null,
    })
  })

  test('standard input is told as -, an unreadable file by its defect, a path that does not exist with exit 2', async () => {
    const [piped] = objects(await explain(['-', '--json', '--mail-from', '<>'], letter()))
    expect(piped).toMatchObject({
      file: '-',
      decision: {
        reply: 'silence',
        reasons: expect.arrayContaining([expect.objectContaining({ code: 'null-sender' })]),
      },
    })
    const [empty] = objects(await explain(['mail/a.eml', '--json']))
    expect(empty).toMatchObject({
      message: { defects: expect.arrayContaining([{ code: 'empty' }]) },
      decision: { reply: 'silence' },
    })
    expect(await explain(['mail/none.eml', '--json'])).toMatchObject({ code: 2, stdout: '' })
    expect(await explain(['mail', '--at', 'tomorrow'])).toMatchObject({ code: 2 })
  })

  test('of a sender who proves nothing to a strict house it is the text alone, as in the queue', async () => {
    writeFileSync(join(folder, 'strict.yaml'), `${CONFIG}text_only_unless_authenticated: always\n`)
    const path = join(folder, 'mail/b/2.eml')
    const ended = await runCli(['explain', path, '--json', '--config', join(folder, 'strict.yaml')], folder)
    rmSync(join(folder, 'strict.yaml'))
    expect(objects(ended)[0]).toMatchObject({ decision: { reply: 'send' }, notice: { html: null } })
  })

  test('a pipe in an archive, which nobody writes to, holds nothing up', async () => {
    mkdirSync(join(folder, 'pipes'))
    execFileSync('mkfifo', [join(folder, 'pipes/a')])
    writeFileSync(join(folder, 'pipes/b.eml'), letter())
    const ended = await explain(['pipes', '--json'])
    rmSync(join(folder, 'pipes'), { recursive: true })
    expect(objects(ended).map((one) => one.file)).toEqual(['pipes/b.eml'])
  })

  test('--summary counts, and nothing at all was written', async () => {
    const ended = await explain(['mail', '--summary'])
    expect(ended.stdout).toMatch(/^messages\s+4$/mu)
    expect(ended.stdout).toMatch(/^reason automatic\s+1$/mu)
    expect(readdirSync(folder).sort()).toEqual(['mail', 'replyd.yaml'])
  })
})
