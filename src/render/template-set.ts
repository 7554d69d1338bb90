import type { NoticeKind } from '../mail/notice.ts'
import type { FrontMatter } from './front-matter.ts'
import type { LiquidText } from './liquid.ts'
import { type Direction, localeChain } from './locale.ts'

/** A notice in one language, ready to be filled. */
export type Template = {
  readonly kind: NoticeKind
  readonly locale: string
  readonly dir: Direction
  readonly file: string
  readonly front: Omit<FrontMatter, 'lines' | 'subject' | 'preview'>
  readonly subject: LiquidText
  /** The words that every subject of this notice begins with, e.g. `Automatic reply:`; '' where it begins with a value. */
  readonly subjectPrefix: string
  readonly text: LiquidText
  readonly html: LiquidText
}

/** Every template that is good. */
export type TemplateSet = {
  readonly defaultLocale: string
  /** By `templateKey`. */
  readonly templates: ReadonlyMap<string, Template>
}

export function templateKey(kind: NoticeKind, locale: string): string {
  return `${locale}/${kind}`
}

/** The text of a notice in the language that is nearest to the one wanted (`el-GR`, then `el`, then the default). */
export function findTemplate(set: TemplateSet, kind: NoticeKind, locale: string): Template | undefined {
  for (const one of localeChain(locale, set.defaultLocale)) {
    const template = set.templates.get(templateKey(kind, one))
    if (template !== undefined) return template
  }
  return undefined
}
