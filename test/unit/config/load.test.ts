import { mkdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { accepted, loadText, newFolder, refused, SMALLEST } from './folder.ts'

const root = join(import.meta.dirname, '../../..')

describe('a configuration becomes a Config', () => {
  test('of the smallest file every other key has its default', async () => {
    const { config, warnings } = await accepted(SMALLEST)
    expect(warnings).toEqual([])
    expect(config).toMatchObject({
      organization: { name: 'Acme', timezone: 'UTC', locale: 'en', locales: ['en'] },
      storage: { ledger: 'var/replyd.db', spool: 'var/spool', retentionMs: 400 * 86_400_000 },
      templates: undefined,
      receive: { smtp: undefined, lmtp: undefined, imap: [], proxyFrom: [] },
      send: { mode: 'live', via: { kind: 'maildir', folder: 'var/outbox' }, returnPath: null, auth: undefined },
      tickets: { prefix: '', subjectTag: 'on', plusAddress: 'off', reopenWindowMs: 14 * 86_400_000 },
      highVolume: undefined,
      maxAgeMs: 86_400_000,
      quietPeriodMs: 7 * 86_400_000,
      limits: { perCorrespondent: { count: 10, windowMs: 86_400_000 } },
      authentication: { gate: 'fail', trustedAuthservIds: [] },
      textOnlyUnlessAuthenticated: 'fail',
      admin: { listen: { kind: 'tcp', host: '127.0.0.1', port: 8025 } },
    })
    expect(config.mailboxes[0]).toMatchObject({
      address: 'support@acme.example',
      handOn: { kind: 'maildir', folder: 'var/mail/support' },
      handOnTag: 'off',
      locales: ['en'],
      replyWithin: undefined,
    })
  })

  test('the configuration that npm start runs on has nothing wrong and nothing to warn of', async () => {
    const loaded = await loadConfig(join(root, 'config/replyd.yaml'), {})
    expect(loaded).toMatchObject({ ok: true, warnings: [] })
    if (!loaded.ok) return
    expect(loaded.config.receive.smtp?.listen).toEqual([{ kind: 'tcp', host: '127.0.0.1', port: 2525 }])
    expect(loaded.config.receive.lmtp?.listen).toEqual([{ kind: 'tcp', host: '127.0.0.1', port: 2524 }])
    expect(loaded.config.organization.locales).toEqual(['en', 'el', 'zh-Hant'])
  })

  test('it is frozen to its leaves', async () => {
    const { config } = await accepted(SMALLEST)
    expect(Object.isFrozen(config.mailboxes[0].locales) && Object.isFrozen(config.send.via)).toBe(true)
  })

  test('a listener without a name has that of the machine, LMTP that of SMTP', async () => {
    const unnamed = await accepted(`${SMALLEST}receive: {smtp: {}}\n`)
    expect(unnamed.config.receive.smtp?.hostname).toBe(hostname().toLowerCase())
    const named = await accepted(`${SMALLEST}receive: {smtp: {hostname: MX.Acme.Example}, lmtp: {}}\n`)
    expect(named.config.receive.lmtp?.hostname).toBe('mx.acme.example')
  })

  test('limits of some addresses stand in the order of the file, and the cool-down beside them', async () => {
    const { config } = await accepted(`${SMALLEST}limits:
  overrides:
    - {match: "*@partner.example", per_correspondent: 100/24h, per_domain: off}
    - {match: boss@customer.example, per_correspondent: off}
  cool_down: 15m
authentication: {trusted_sealers: [Lists.Acme.example]}
`)
    expect(config.limitOverrides).toEqual([
      {
        match: '*@partner.example',
        perCorrespondent: { count: 100, windowMs: 86_400_000 },
        perDomain: 'off',
      },
      { match: 'boss@customer.example', perCorrespondent: 'off', perDomain: undefined },
    ])
    expect(config.coolDownMs).toBe(900_000)
    expect(config.authentication.trustedSealers).toEqual(['lists.acme.example'])
  })

  test('a mailbox overrides what it says and inherits the rest', async () => {
    const { config } = await accepted(`organization: {name: Acme, locales: [en, el]}
mailboxes:
  - address: support@acme.example
    name: Acme Support
    hand_on: "smtp://mail.acme.example/team@acme.example"
    locales: [zh-hant, el-gr]
    limits: {global: off}
    send: {via: "smtps://other.example"}
    reopen_window: 1d
send: {via: "smtp://mail.acme.example:587", auth: {user: replyd, password: {env: SMTP_PASSWORD}}, return_path: bounces@acme.example}
limits: {per_domain: 5/1h}
`)
    const [mailbox] = config.mailboxes
    expect(mailbox.locales).toEqual(['zh-Hant', 'el-GR'])
    expect(mailbox.limits).toMatchObject({ global: 'off', perDomain: { count: 5, windowMs: 3_600_000 } })
    expect(mailbox.reopenWindowMs).toBe(86_400_000)
    expect(mailbox.handOn).toMatchObject({ host: 'mail.acme.example', recipient: 'team@acme.example' })
    expect(mailbox.send).toMatchObject({
      via: { host: 'other.example', port: 465 },
      returnPath: 'bounces@acme.example',
    })
    // a password is for one server only
    expect(mailbox.send.auth).toBeUndefined()
    expect(config.send.auth).toEqual({
      kind: 'password',
      user: 'replyd',
      password: { kind: 'env', name: 'SMTP_PASSWORD' },
    })
  })
})

describe('whatever the path names, the answer is a problem and no exception', () => {
  test('a file larger than a megabyte', async () => {
    expect(await refused(`${SMALLEST}#${'x'.repeat(1024 * 1024)}\n`)).toEqual([
      '0:0 the file is larger than 1048576 octets (1 MiB)',
    ])
  })
  test('a file without an end', async () => {
    const loaded = await loadConfig('/dev/zero', {})
    expect(loaded).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('larger than') }] })
  })
  test('a path through a file', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'file'), '')
    const loaded = await loadConfig(join(folder, 'file', 'replyd.yaml'), {})
    expect(loaded).toMatchObject({ ok: false, problems: [{ message: 'a part of this path is not a folder' }] })
  })
  test.each([
    ['brackets', '['.repeat(50_000)],
    ['mappings', '{a: '.repeat(10_000)],
    ['lists', '- '.repeat(20_000)],
    ['a well-formed depth', `a: ${'['.repeat(400)}${']'.repeat(400)}`],
  ])('%s nested without end', async (_, text) => {
    expect(await refused(text)).not.toEqual([])
  })
  test('a value that contains itself', async () => {
    expect(await refused(`${SMALLEST}agents: &a [*a]\n`)).not.toEqual([])
  })
  test('a byte order mark and Windows line ends are no problem', async () => {
    const { config } = await accepted(`\uFEFF${SMALLEST.replaceAll('\n', '\r\n')}`)
    expect(config.organization.name).toBe('Acme')
  })
})

