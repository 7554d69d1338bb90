/** An archive of labelled mail: `labels.tsv` and the files it names in `mail/`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openExplainer } from '../../src/cli/judge.ts'
import { load } from '../../src/load.ts'
import type { Baseline, Dispute, Labelled, Verdict } from './score.ts'

const root = new URL('../../', import.meta.url)
const DISPUTES = fileURLToPath(new URL('test/corpus-disputes.tsv', root))
const BASELINE = fileURLToPath(new URL('test/corpus/baseline.json', root))
const CONFIG = fileURLToPath(new URL('config/replyd.yaml', root))

/** Files judged at the same time: keeps the parsers busy without holding many. */
const AT_ONCE = 16
const ANSWERS = ['yes', 'no', 'unclear'] as const

/** @throws Error where a line lacks a name, or says neither yes, no nor unclear */
export async function readLabels(folder: string): Promise<readonly Labelled[]> {
  const path = join(folder, 'labels.tsv')
  return (await rowsOf(path)).map((row) => {
    const { name = '', label = '', should_autoreply: wanted = '', traits = '' } = row
    const answer = ANSWERS.find((one) => one === wanted)
    if (name === '' || answer === undefined)
      throw new Error(`${path}: found should_autoreply ${wanted} for ${name}, wanted yes, no or unclear and a name`)
    return { name, label, answer, noMachineHeader: traits.split(',').includes('no-machine-header') }
  })
}

/** @throws Error where a verdict is neither send nor silence */
export async function readDisputes(path: string = DISPUTES): Promise<readonly Dispute[]> {
  return (await rowsOf(path)).map(({ name = '', verdict = '', principle = '' }) => {
    if (verdict !== 'send' && verdict !== 'silence')
      throw new Error(`${path}: found verdict ${verdict} for ${name}, wanted send or silence`)
    return { name, verdict, principle }
  })
}

export async function readBaseline(): Promise<Baseline> {
  return JSON.parse(await readFile(BASELINE, 'utf8')) as Baseline
}

/** Judges the files that the rows name, with the code of `replyd explain` and the configuration we ship. */
export async function judgeArchive(folder: string, rows: readonly Labelled[]): Promise<ReadonlyMap<string, Verdict>> {
  const loaded = await load(CONFIG, process.env, 'look')
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
  const given = { at: undefined, reversePath: undefined, recipient: undefined, ip: undefined }
  await using explainer = openExplainer(loaded.settings, given)
  const verdicts = new Map<string, Verdict>()
  const waiting = rows.values()
  const work = async (): Promise<void> => {
    for (const { name } of waiting) {
      const { decision, nature } = await explainer.explain(join(folder, 'mail', name))
      verdicts.set(name, {
        reply: decision.reply,
        nature: nature.kind,
        reasons: decision.reasons.map((one) => one.code),
        signs: nature.signs.map((sign) => sign.code),
      })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return verdicts
}

/** Tab separated, no quoting, names of the columns in the first line. */
async function rowsOf(path: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const [head = '', ...lines] = (await readFile(path, 'utf8')).split(/\r?\n/u).filter((line) => line !== '')
  const columns = head.split('\t')
  return lines.map((line) => {
    const cells = line.split('\t')
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']))
  })
}
