export type JsonSchema = {
  readonly type?: string
  readonly const?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly pattern?: string
  readonly examples?: readonly unknown[]
  readonly default?: unknown
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly additionalProperties?: boolean | JsonSchema
}

export type Row = {
  readonly key: string
  readonly value: string
  readonly fallback: string
  readonly description: string
}

/** Every key of the schema in its order, with what may stand there. */
export function keyTable(schema: JsonSchema, prefix = ''): readonly Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`
    const isSecret = one.properties?.credential !== undefined
    const row: Row = {
      key,
      value: isSecret ? '`{file: PATH}`, `{credential: NAME}` or `{env: NAME}`' : mayStand(one),
      fallback: (schema.required ?? []).includes(name) ? '**required**' : fallbackOf(one),
      description: one.description ?? '',
    }
    return isSecret ? [row] : [row, ...inside(one, key)]
  })
}

function inside(schema: JsonSchema, key: string): readonly Row[] {
  if (schema.items !== undefined) return keyTable(schema.items, `${key}[]`)
  if (typeof schema.additionalProperties === 'object') return keyTable(schema.additionalProperties, `${key}.NAME`)
  return keyTable(schema, key)
}

function mayStand(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(mayStand).join(' or ')
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${String(one)}\``).join(', ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.type === 'null') return '`null`'
  if (schema.type === 'integer') return `${schema.minimum ?? ''} to ${schema.maximum ?? ''}`
  if (schema.type === 'array')
    return schema.items?.properties === undefined ? `list of ${mayStand(schema.items ?? {})}` : 'list'
  if (schema.type === 'object') return typeof schema.additionalProperties === 'object' ? 'names and values' : 'mapping'
  const examples = (schema.examples ?? []).map((one) => `\`${String(one)}\``)
  return examples.length === 0 ? 'text' : `${examples.join(', ')}${examples.length < 2 ? '' : '...'}`
}

function fallbackOf(schema: JsonSchema): string {
  const value = schema.default
  if (value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)) return ''
  if (Array.isArray(value)) return value.map((one) => `\`${String(one)}\``).join(', ')
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}
