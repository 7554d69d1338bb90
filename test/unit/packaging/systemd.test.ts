import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const FOLDER = fileURLToPath(new URL('../../../systemd/', import.meta.url))
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')
const SERVICE = read('replyd.service')
const SOCKET = read('replyd-smtp.socket')
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0
const analysable = hasAnalyze || process.env.REPLYD_REQUIRE_PEERS === '1'

/** The values of a directive, in order; comments do not count. */
function values(unit: string, directive: string): readonly string[] {
  return unit
    .split('\n')
    .flatMap((line) => (line.startsWith(`${directive}=`) ? [line.slice(directive.length + 1)] : []))
}

describe('the unit, as it is written', () => {
  test('runs under a user of its own that the sysusers file makes, with a state directory for it alone', () => {
    expect(values(SERVICE, 'User')).toEqual(['replyd'])
    expect(read('replyd.sysusers')).toMatch(/^u\s+replyd\s+-\s/mu)
    expect(values(SERVICE, 'StateDirectory')).toEqual(['replyd'])
    expect(values(SERVICE, 'StateDirectoryMode')).toEqual(['0700'])
  })
  test('tells readiness through children of the daemon, and is watched', () => {
    expect(values(SERVICE, 'Type')).toEqual(['notify'])
    expect(values(SERVICE, 'NotifyAccess')).toEqual(['all'])
    expect(Number(values(SERVICE, 'WatchdogSec')[0])).toBeGreaterThanOrEqual(30)
  })
  test('has no capability, because port 25 comes by the name that the configuration uses', () => {
    expect(values(SERVICE, 'CapabilityBoundingSet')).toEqual([''])
    expect(values(SOCKET, 'FileDescriptorName')).toEqual(['smtp'])
    expect(values(SOCKET, 'ListenStream')).toEqual(['[::]:25'])
    expect(values(SOCKET, 'Service')).toEqual(['replyd.service'])
  })
  test('does not deny memory that is written and executed, which kills Node, and says why', () => {
    expect(values(SERVICE, 'MemoryDenyWriteExecute')).toEqual([])
    expect(SERVICE).toMatch(/^# Not here: .*\n# Node dies/mu)
    expect(SERVICE).toContain('V8 compiles JavaScript into such memory')
  })
  test('does not try a wrong configuration again', () => {
    expect(values(SERVICE, 'RestartPreventExitStatus')[0]?.split(' ')).toContain('2')
    expect(values(SERVICE, 'ExecStartPre')[0]).toContain(' check --config ')
  })
  test('shows a credential as an example, and none is in it', () => {
    expect(SERVICE).toMatch(/^#LoadCredential=smtp-password:/mu)
    expect(values(SERVICE, 'Environment')).toEqual([])
  })
})

describe.runIf(analysable)('the unit, as systemd sees it', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'replyd-units-'))
    writeFileSync(join(folder, 'replyd.service'), SERVICE.replaceAll('/usr/bin/replyd', process.execPath))
    writeFileSync(join(folder, 'replyd-smtp.socket'), SOCKET)
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const analyze = (...args: string[]) =>
    spawnSync('systemd-analyze', args, { encoding: 'utf8', env: { ...process.env, SYSTEMD_COLORS: '0' } })

  test('verify has nothing to say of it', () => {
    const { status, stdout, stderr } = analyze(
      'verify',
      '--man=no',
      join(folder, 'replyd.service'),
      join(folder, 'replyd-smtp.socket'),
    )
    // units of the machine itself are read too, and what they say is not ours
    const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('replyd'))
    expect(ours).toEqual([])
    expect(status).toBe(0)
  })
  test('verify would notice a mistake', () => {
    const broken = join(folder, 'broken.service')
    writeFileSync(broken, SERVICE.replace('ProtectSystem=strict', 'ProtektSystem=strict'))
    expect(analyze('verify', '--man=no', broken).stderr).toMatch(/Unknown key.*'ProtektSystem'/u)
  })
  test('is exposed by 2.0 at most', () => {
    const { stdout } = analyze('security', '--offline=yes', join(folder, 'replyd.service'))
    const level = Number(/exposure level for replyd\.service: (\d+\.\d)/u.exec(stdout)?.[1])
    expect(level).toBeGreaterThan(0)
    expect(level).toBeLessThanOrEqual(2)
  })
})
