import { didYouMean } from '../did-you-mean.ts'
import type { Path } from '../yaml/document.ts'
import type { CrossCheck, Finding } from './found.ts'
import { type Once, repeated } from './repeated.ts'

/** Names given in the file, even where what they name is wrong: that has been said already. */
function namesIn(section: unknown): readonly string[] {
  return typeof section === 'object' && section !== null ? Object.keys(section) : []
}

export const schedulesExist: CrossCheck = (readable, file) =>
  readable.mailboxes.flatMap(({ at, parsed }) =>
    parsed.schedule === undefined
      ? []
      : unknown(parsed.schedule, ['mailboxes', at, 'schedule'], {
          what: 'schedule',
          section: 'schedules',
          names: namesIn(file.schedules),
        }),
  )

export const routesExist: CrossCheck = (readable, file) =>
  readable.rules.flatMap(({ at, parsed: rule }) =>
    rule.then.route === undefined
      ? []
      : unknown(rule.then.route, ['rules', at, 'then', 'route'], {
          what: 'route',
          section: 'routes',
          names: namesIn(file.routes),
        }),
  )

type Known = { readonly what: string; readonly section: string; readonly names: readonly string[] }

function unknown(name: string, path: Path, { what, section, names }: Known): readonly Finding[] {
  if (names.includes(name)) return []
  const near = didYouMean(name, names)
  const hint =
    near !== undefined
      ? `did you mean "${near}"?`
      : names.length > 0
        ? `known: ${names.join(', ')}`
        : `add it under ${section}`
  return [{ path, message: `there is no ${what} called "${name}"`, hint }]
}

/** Rules and accounts are told apart by their names in logs and in the ledger. */
export const uniqueNames: CrossCheck = (readable) => [
  ...repeated(readable.rules.map(({ at, parsed }) => once(parsed.name, ['rules', at, 'name']))),
  ...repeated(
    (readable.sections.receive?.imap ?? []).map((one, at) => once(one.account, ['receive', 'imap', at, 'account'])),
  ),
]

const once = (name: string, path: Path): Once => ({ key: name, shown: `the name "${name}"`, path })

/** A code of `signs.off` that no sign has would switch off nothing, and nobody would know. */
export function signsExist(codes: readonly string[]): CrossCheck {
  const known: Known = { what: 'sign', section: 'signs', names: codes }
  const of = (list: readonly string[] | undefined, path: Path): readonly Finding[] =>
    (list ?? []).flatMap((code, index) => unknown(code, [...path, index], known))
  return (readable) => [
    ...of(readable.sections.signs?.off, ['signs', 'off']),
    ...readable.mailboxes.flatMap(({ at, parsed }) => of(parsed.signs?.off, ['mailboxes', at, 'signs', 'off'])),
  ]
}

/** The default language is one of those that notices are written in. */
export const localeIsOffered: CrossCheck = (readable) => {
  const { locale, locales } = readable.sections.organization ?? {}
  if (locale === undefined || locales === undefined || locales.includes(locale)) return []
  return [
    {
      path: ['organization', 'locales'],
      message: `the default locale ${locale} is not among them`,
      hint: `add ${locale}, or set organization.locale to one of them`,
    },
  ]
}
