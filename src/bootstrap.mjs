// Makes node_modules match package-lock.json, and says so. Runs on any Node from 18 on, before anything is installed.
// A stamp beside the packages tells if they are those of this lock file and this platform, so the usual run costs a hash.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stampPath = `${root}node_modules/.install-stamp`
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .update(`${process.platform}-${process.arch}`)
  .digest('hex')

if (!existsSync(stampPath) || readFileSync(stampPath, 'utf8') !== wanted) {
  process.stderr.write('Installing what replyd needs (once for each version of package-lock.json)...\n')
  // npm is run through the shell's PATH: the npm that started us need not be the one beside this Node.
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: '' },
  })
  if (npm.status !== 0) {
    process.stderr.write(
      `Cannot install the packages: npm ci ended with ${npm.error?.message ?? `status ${npm.status}`}.\n` +
        'Wanted: npm 11 or newer and access to the npm registry. What npm wrote stands above.\n',
    )
    process.exit(75) // EX_TEMPFAIL
  }
  writeFileSync(stampPath, wanted)
}
