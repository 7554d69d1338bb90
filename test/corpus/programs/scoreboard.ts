/** `npm run corpus -- [DIR] [--json]`: the score of an archive of labelled mail; 1 where a bound does not hold. */
import { stat } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { judgeArchive, readBaseline, readDisputes, readLabels } from '../archive.ts'
import { brokenBounds, type Erring, type Score, scoreOf } from '../score.ts'

const USAGE = 'usage: npm run corpus -- DIR [--json]   DIR (or $REPLYD_CORPUS) holds labels.tsv and mail/'

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true })
const folder = positionals[0] ?? process.env.REPLYD_CORPUS
const found = folder === undefined ? undefined : await stat(folder).catch(() => undefined)
if (folder === undefined || found?.isDirectory() !== true) {
  process.stderr.write(`${folder === undefined ? '' : `${folder} is no folder\n`}${USAGE}\n`)
  process.exit(2)
}

const rows = await readLabels(folder)
const score = scoreOf(rows, await judgeArchive(folder, rows), await readDisputes())
const broken = brokenBounds(score, await readBaseline())
process.stdout.write(values.json === true ? `${JSON.stringify({ ...score, broken })}\n` : story(score))
process.exitCode = broken.length > 0 ? 1 : 0

function story(told: Score): string {
  const width = Math.max(...told.labels.map((one) => one.label.length), 5)
  const cells = (label: string, numbers: readonly unknown[]): string =>
    `${label.padEnd(width)}${numbers.map((one) => String(one).padStart(10)).join('')}`
  const share = told.newPersons === 0 ? 0 : (100 * told.silentPersons.length) / told.newPersons
  return [
    cells('LABEL', ['ROWS', 'ANSWERED', 'SILENT']),
    ...told.labels.map((one) => cells(one.label, [one.rows, one.answered, one.silent])),
    ...errors('answered machines', told.answeredMachines),
    ...errors('silent new persons', told.silentPersons),
    ...errors('answered machines whose header does not tell', told.answeredWithoutMachineHeader),
    ...errors('for information: follow-ups silent for another reason', told.silentFollowUps),
    '',
    `disputed labels: ${told.disputes.length}`,
    ...told.disputes.map((one) => `  ${one.name}\n    ${one.verdict}: ${one.principle}`),
    '',
    `answered machines            ${told.answeredMachines.length}`,
    `  whose header does not tell ${told.answeredWithoutMachineHeader.length}`,
    `silent new persons           ${told.silentPersons.length} of ${told.newPersons} (${share.toFixed(2)} %)`,
    ...(broken.length === 0 ? ['every bound holds'] : broken.map((one) => `BROKEN  ${one}`)),
    '',
  ].join('\n')
}

function errors(title: string, erring: readonly Erring[]): readonly string[] {
  const lines = erring.map(
    (one) => `  ${one.name}\n    ${one.label}; ${one.nature}; ${[...one.reasons, ...one.signs].join(' ') || 'no sign'}`,
  )
  return ['', `${title}: ${erring.length}`, ...lines]
}
