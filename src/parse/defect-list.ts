import type { Defect, DefectCode } from '../mail/message.ts'

const MAX_DETAIL = 200 // characters of the detail; it is shown to people

/** The defects seen so far; each code once, with the detail of its first sight. */
export type DefectList = {
  add(code: DefectCode, detail?: string): void
  all(): readonly Defect[]
}

export function defectList(): DefectList {
  const seen = new Map<DefectCode, Defect>()
  return {
    add(code, detail) {
      if (!seen.has(code))
        seen.set(code, detail === undefined ? { code } : { code, detail: detail.slice(0, MAX_DETAIL) })
    },
    all: () => [...seen.values()],
  }
}
