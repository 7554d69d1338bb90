import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Address } from '../../../src/mail/address.ts'
import type { MessageId, TicketId } from '../../../src/mail/ids.ts'
import { instant } from '../../../src/mail/instant.ts'
import type { Notice } from '../../../src/mail/notice.ts'
import { readFolder } from '../../../src/ops/folder.ts'
import { QUIET_COLOURS } from '../../../src/render/brand.ts'
import { type Compiled, type CompileOptions, compileTemplates } from '../../../src/render/compile.ts'
import type { CompileMjml } from '../../../src/render/mjml.ts'
import { compileWithMjml } from '../../../src/render/mjml-compile.ts'
import type { NoticeOrder } from '../../../src/render/render.ts'
import type { TemplateSource } from '../../../src/render/template-source.ts'

export const TEMPLATES = fileURLToPath(new URL('../../../templates/', import.meta.url))

export const OPTIONS: CompileOptions = {
  layout: 'plain',
  brand: { name: 'Acme', ...QUIET_COLOURS },
  allowedImageHosts: [],
  defaultLocale: 'en',
}

export const mjml: CompileMjml = async (sources) => Promise.all(sources.map(compileWithMjml))

const FOLDER_LIMITS = { maxOctets: 200_000, maxFiles: 1000, extensions: ['.md', '.mjml'] }

export async function shippedSources(): Promise<readonly TemplateSource[]> {
  return (await readFolder(TEMPLATES, FOLDER_LIMITS)).files.map(({ path, text }) => ({ path, text }))
}

let compiled: Promise<Compiled> | undefined
/** The templates of the product, compiled once for all tests of a thread. */
export function shipped(): Promise<Compiled> {
  compiled ??= shippedSources().then((sources) => compileTemplates(sources, OPTIONS, mjml))
  return compiled
}

export const HEAD = 'category: acknowledgement\nclass: service\nreviewed: 2026-11-23\nreview_every: 180d'

/** A notice's file with a body, and a head in which keys can be exchanged. */
export function notice(body: string, subject = 'Hello'): TemplateSource {
  const text = `---\nsubject: ${JSON.stringify(subject)}\n${HEAD}\n---\n${body}\n`
  return { path: 'en/acknowledgement.md', text }
}

/** The smallest layout that carries a text. */
export function layout(inner = '<mj-text>{{ content }}</mj-text>', head = ''): TemplateSource {
  const text = `<mjml lang="{{ locale }}" dir="{{ dir }}">
  <mj-head>${head}</mj-head>
  <mj-body>
    <mj-section>
      <mj-column>
        ${inner}
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`
  return { path: 'layouts/plain.mjml', text }
}

export function shippedText(path: string): string {
  return readFileSync(`${TEMPLATES}/${path}`, 'utf8')
}

type Change = Partial<Omit<NoticeOrder, 'notice'>> & { readonly notice?: Partial<Notice> }

/** An order as the daemon makes it, with anything exchanged. */
export function order({ notice: changed, ...change }: Change = {}): NoticeOrder {
  return {
    messageId: '<r.k7m2q9f.01@acme.example>' as MessageId,
    ticketId: 'K7M2Q9F' as TicketId,
    ticketTag: '[#K7M2Q9F]',
    tagInSubject: true,
    inReplyTo: '<question@client.example>' as MessageId,
    references: ['<earlier@client.example>' as MessageId],
    receivedAt: instant(Date.UTC(2026, 10, 23, 8, 0, 0)),
    now: instant(Date.UTC(2026, 10, 23, 8, 0, 5)),
    timezone: 'Europe/Athens',
    organization: 'Acme',
    mailboxName: 'Acme Support',
    resources: [
      { title: 'Help centre', url: 'https://help.acme.example/' },
      { title: 'Orders & returns', url: 'https://help.acme.example/orders?a=1&b=2' },
    ],
    expectedReply: instant(Date.UTC(2026, 10, 24, 8, 0, 0)),
    instance: 'acme-1',
    replyTo: undefined,
    textOnly: false,
    ...change,
    notice: {
      kind: 'acknowledgement',
      to: 'maria@client.example' as Address,
      from: 'support@acme.example' as Address,
      mailbox: 'support@acme.example' as Address,
      locale: 'en',
      customerName: 'Maria Papadaki',
      subject: 'The invoice for October is missing',
      ...changed,
    },
  }
}

export function headerOf(letter: { readonly headers: readonly (readonly [string, string])[] }, name: string) {
  const found = letter.headers.filter(([one]) => one === name).map(([, value]) => value)
  return found.length > 1 ? found : found[0]
}
