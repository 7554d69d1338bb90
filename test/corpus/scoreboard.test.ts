import { describe, expect, test } from 'vitest'
import { judgeArchive, readBaseline, readDisputes, readLabels } from './archive.ts'
import { type Baseline, brokenBounds, type Dispute, type Labelled, scoreOf, type Verdict } from './score.ts'

const folder = process.env.REPLYD_CORPUS

describe('an archive of real mail', () => {
  test.skipIf(folder === undefined)(
    'no machine is answered, and hardly a person is left without an answer',
    { timeout: 120_000 },
    async () => {
      const rows = await readLabels(folder ?? '')
      const score = scoreOf(rows, await judgeArchive(folder ?? '', rows), await readDisputes())
      expect(rows.length).toBeGreaterThan(0)
      expect(score.answeredMachines.map((one) => one.name)).toEqual([])
      expect(brokenBounds(score, await readBaseline())).toEqual([])
    },
  )
})

describe('the score', () => {
  const row = (name: string, label: string, answer: Labelled['answer'], noMachineHeader = false): Labelled => ({
    name,
    label,
    answer,
    noMachineHeader,
  })
  const rows = [
    row('person', 'human-new', 'yes'),
    row('follow-up', 'human-followup', 'yes'),
    row('bounce', 'bounce-dsn', 'no'),
    row('newsletter', 'bulk-newsletter', 'no', true),
    row('strange', 'spam', 'unclear'),
    ...Array.from({ length: 45 }, (_, at) => row(`list ${at}`, 'mailing-list', 'no')),
  ]
  const baseline: Baseline = { answeredMachines: 0, answeredWithoutMachineHeader: 0, silentPersonsShare: 0.005 }

  function scored(answered: readonly string[], disputes: readonly Dispute[] = []) {
    const verdict = (name: string): Verdict => ({
      reply: answered.includes(name) ? 'send' : 'silence',
      nature: 'person',
      reasons: name === 'follow-up' ? ['follow-up'] : [],
      signs: [],
    })
    return scoreOf(rows, new Map(rows.map(({ name }) => [name, verdict(name)])), disputes)
  }

  test('where everybody gets what the label says, every bound holds', () => {
    expect(brokenBounds(scored(['person', 'strange']), baseline)).toEqual([])
  })
  test('an answered machine breaks a bound and is named', () => {
    const score = scored(['person', 'bounce'])
    expect(score.answeredMachines).toMatchObject([{ name: 'bounce', label: 'bounce-dsn' }])
    expect(brokenBounds(score, baseline)).toEqual(['answered machines: found 1, wanted at most 0'])
  })
  test('a machine whose header does not tell is counted apart, and must not become more', () => {
    const score = scored(['person', 'newsletter'])
    expect(score.answeredMachines).toEqual([])
    expect(brokenBounds(score, baseline)).toHaveLength(1)
    expect(brokenBounds(score, { ...baseline, answeredWithoutMachineHeader: 1 })).toEqual([])
  })
  test('a silent person breaks a bound, a silent follow-up does not', () => {
    const score = scored([])
    expect(score.silentPersons.map((one) => one.name)).toEqual(['person'])
    expect(score.silentFollowUps).toEqual([])
    expect(brokenBounds(score, baseline)).toEqual(['silent new persons: found 1, wanted at most 0'])
  })
  test('a disputed row counts neither way', () => {
    const dispute: Dispute = { name: 'bounce', verdict: 'send', principle: 'A person forwards it.' }
    expect(brokenBounds(scored(['person', 'bounce'], [dispute]), baseline)).toEqual([])
  })
  test.each<[string, Dispute]>([
    ['names no file', { name: 'nobody', verdict: 'send', principle: 'Any.' }],
    ['tells another verdict than ours', { name: 'bounce', verdict: 'send', principle: 'Any.' }],
    ['has no principle', { name: 'bounce', verdict: 'silence', principle: '' }],
  ])('a dispute that %s is an error', (_, dispute) => {
    expect(brokenBounds(scored(['person'], [dispute]), baseline)).toHaveLength(1)
  })
  test('more disputes than two in a hundred rows are an error', () => {
    const disputes = ['bounce', 'list 0'].map((name) => ({ name, verdict: 'silence', principle: 'Any.' }) as const)
    expect(brokenBounds(scored(['person'], disputes), baseline)).toEqual(['disputes: found 2, wanted at most 1'])
  })
})
