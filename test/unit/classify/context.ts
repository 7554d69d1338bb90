import { type ClassifyContext, classify } from '../../../src/classify/classify.ts'
import type { Nature } from '../../../src/mail/nature.ts'
import { type LetterLines, letter } from '../letters.ts'

export const CONTEXT: ClassifyContext = {
  ownAddresses: new Set(['support@acme.example', 'help@acme.example', 'bounces@acme.example']),
  agents: new Set(['eleni@acme.example']),
  trustedPeer: false,
  isOwnMessageId: (id) => id.startsWith('<ours.'),
  instance: 'acme-1 acme-old',
  alwaysAnswer: [],
  signsOff: new Set(),
  trustedFields: Number.POSITIVE_INFINITY,
  forms: new Set(['web@acme.example']),
  correspondent: 'unknown',
  ownPrefixes: ['We got your mail:'],
}

export function natureOf(lines: LetterLines, context: Partial<ClassifyContext> = {}): Nature {
  return classify(letter(lines), { ...CONTEXT, ...context })
}

export function codesOf(nature: Nature): readonly string[] {
  return nature.signs.map((sign) => sign.code)
}
