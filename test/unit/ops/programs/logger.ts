/** Logs on standard error, and says on standard output that it is still there. */
import { type LogFormat, openLog } from '../../../../src/ops/log.ts'

const log = openLog({ format: process.argv[2] as LogFormat, level: 'info' })
const times = Number(process.argv[3])
for (let i = 0; i < times; i += 1) log('ledger.orphan', { file: `${'x'.repeat(1000)} ${i}` })
log('ledger.orphan', { file: 'last' })
process.stdout.write('still there\n')
if (process.argv[4] === 'exit') process.exit(7)
