import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inputPath, secretPath, statePath } from '../../../src/config/paths.ts'
import { readSecret } from '../../../src/config/secrets.ts'
import { Trouble } from '../../../src/mail/trouble.ts'
import { newFolder } from './folder.ts'

describe('where data and input lie', () => {
  test.each([
    ['var/replyd.db', {}, '/srv/app/var/replyd.db'],
    ['var/replyd.db', { STATE_DIRECTORY: '/var/lib/replyd' }, '/var/lib/replyd/var/replyd.db'],
    ['var/replyd.db', { STATE_DIRECTORY: '/var/lib/replyd:/var/lib/other' }, '/var/lib/replyd/var/replyd.db'],
    ['var/replyd.db', { STATE_DIRECTORY: '' }, '/srv/app/var/replyd.db'],
    ['var/replyd.db', { STATE_DIRECTORY: 'state' }, '/srv/app/state/var/replyd.db'],
    ['/srv/mail', { STATE_DIRECTORY: '/var/lib/replyd' }, '/srv/mail'],
  ])('data %s with %j is %s', (path, env, wanted) => {
    expect(statePath(path, env, '/srv/app')).toBe(wanted)
  })
  test('input lies beside the configuration', () => {
    expect(inputPath('tls/cert.pem', '/etc/replyd/replyd.yaml')).toBe('/etc/replyd/tls/cert.pem')
    expect(inputPath('/etc/ssl/cert.pem', '/etc/replyd/replyd.yaml')).toBe('/etc/ssl/cert.pem')
  })
  test('a secret is input, but under var/ it is data', () => {
    const where = { env: { STATE_DIRECTORY: '/var/lib/replyd' }, configFile: '/etc/replyd/replyd.yaml', cwd: '/' }
    expect(secretPath('secrets/smtp', where)).toBe('/etc/replyd/secrets/smtp')
    expect(secretPath('var/admin-token', where)).toBe('/var/lib/replyd/var/admin-token')
    expect(secretPath('various/smtp', where)).toBe('/etc/replyd/various/smtp')
  })
})

describe('a secret is read', () => {
  test('from the environment, a credential and a file, without the newline of an editor', async () => {
    const folder = await newFolder()
    await mkdir(join(folder, 'credentials'))
    await writeFile(join(folder, 'credentials/smtp'), ' geheim \n')
    await writeFile(join(folder, 'token'), 'a\nb\r\n')
    const config = join(folder, 'replyd.yaml')
    const env = { CREDENTIALS_DIRECTORY: join(folder, 'credentials'), SMTP: 'x' }
    expect(await readSecret({ kind: 'env', name: 'SMTP' }, env, config)).toBe('x')
    expect(await readSecret({ kind: 'credential', name: 'smtp' }, env, config)).toBe(' geheim ')
    expect(await readSecret({ kind: 'file', name: 'token' }, env, config)).toBe('a\nb')
  })

  test('what cannot be read is named by its place', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'empty'), '\n')
    await writeFile(join(folder, 'large'), 'x'.repeat(70_000))
    const config = join(folder, 'replyd.yaml')
    const said = async (ref: Parameters<typeof readSecret>[0], env = {}) => {
      const error: unknown = await readSecret(ref, env, config).catch((why: unknown) => why)
      expect(error).toBeInstanceOf(Trouble)
      return String(error)
    }
    expect(await said({ kind: 'env', name: 'SMTP' })).toContain('{env: SMTP}: the environment holds no such variable')
    expect(await said({ kind: 'env', name: 'SMTP' }, { SMTP: '' })).toContain('{env: SMTP}: it is empty')
    expect(await said({ kind: 'credential', name: 'smtp' })).toContain('CREDENTIALS_DIRECTORY is not set')
    expect(await said({ kind: 'file', name: 'none' })).toContain('ENOENT')
    expect(await said({ kind: 'file', name: '.' })).toContain('is no file')
    expect(await said({ kind: 'file', name: 'empty' })).toContain('{file: empty}: it is empty')
    expect(await said({ kind: 'file', name: 'large' })).toContain('larger than 65536 octets')
  })
})
