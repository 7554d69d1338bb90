import type { Address } from '../mail/address.ts'
import { builtInNotice } from './built-in.ts'
import { type HeaderField, headerFields, type Named, senderOf, subjectOf } from './header-fields.ts'
import { LiquidFailure } from './liquid.ts'
import type { NoticeOrder } from './order.ts'
import { tidyText } from './safe-text.ts'
import { scopeOf } from './scope.ts'
import { findTemplate, type Template, type TemplateSet } from './template-set.ts'

export type { NoticeOrder } from './order.ts'

/** A notice in words, before it becomes octets. */
export type Letter = {
  readonly from: Named
  readonly to: Address
  readonly subject: string
  /** Every field but the MIME ones, in order, values decoded. */
  readonly headers: readonly HeaderField[]
  readonly text: string
  /** null where only text is sent. */
  readonly html: string | null
  /** Why the built-in text stands here instead of a template's; undefined where all is well. */
  readonly fallback: string | undefined
}

type Written = {
  readonly subject: string
  readonly text: string
  readonly html: string | null
  readonly locale: string
  readonly fallback: string | undefined
}

/**
 * Fills the notice's template. Only Liquid runs here: no Markdown, no MJML. Never throws for what a template or a sender
 * brings: where a template is missing or fails, the built-in text stands in and `fallback` says why.
 */
export function renderNotice(set: TemplateSet, order: NoticeOrder): Letter {
  const written = write(set, order)
  const subject = subjectOf(written.subject, order)
  return {
    from: senderOf(order),
    to: order.notice.to,
    subject,
    headers: headerFields(order, { subject, locale: written.locale }),
    text: written.text,
    html: written.html,
    fallback: written.fallback,
  }
}

function write(set: TemplateSet, order: NoticeOrder): Written {
  const { kind, locale } = order.notice
  const template = findTemplate(set, kind, locale)
  if (template === undefined) return builtIn(order, `there is no good template for ${kind} in ${locale} or the default`)
  try {
    return filled(template, order)
  } catch (error) {
    if (!(error instanceof LiquidFailure)) throw error
    return builtIn(order, `${template.file}: ${error.message}`)
  }
}

function filled(template: Template, order: NoticeOrder): Written {
  const scope = scopeOf(order, template)
  const text = tidyText(template.text.render(scope))
  const html = order.textOnly ? null : template.html.render(scope)
  return { subject: template.subject.render(scope), text, html, locale: template.locale, fallback: undefined }
}

function builtIn(order: NoticeOrder, why: string): Written {
  const { subject, text, locale } = builtInNotice(scopeOf(order, { locale: 'en', dir: 'ltr' }))
  return { subject, text: tidyText(text), html: null, locale, fallback: why }
}
