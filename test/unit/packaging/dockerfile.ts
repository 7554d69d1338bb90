/** A Dockerfile as data, as far as ours goes: exec forms, shell forms, continued lines, several stages. */

export type Step = { readonly keyword: string; readonly text: string }
export type Stage = { readonly base: string; readonly name: string; readonly steps: readonly Step[] }

export function parseDockerfile(text: string): readonly Stage[] {
  const joined = text.replace(/\\\n\s*/gu, '')
  const stages: { base: string; name: string; steps: Step[] }[] = []
  for (const line of joined.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, keyword = '', words = ''] = /^\s*([A-Z]+)\s+(.*)$/u.exec(line) ?? []
    if (keyword === '') throw new Error(`Dockerfile: found ${line}, wanted an instruction`)
    if (keyword !== 'FROM') {
      stages.at(-1)?.steps.push({ keyword, text: words })
      continue
    }
    const [base = '', , name = ''] = words.split(' ')
    stages.push({ base, name, steps: [] })
  }
  return stages
}

export type Copy = { readonly from: string | undefined; readonly sources: readonly string[]; readonly to: string }

export function copyOf(step: Step): Copy {
  const words = step.text.split(' ')
  const from = words[0]?.startsWith('--from=') === true ? words.shift()?.slice('--from='.length) : undefined
  return { from, sources: words.slice(0, -1), to: words.at(-1) ?? '' }
}

/** The words of an exec form, `["a", "b"]`. */
export function execForm(text: string): readonly string[] {
  return JSON.parse(text.slice(text.indexOf('['))) as readonly string[]
}
