#!/usr/bin/env -S node --max-semi-space-size=2
// The first file that runs, on whatever Node there is: plain JavaScript, no imports of ours before the version is known.
// better-sqlite3 13 is built against Node-API 10 and kills an older Node without a word (its issue 1514), so the check
// stands before anything that could load it.
const FLOOR = [22, 19]
const NAPI = 10

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const tooOld = major < FLOOR[0] || (major === FLOOR[0] && minor < FLOOR[1]) || Number(process.versions.napi) < NAPI
if (tooOld) {
  process.stderr.write(
    `replyd needs Node ${FLOOR.join('.')} or newer (24 LTS is best); this is ${process.versions.node} at ${process.execPath}.\n` +
      'In a checkout, `npm start` brings its own; elsewhere install Node 24 and run this again.\n',
  )
  process.exitCode = 78 // EX_CONFIG
} else {
  // A daemon that mostly passes octets on gains nothing by large stream buffers, and a hundred senders of large mails at
  // once would pay for them (test/e2e/memory; the young generation is kept small for the same reason, in package.json and
  // in the first line, because V8 takes that only at its start).
  const { setDefaultHighWaterMark } = await import('node:stream')
  setDefaultHighWaterMark(false, 16 * 1024)
  const { enableCompileCache } = await import('node:module')
  enableCompileCache?.()
  const { existsSync } = await import('node:fs')
  const compiled = new URL('./main.js', import.meta.url)
  const { main } = await import(existsSync(compiled) ? compiled.href : new URL('./main.ts', import.meta.url).href)
  await main(process.argv.slice(2))
}
