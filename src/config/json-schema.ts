import * as z from 'zod'
import { replydSchema } from './schema/replyd.ts'
import type { Path } from './yaml/document.ts'

type JsonSchema = {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
}

/** The configuration as JSON Schema draft-07 (the newest that yaml-language-server reads), for completion in editors. */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(replydSchema, { target: 'draft-7', io: 'input' })
  return { ...schema, title: 'replyd.yaml' }
}

let walked: JsonSchema | undefined

/** The keys that the schema knows in the mapping at `path`; none where names are the admin's own. */
export function knownKeys(path: Path): readonly string[] {
  walked ??= configJsonSchema() as JsonSchema
  const at = path.reduce<JsonSchema | undefined>(stepInto, walked)
  return Object.keys(at?.properties ?? {})
}

function stepInto(schema: JsonSchema | undefined, step: PropertyKey): JsonSchema | undefined {
  if (typeof step === 'number') return schema?.items
  const rest = schema?.additionalProperties
  return schema?.properties?.[String(step)] ?? (typeof rest === 'object' ? rest : undefined)
}
