/** A document is executed or it rots: links lead somewhere, commands exist, and the first mail of the README is taken. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { program } from '../../src/cli/program.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folders = ['src', 'templates', 'config', 'test', 'systemd']
const documents = ['README.md', 'CHANGELOG.md', ...folders.map((folder) => `${folder}/README.md`)]
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('documents', () => {
  test('there is a README in every folder of the top, and no other place for documents', () => {
    expect(documents.filter((path) => !existsSync(join(root, path)))).toEqual([])
    expect(existsSync(join(root, 'docs'))).toBe(false)
  })
  test.each(documents)('%s: every link into the checkout leads somewhere', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:|mailto:|#|\{\{)([^)#\s]+)/gu)].map((found) => found[1] ?? '')
    expect(links.filter((link) => !existsSync(join(root, dirname(path), link)))).toEqual([])
  })
  test.each(documents)('%s: every npm script and every replyd command that it names is there', (path) => {
    const text = read(path)
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = [...text.matchAll(/npm (?:run (?:-s )?)?(start|test|build|check|format|bench|replyd)\b/gu)].map(
      (one) => one[1] ?? '',
    )
    expect(named.filter((name) => !(name in scripts))).toEqual([])
    const commands = new Set(program().commands.map((one) => one.name()))
    const used = [...text.matchAll(/`replyd (?!-|unix )([a-z-]+)/gu)].map((one) => one[1] ?? '')
    expect(used.filter((name) => !commands.has(name))).toEqual([])
  })
  test('no file speaks of the machine it was made on', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
    const words = [['/wo', 'rk/'].join(''), ['issue', ' 2'].join(''), ['/ro', 'ot/'].join('')]
    const guilty = tracked
      .filter((path) => existsSync(join(root, path)) && !path.startsWith('test/golden'))
      .filter((path) => words.some((word) => read(path).includes(word)))
    expect(guilty).toEqual([])
  })
  test('src/README.md names every file and room of src, and none that is gone', () => {
    const table = read('src/README.md').split('\n## ')[0] ?? ''
    const named = new Set([...table.matchAll(/`([a-z-]+(?:\.m?[jt]s|\/))`/gu)].map((one) => one[1] ?? ''))
    const there = readdirSync(join(root, 'src'), { withFileTypes: true })
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .filter((name) => /\/$|\.m?[jt]s$/u.test(name))
    expect([...there].filter((name) => !named.has(name))).toEqual([])
    expect([...named].filter((name) => !there.includes(name))).toEqual([])
  })
  test('systemd holds nothing but what its README explains', () => {
    const text = read('systemd/README.md')
    const files = readdirSync(join(root, 'systemd')).filter((name) => name !== 'README.md')
    expect(files.filter((name) => !text.includes(name))).toEqual([])
  })
})
