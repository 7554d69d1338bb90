/** Prints what its lifetime tells, and ends only where it is made to. */
import { openLifetime } from '../../../../src/ops/lifetime.ts'

const lifetime = openLifetime()
if (process.argv[2] !== 'no-reload') lifetime.onHangup(() => process.stdout.write('reload\n'))
const staying = setInterval(() => {}, 60_000)
process.stdout.write('up\n')
const name = await lifetime.ended
process.stdout.write(`${name} ${lifetime.signal.aborted} ${String(lifetime.signal.reason)}\n`)
if (process.argv[2] === 'clean') clearInterval(staying)
if (process.argv[2] === 'stuck') lifetime.exitWithin(50, 3)
