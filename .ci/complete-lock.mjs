// Completes package-lock.json after `npm install` against a registry that carries only this platform's binaries.
//
// npm leaves an optional package out of the lock when the registry answers 404 for it, and `npm ci` then refuses the
// lock on every platform ("Missing: ... from lock file"). Each such package is entered by the exact version its parent
// asks for, with the os, cpu and libc its name tells, so that npm skips it where it does not fit. Only exact versions
// are entered; a range means that the registry should be asked.
import { readFileSync, writeFileSync } from 'node:fs'

const path = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8'))
const OS = [
  'linux',
  'darwin',
  'win32',
  'android',
  'freebsd',
  'openharmony',
  'netbsd',
  'openbsd',
  'sunos',
  'aix',
  'wasm32',
]
const CPU = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'mipsel']
const words = (name) => name.split(/[-/]/u)

const entries = lock.packages
for (const [where, entry] of Object.entries(entries)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${where}/node_modules/${name}`
    const hoisted = `node_modules/${name}`
    if (entries[nested] || entries[hoisted] || !/^\d/u.test(version)) continue
    const os = OS.find((one) => words(name).includes(one))
    const cpu = CPU.find((one) => words(name).includes(one))
    if (os === undefined) continue
    entries[hoisted] = {
      version,
      ...(cpu === undefined ? {} : { cpu: [cpu] }),
      ...(entry.dev ? { dev: true } : {}),
      ...(words(name).includes('musl') ? { libc: ['musl'] } : {}),
      optional: true,
      os: [os],
    }
    console.log(`entered ${name}@${version}`)
  }
}
const sorted = Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(path, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`)
