import { Command } from 'commander'
import { configJsonSchema } from '../config/json-schema.ts'

export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema (draft-07) of the configuration, for editors')
    .action(() => {
      process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
    })
}
