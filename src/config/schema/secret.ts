import * as z from 'zod'
import type { SecretRef } from '../config.ts'
import { type IssueNote, text } from './leaf.ts'

const PLAIN: IssueNote = {
  secret: true,
  whole: true,
  hint: 'write {file: PATH}, {credential: NAME} (systemd) or {env: NAME} instead, and keep the value there',
}

const credentialName = text('the name of a systemd credential', (value) =>
  /^[A-Za-z0-9_.-]{1,255}$/u.test(value) && value !== '.' && value !== '..' ? value : undefined,
)
const variable = text('the name of an environment variable', (value) =>
  /^[A-Za-z_][A-Za-z0-9_]{0,254}$/u.test(value) ? value : undefined,
)
const file = text('the path of a file', (value) =>
  value === '' || value.length > 4096 || /\p{Cc}/u.test(value) ? undefined : value,
)

const reference = z
  .strictObject({
    credential: credentialName.optional().describe('Name of a systemd credential (LoadCredential=).'),
    file: file.optional().describe('Path of a file that holds the secret and nothing else.'),
    env: variable.optional().describe('Name of an environment variable; meant for containers.'),
  })
  .meta({ minProperties: 1, maxProperties: 1 })

/** Names the place of a secret. A secret written out is refused, and never repeated in a message. */
export const secret = z.preprocess(
  (value, context) => {
    if (value === undefined || (typeof value === 'object' && !Array.isArray(value))) return value
    context.addIssue({ code: 'custom', message: 'a secret is not written into this file', params: PLAIN })
    return z.NEVER
  },
  reference.transform((value, context): SecretRef => {
    const kinds = (['credential', 'file', 'env'] as const).filter((kind) => value[kind] !== undefined)
    const [kind] = kinds
    if (kind !== undefined && kinds.length === 1) return { kind, name: value[kind] ?? '' }
    const params: IssueNote = { whole: true }
    context.addIssue({ code: 'custom', message: `wanted exactly one of credential, file and env`, params })
    return z.NEVER
  }),
)