describe('what a cut value looks like, and what only looks like one', () => {
  test.each([
    'name: Acme Support # shown in From',
    'name: Acme Support #',
    'name: Acme Support ## note',
    'name: "Acme #1"',
    'name: Acme#1',
  ])('%s is fine', async (line) => {
    await accepted(`organization:\n  ${line}\n${SMALLEST.split('\n').slice(1).join('\n')}`)
  })
  test.each(['name: Acme #1', 'name: Acme\t#1 Support'])('%s is cut', async (line) => {
    const problems = await refused(`organization:\n  ${line}\n${SMALLEST.split('\n').slice(1).join('\n')}`)
    expect(problems).toEqual([expect.stringMatching(/^2:14 the value is cut short/u)])
  })
})

describe('YAML 1.2 keeps words that YAML 1.1 would turn into something else', () => {
  test('off, no, on and a clock stay what they are', async () => {
    const { config } = await accepted(`${SMALLEST}tickets: {subject_tag: off, plus_address: on}
schedules: {office: {hours: {mon: [09:00-18:00]}, holidays: [{date: 2026-12-25, name: No}]}}
rules: [{name: off, when: {text: [no]}, then: {automate: no}}]
`)
    expect(config.tickets).toMatchObject({ subjectTag: 'off', plusAddress: 'on' })
    expect(config.schedules.office?.hours.mon).toEqual([{ fromMinute: 540, toMinute: 1080 }])
    expect(config.schedules.office?.holidays).toEqual([{ kind: 'date', date: '2026-12-25', name: 'No' }])
    expect(config.rules[0]).toMatchObject({ name: 'off', effects: { automate: 'no' } })
  })
})

