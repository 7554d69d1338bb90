import { Buffer } from 'node:buffer'
import type { Draft } from './draft.ts'
import { contextFindings, remoteImageHosts } from './html-context.ts'
import { documentFindings, lostTags } from './lint.ts'
import { parseLiquid } from './liquid.ts'
import type { Origin } from './liquid-tags.ts'
import type { CompiledMjml, MjmlError } from './mjml.ts'
import type { Template } from './template-set.ts'
import { fileOf, type TemplateFinding } from './template-source.ts'

export type Finished = { readonly template: Template | undefined; readonly findings: readonly TemplateFinding[] }

/** Gmail cuts a letter off after this many octets. */
const CLIPPED_OCTETS = 102 * 1024

/**
 * What MJML made of a draft, looked over and parsed for filling.
 * @param lines texts of the files by the name that origins carry, to find the column of what MJML complains of
 * @param allowedImageHosts hosts that a letter may load images from
 */
export function finishNotice(
  draft: Draft,
  compiled: CompiledMjml,
  given: { readonly texts: ReadonlyMap<string, string>; readonly allowedImageHosts: readonly string[] },
): Finished {
  if (compiled.errors.length > 0) {
    return { template: undefined, findings: compiled.errors.map((error) => mjmlFinding(error, draft, given.texts)) }
  }
  const whole = { file: fileOf(draft.source), line: 1, column: 1 }
  const html = draft.shelf.restore(compiled.html)
  const findings: TemplateFinding[] = [
    ...lostTags(compiled.html, draft),
    ...contextFindings(compiled.html, draft.shelf),
    ...documentFindings(html, draft),
    ...imageFindings(compiled.html, whole, given.allowedImageHosts),
  ]
  const octets = Buffer.byteLength(html)
  if (octets > CLIPPED_OCTETS) {
    const message = `the HTML has ${Math.ceil(octets / 1024)} KB; Gmail cuts letters off at 102 KB`
    findings.push({ severity: 'warning', ...whole, message, hint: 'shorten the text or the layout' })
  }
  if (findings.some(({ severity }) => severity === 'error')) return { template: undefined, findings }
  return { template: templateOf(draft, html), findings }
}

function templateOf(draft: Draft, html: string): Template {
  const { subject, preview: _preview, lines: _lines, ...front } = draft.front
  return {
    kind: draft.kind,
    locale: draft.locale,
    dir: draft.dir,
    file: fileOf(draft.source),
    front,
    subject: parseLiquid(subject, 'text'),
    subjectPrefix: (/^[^{]*/u.exec(subject)?.[0] ?? '').trim(),
    text: parseLiquid(draft.text, 'text'),
    html: parseLiquid(html, 'html'),
  }
}

function mjmlFinding(error: MjmlError, draft: Draft, texts: ReadonlyMap<string, string>): TemplateFinding {
  const origin: Origin = draft.origins[Math.max(0, error.line - 1)] ?? {
    file: fileOf(draft.source),
    line: 1,
    column: 1,
  }
  const line = texts.get(origin.file)?.split('\n')[origin.line - 1] ?? ''
  const column = error.tagName === '' ? 1 : line.indexOf(`<${error.tagName}`) + 1
  const message = draft.shelf.restore(error.message)
  return { severity: 'error', ...origin, column: Math.max(1, column), message }
}

function imageFindings(html: string, whole: Origin, allowed: readonly string[]): readonly TemplateFinding[] {
  return remoteImageHosts(html)
    .filter((host) => !allowed.includes(host))
    .map((host) => ({
      severity: 'error',
      ...whole,
      message: `the letter would load something from ${host} when it is opened`,
      hint: 'leave the image out: loading it tells the host who reads the letter, and when',
    }))
}
