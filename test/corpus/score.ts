/** The score of an archive of labelled mail: whom we answered and should not, and whom we left without an answer. */

/** One line of an archive's labels.tsv, as far as the score asks. */
export type Labelled = {
  readonly name: string
  readonly label: string
  readonly answer: 'yes' | 'no' | 'unclear'
  /** Must not be answered, though nothing in its header says so: counted apart. */
  readonly noMachineHeader: boolean
}

/** What was found out about one file. */
export type Verdict = {
  readonly reply: 'send' | 'silence'
  readonly nature: string
  readonly reasons: readonly string[]
  readonly signs: readonly string[]
}

/** A label that we hold to be wrong: the row counts neither way, as long as our verdict is what it says. */
export type Dispute = { readonly name: string; readonly verdict: 'send' | 'silence'; readonly principle: string }

/** What must hold; the numbers of errors never grow. */
export type Baseline = {
  readonly answeredMachines: number
  readonly answeredWithoutMachineHeader: number
  /** Part of the new human mail that may be left without an answer, 0 to 1. */
  readonly silentPersonsShare: number
}

export type Tally = { rows: number; answered: number; silent: number }
export type Erring = { readonly name: string; readonly label: string } & Verdict

export type Score = {
  readonly labels: readonly ({ readonly label: string } & Tally)[]
  /** New human mail that counts. */
  readonly newPersons: number
  readonly answeredMachines: readonly Erring[]
  readonly answeredWithoutMachineHeader: readonly Erring[]
  readonly silentPersons: readonly Erring[]
  /** Human follow-ups that are silent for another reason than being one: told, not counted. */
  readonly silentFollowUps: readonly Erring[]
  readonly disputes: readonly Dispute[]
  /** What is wrong with the disputes themselves. */
  readonly wrongDisputes: readonly string[]
}

/** Part of the rows that may be disputed; with more of them it would be our labels, not the archive's. */
const MAX_DISPUTED = 0.02

/** @param verdicts one for every row, by name; a row without one is an error of the caller and throws */
export function scoreOf(
  rows: readonly Labelled[],
  verdicts: ReadonlyMap<string, Verdict>,
  disputes: readonly Dispute[],
): Score {
  const disputed = new Set(disputes.map((one) => one.name))
  const found = rows.map((row) => ({ row, verdict: verdictOn(row.name, verdicts) }))
  const counted = found.filter(({ row }) => !disputed.has(row.name))
  const erring = (wrong: (row: Labelled, verdict: Verdict) => boolean): readonly Erring[] =>
    counted
      .filter(({ row, verdict }) => wrong(row, verdict))
      .map(({ row, verdict }) => ({ name: row.name, label: row.label, ...verdict }))
  return {
    labels: talliesOf(found),
    newPersons: counted.filter(({ row }) => isNewPerson(row)).length,
    answeredMachines: erring((row, { reply }) => isAnswered(row, reply) && !row.noMachineHeader),
    answeredWithoutMachineHeader: erring((row, { reply }) => isAnswered(row, reply) && row.noMachineHeader),
    silentPersons: erring((row, { reply }) => isNewPerson(row) && reply === 'silence'),
    silentFollowUps: erring(
      (row, { reply, reasons }) =>
        row.label === 'human-followup' &&
        row.answer === 'yes' &&
        reply === 'silence' &&
        reasons.some((code) => code !== 'follow-up'),
    ),
    disputes,
    wrongDisputes: wrongDisputes(rows, verdicts, disputes),
  }
}

/** What does not hold, one sentence each; empty: the bounds are kept. */
export function brokenBounds(score: Score, baseline: Baseline): readonly string[] {
  const broken = [...score.wrongDisputes]
  const most = (what: string, found: number, wanted: number): void => {
    if (found > wanted) broken.push(`${what}: found ${found}, wanted at most ${wanted}`)
  }
  most('answered machines', score.answeredMachines.length, baseline.answeredMachines)
  most(
    'answered machines whose header does not tell',
    score.answeredWithoutMachineHeader.length,
    baseline.answeredWithoutMachineHeader,
  )
  most('silent new persons', score.silentPersons.length, Math.floor(score.newPersons * baseline.silentPersonsShare))
  return broken
}

function verdictOn(name: string, verdicts: ReadonlyMap<string, Verdict>): Verdict {
  const verdict = verdicts.get(name)
  if (verdict === undefined) throw new Error(`${name} was not judged`)
  return verdict
}

function isAnswered(row: Labelled, reply: Verdict['reply']): boolean {
  return row.answer === 'no' && reply === 'send'
}

function isNewPerson(row: Labelled): boolean {
  return row.label === 'human-new' && row.answer === 'yes'
}

function talliesOf(found: readonly { readonly row: Labelled; readonly verdict: Verdict }[]): Score['labels'] {
  const tallies = new Map<string, Tally>()
  for (const { row, verdict } of found) {
    const key = `${row.label}, ${row.answer}${row.noMachineHeader ? ', no machine header' : ''}`
    const tally = tallies.get(key) ?? { rows: 0, answered: 0, silent: 0 }
    tally.rows += 1
    if (verdict.reply === 'send') tally.answered += 1
    else tally.silent += 1
    tallies.set(key, tally)
  }
  return [...tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([label, tally]) => ({ label, ...tally }))
}

function wrongDisputes(
  rows: readonly Labelled[],
  verdicts: ReadonlyMap<string, Verdict>,
  disputes: readonly Dispute[],
): readonly string[] {
  const known = new Set(rows.map((row) => row.name))
  const names = disputes.map((one) => one.name)
  const wrong = disputes.flatMap(({ name, verdict, principle }, index) => {
    if (!known.has(name)) return [`dispute: no file of the archive is called ${name}`]
    if (names.indexOf(name) !== index) return [`dispute: ${name} stands there twice`]
    if (principle === '') return [`dispute: ${name} names no principle`]
    const ours = verdictOn(name, verdicts).reply
    return ours === verdict ? [] : [`dispute: ${name}: found that our verdict is ${ours}, not ${verdict}`]
  })
  const most = Math.floor(rows.length * MAX_DISPUTED)
  return disputes.length > most ? [...wrong, `disputes: found ${disputes.length}, wanted at most ${most}`] : wrong
}
