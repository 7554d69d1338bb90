import { NOTICES, type NoticeKind } from '../mail/notice.ts'
import { canonicalLocale } from './locale.ts'
import { didYouMean } from './nearest.ts'
import { fileOf, type TemplateFinding, type TemplateSource } from './template-source.ts'

/** What a notice's path says: `zh-Hant/acknowledgement.md`. */
export type Place = { readonly kind: NoticeKind; readonly locale: string }

const NOT_TEMPLATES = new Set(['README.md'])

/** The place of a notice's file, nothing for a layout or a README, or a warning for a file that nothing would use. */
export function placeOf(source: TemplateSource): Place | TemplateFinding | undefined {
  const { path } = source
  if (NOT_TEMPLATES.has(path) || (path.startsWith('layouts/') && path.endsWith('.mjml'))) return undefined
  const [folder = '', name = '', ...rest] = path.split('/')
  const locale = canonicalLocale(folder)
  if (!name.endsWith('.md') || rest.length > 0 || locale === undefined) {
    return unused(source, 'wanted is LANGUAGE/NOTICE.md, e.g. el/acknowledgement.md, or layouts/NAME.mjml')
  }
  const stem = name.slice(0, -'.md'.length)
  const kind = NOTICES.find((one) => one === stem)
  return kind === undefined ? unused(source, didYouMean(stem, NOTICES)) : { kind, locale }
}

function unused(source: TemplateSource, hint: string): TemplateFinding {
  return { severity: 'warning', file: fileOf(source), line: 1, column: 1, message: 'nothing uses this file', hint }
}