describe('warnings', () => {
  test('a key without effect is named once, at its place; defaults never are', async () => {
    const { warnings } = await accepted(`${SMALLEST}quiet_period: 7d
limits: {}
rules: []
authentication: {gate: off}
acknowledge_after: 0s
agents:
  - {name: Eleni, address: eleni@acme.example, skills: [billing]}
  - {name: Nikos, address: nikos@acme.example, skills: [billing]}
schedules: {office: {hours: {mon-sun: ["00:00-24:00"]}}}
`)
    const text = 'is understood and checked, but has no effect in this version'
    expect(warnings.map((one) => `${one.line}:${one.column} ${one.message}`)).toEqual([
      `4:1 quiet_period: ${text}`,
      `10:48 agents[0].skills: ${text}`,
      `12:1 schedules: ${text}`,
    ])
  })

  test('a secret that everybody on the machine may read is named, never its value', async () => {
    const folder = await newFolder()
    await mkdir(join(folder, 'state/var'), { recursive: true })
    await writeFile(join(folder, 'open'), 'geheim', { mode: 0o644 })
    await writeFile(join(folder, 'state/var/shut'), 'geheim', { mode: 0o600 })
    const file = join(folder, 'replyd.yaml')
    await writeFile(
      file,
      `${SMALLEST}send: {via: "smtp://mail.acme.example", auth: {user: r, password: {file: open}}}\nadmin: {token: {file: var/shut}}\n`,
    )
    const loaded = await loadConfig(file, { STATE_DIRECTORY: join(folder, 'state') })
    const said = loaded.ok ? loaded.warnings.map((one) => one.message) : []
    expect(said).toContain(`send.auth.password.file: everybody on this machine may read ${join(folder, 'open')}`)
    expect(said.join()).not.toContain('shut')
    expect(said.join()).not.toContain('geheim')
  })
})

test('a mailbox watched over IMAP needs no hand_on, and one of a broken account is not blamed for it', async () => {
  const text = `organization: {name: Acme}
mailboxes: [{address: support@acme.example, name: Acme Support}]
receive:
  imap:
    - {account: acme, mailbox: Support@acme.example, host: imap.acme.example, user: support, auth: {password: {credential: imap}}, mark: move:Done}
`
  const { config } = await accepted(text)
  expect(config.mailboxes[0].handOn).toBeUndefined()
  expect(config.receive.imap[0]).toMatchObject({
    port: 993,
    mark: { kind: 'move', folder: 'Done' },
    scanEveryMs: 60_000,
  })
  expect(await refused(text.replace('move:Done', 'eaten'))).toEqual([expect.stringContaining('imap[0].mark')])
})

test('no message repeats a secret that was written out', async () => {
  const loaded = await loadText(
    `${SMALLEST}send:\n  auth: {user: x, password: hunter2, oauth: 1}\n  via: "smtp://a:hunter2@b"\n`,
  )
  expect(loaded.ok).toBe(false)
  expect(JSON.stringify(loaded.ok ? [] : loaded.problems)).not.toContain('hunter2')
})

test('a sign that does not exist cannot be switched off', async () => {
  const text = `${SMALLEST}signs: {off: [presedence, auto-submitted]}\n`
  const file = join(await newFolder(), 'replyd.yaml')
  await writeFile(file, text)
  expect(await loadConfig(file, {})).toMatchObject({ ok: true })
  expect(await loadConfig(file, {}, ['precedence', 'auto-submitted'])).toMatchObject({
    ok: false,
    problems: [{ line: 4, column: 15, hint: 'did you mean "precedence"?' }],
  })
})
